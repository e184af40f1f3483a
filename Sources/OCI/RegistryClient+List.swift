// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
internal import Documents
internal import Web

extension RegistryClient {
    /// The most tags of a repository, and of referrers of a manifest, that are read.
    private static let entryLimit = 100_000
    /// The most repositories of a registry that are read, wanted or not.
    private static let catalogueLimit = 1_000_000
    private static let pageLimit = 16 * 1024 * 1024

    public func tags(in repository: String) async throws -> [String] {
        var tags: Set<String> = []
        let thing = "the tags of \(name)/\(repository)"
        let first = try url("/v2/\(repository)/tags/list").appendingQuery([("n", "1000")])
        try await readPages(first, repository, of: thing, limit: Self.entryLimit) { response, bytes in
            if response.status == 404 { return nil }
            guard let bytes else { throw await fault(response, "listing \(thing)") }
            let page = try ListPage.entries("tags", bytes, of: thing)
            // What is no tag cannot be asked for, and might do harm where it is shown.
            tags.formUnion(page.compactMap(\.string).filter(ImageReference.isTag))
            return page.count
        }
        return tags.sorted()
    }

    public func repositories(prefix: String) async throws -> [String] {
        var names: Set<String> = []
        let thing = "the catalogue of \(name)"
        let fix = "name the component: \(origin.host):\(origin.port)//COMPONENT"
        let first = try url("/v2/_catalog").appendingQuery([("n", "1000")])
        try await readPages(first, "", of: thing, limit: Self.catalogueLimit, fix: fix) { response, bytes in
            guard let bytes else {
                // The catalogue is optional, and where there is one, few may read it.
                guard response.status < 500 && ![408, 429].contains(response.status) else {
                    throw await fault(response, "listing \(thing)")
                }
                throw Fault(
                    .unsupported, "the registry \(name) does not say which components it holds", fix: fix)
            }
            let page = try ListPage.entries("repositories", bytes, of: thing)
            names.formUnion(page.compactMap(\.string).filter { $0.hasPrefix(prefix) })
            return page.count
        }
        return names.sorted()
    }

    public func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws
        -> [OCIDescriptor]
    {
        var found: [OCIDescriptor] = []
        var hasInterface = true
        let thing = "the referrers of \(digest) in \(name)/\(repository)"
        let first = try url("/v2/\(repository)/referrers/\(digest)")
        try await readPages(
            first, repository, of: thing, limit: Self.entryLimit, pageLimit: OCIManifest.sizeLimit
        ) { response, bytes in
            if response.status == 404 {
                hasInterface = false
                return nil
            }
            guard let bytes else { throw await fault(response, "listing \(thing)") }
            let page = try ReferrerList(parsing: bytes, source: thing).referrers
            found += page
            return page.count
        }
        // Registries without the API keep them under a tag (distribution specification, “Referrers tag schema”).
        if !hasInterface, let list = try await resolve(ReferrerList.tag(digest), in: repository) {
            let bytes = try await manifest(list.digest, in: repository).bytes
            found = try ReferrerList(parsing: bytes, source: thing).referrers
        }
        return found.filter { artifactType == nil || $0.artifactType == artifactType }
    }

    /// Reads a list page by page, each once.
    ///
    /// - Parameters:
    ///   - limit: the most entries of all pages; more throw `.limitExceeded`.
    ///   - read: takes an answer with its bytes, if it is a page, and says how many entries it had; nil ends the reading.
    private func readPages(
        _ first: HTTPURL, _ repository: String, of thing: String, limit: Int, pageLimit: Int = pageLimit,
        fix: String? = nil, _ read: (HTTPResponse, [UInt8]?) async throws -> Int?
    ) async throws {
        var next: HTTPURL? = first
        var seen: Set<HTTPURL> = []
        var count = 0
        while let page = next, seen.insert(page).inserted {
            let request = HTTPRequest(method: .get, url: page, headers: ["Accept": Self.listTypes])
            let (response, bytes) = try await document(request, repository, limit: pageLimit, of: thing)
            guard let entries = try await read(response, bytes), entries > 0 else { return }
            count += entries
            guard count <= limit else {
                throw Fault(.limitExceeded, "\(thing) are more than the \(limit) that are read", fix: fix)
            }
            next = try nextPage(response, thing)
        }
    }

    private static let listTypes = "\(MediaType.imageIndex), application/json"

    /// The next page; it must be of the same registry.
    private func nextPage(_ response: HTTPResponse, _ thing: String) throws(Fault) -> HTTPURL? {
        guard let target = PageLink.next(response.headers.values(for: "Link")) else { return nil }
        let next: HTTPURL
        do throws(Fault) {
            next = try response.url.resolving(target)
        } catch {
            throw error.about(thing)
        }
        guard next.origin == origin else {
            throw Fault(.invalid, "\(name) sends \(thing) on to \(next.origin), which is refused")
        }
        return next
    }
}
