// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents
internal import Web

extension RegistryClient {
    private static let manifestTypes = [
        MediaType.imageManifest, .imageIndex, .dockerManifest, .dockerManifestList,
    ].map(\.rawValue).joined(separator: ", ")

    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        let url = try url("/v2/\(repository)/manifests/\(reference)")
        let head = HTTPRequest(method: .head, url: url, headers: ["Accept": Self.manifestTypes])
        let response = try await send(head, repository, .pull)
        if response.status == 404 { return nil }
        if response.status == 200, let text = response.headers["Docker-Content-Digest"], let digest = try? Digest(text),
            let size = response.headers["Content-Length"].flatMap({ Int64($0) }),
            let type = response.headers["Content-Type"]
        {
            // What the header claims is checked when the manifest is fetched by this digest.
            if let asked = try? Digest(reference), asked != digest {
                throw Fault(
                    .mismatch, "\(name)/\(repository) answers \(asked) with \(digest)",
                    fix: "the registry is broken or lies")
            }
            return OCIDescriptor(mediaType: MediaType(type).rawValue, digest: digest, size: size)
        }
        if response.status == 401 || response.status == 403 || response.status >= 500 {
            throw await fault(response, "looking for \(name)/\(repository):\(reference)")
        }
        // Some registries answer HEAD without a digest, or not at all.
        let get = HTTPRequest(method: .get, url: url, headers: ["Accept": Self.manifestTypes])
        let full = try await send(get, repository, .pull)
        if full.status == 404 { return nil }
        guard full.status == 200 else { throw await fault(full, "looking for \(name)/\(repository):\(reference)") }
        let bytes = try await full.body.collect(
            limit: OCIManifest.sizeLimit, of: "the manifest \(repository):\(reference)")
        return OCIDescriptor(
            mediaType: MediaType(full.headers["Content-Type"] ?? "").rawValue, digest: Digest(of: bytes),
            size: Int64(bytes.count))
    }

    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        let request = HTTPRequest(
            method: .get, url: try url("/v2/\(repository)/manifests/\(digest)"), headers: ["Accept": Self.manifestTypes]
        )
        let response = try await send(request, repository, .pull)
        guard response.status == 200 else {
            throw await fault(response, "fetching the manifest \(name)/\(repository)@\(digest)")
        }
        let thing = "the manifest \(name)/\(repository)@\(digest)"
        let stream = response.body.verified(digest: digest, size: nil, of: thing)
        let bytes = try await stream.collect(limit: OCIManifest.sizeLimit, of: thing)
        return (bytes, MediaType(response.headers["Content-Type"] ?? "").rawValue)
    }

    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        let request = HTTPRequest(method: .head, url: try url("/v2/\(repository)/blobs/\(digest)"))
        let response = try await send(request, repository, .pull)
        switch response.status {
        case 200: return response.headers["Content-Length"].flatMap { Int64($0) }
        case 404: return nil
        default: throw await fault(response, "looking for the blob \(digest) in \(name)/\(repository)")
        }
    }

    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        let request = HTTPRequest(method: .get, url: try url("/v2/\(repository)/blobs/\(digest)"))
        let response = try await send(request, repository, .pull)
        guard response.status == 200 else {
            throw await fault(response, "fetching the blob \(digest) of \(name)/\(repository)")
        }
        return response.body.verified(digest: digest, size: size, of: "the blob of \(name)/\(repository)")
    }

    /// The most tags of a repository that are read.
    private static let tagLimit = 100_000

    public func tags(in repository: String) async throws -> [String] {
        var tags: [String] = []
        var next: HTTPURL? = try url("/v2/\(repository)/tags/list").appendingQuery([("n", "1000")])
        while let page = next {
            let response = try await send(HTTPRequest(method: .get, url: page), repository, .pull)
            if response.status == 404 { return [] }
            guard response.status == 200 else {
                throw await fault(response, "listing the tags of \(name)/\(repository)")
            }
            let bytes = try await response.body.collect(limit: 16 << 20, of: "the tags of \(repository)")
            let page = try JSON(parsing: bytes, source: "the tags of \(name)/\(repository)")["tags"]?.array ?? []
            tags += page.compactMap(\.string)
            guard tags.count <= Self.tagLimit else {
                throw Fault(.limitExceeded, "\(name)/\(repository) has more than \(Self.tagLimit) tags")
            }
            next = page.isEmpty ? nil : try nextPage(response, repository)
        }
        return Set(tags).sorted()
    }

    /// The next page by the `Link` header; it must be of the same registry.
    private func nextPage(_ response: HTTPResponse, _ repository: String) throws -> HTTPURL? {
        guard let link = response.headers["Link"], let open = link.firstIndex(of: "<"),
            let close = link.firstIndex(of: ">"),
            open < close, link[close...].contains("next")
        else { return nil }
        let next = try response.url.resolving(String(link[link.index(after: open)..<close]))
        guard next.origin == origin else {
            throw Fault(.invalid, "\(name) sends the list of \(repository) on to \(next.origin), which is refused")
        }
        return next == response.url ? nil : next
    }

    /// The most repositories of a registry that are read.
    private static let repositoryLimit = 100_000

    public func repositories(prefix: String) async throws -> [String] {
        var names: [String] = []
        var next: HTTPURL? = try url("/v2/_catalog").appendingQuery([("n", "1000")])
        while let page = next {
            let response = try await send(HTTPRequest(method: .get, url: page), "", .pull)
            // The catalogue is optional, and where there is one, few may read it.
            guard response.status == 200 else {
                throw Fault(
                    .unsupported, "the registry \(name) does not say which components it holds",
                    fix: "name the component: \(origin.host):\(origin.port)//COMPONENT")
            }
            let bytes = try await response.body.collect(limit: 16 << 20, of: "the catalogue of \(name)")
            let found = try JSON(parsing: bytes, source: "the catalogue of \(name)")["repositories"]?.array ?? []
            names += found.compactMap(\.string).filter { $0.hasPrefix(prefix) }
            guard names.count <= Self.repositoryLimit else {
                throw Fault(
                    .limitExceeded, "\(name) has more than \(Self.repositoryLimit) repositories below “\(prefix)”",
                    fix: "name the component: \(origin.host):\(origin.port)//COMPONENT")
            }
            next = found.isEmpty ? nil : try nextPage(response, "_catalog")
        }
        return Set(names).sorted()
    }

    public func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws
        -> [OCIDescriptor]
    {
        let request = HTTPRequest(
            method: .get, url: try url("/v2/\(repository)/referrers/\(digest)"),
            headers: ["Accept": MediaType.imageIndex.rawValue])
        let response = try await send(request, repository, .pull)
        var bytes: [UInt8]
        if response.status == 200 {
            bytes = try await response.body.collect(limit: OCIManifest.sizeLimit, of: "the referrers of \(digest)")
        } else if response.status == 404 {
            // Registries without the API keep them under a tag (distribution specification, “Referrers tag schema”).
            guard let found = try await resolve(ReferrerList.tag(digest), in: repository) else { return [] }
            bytes = try await manifest(found.digest, in: repository).bytes
        } else {
            throw await fault(response, "listing the referrers of \(digest) in \(name)/\(repository)")
        }
        let index = try OCIManifest(parsing: bytes, mediaType: nil, source: "the referrers of \(digest)")
        return index.manifests.filter { artifactType == nil || $0.artifactType == artifactType }
    }
}
