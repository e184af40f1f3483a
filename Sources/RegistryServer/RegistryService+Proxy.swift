// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Registry
internal import RegistryProxy
internal import Web
internal import WebServer

extension RegistryService {
    /// Whether what a reference names in memory is still what it names where the repository comes from.
    func isFresh(_ reference: ManifestReference, in name: RepositoryName) -> Bool {
        guard case .tag(let tag) = reference, let proxies else { return true }
        return proxies.isFresh(tag, in: name)
    }

    /// A manifest of another registry.
    func proxiedManifest(
        _ request: ServerRequest, _ name: RepositoryName, _ reference: ManifestReference, _ proxies: PullThrough
    ) async throws -> ServerResponse {
        guard let found = try await proxies.manifest(reference, in: name) else {
            throw Fault(.manifestUnknown, "\(name) has no manifest \(reference)")
        }
        var answer = manifest(found.content, request)
        Self.mark(&answer, staleFor: found.staleFor)
        return answer
    }

    /// Says that an answer may not be what the upstream would say now (RFC 9111 section 5.1; the warning is of its
    /// predecessor, and what clients know).
    static func mark(_ answer: inout ServerResponse, staleFor seconds: Int64?) {
        guard let seconds else { return }
        answer.headers["Age"] = "\(seconds)"
        answer.headers["Warning"] = "110 - \"Response is Stale\""
    }

    /// A blob of another registry; nil when it is here.
    func proxiedBlob(
        _ request: ServerRequest, _ name: RepositoryName, _ digest: Digest, _ proxies: PullThrough
    ) async throws -> ServerResponse? {
        let unknown = Fault(.blobUnknown, "\(name) has no blob \(digest)")
        if request.method == .head {
            guard let size = try await proxies.blobSize(digest, in: name) else { throw unknown }
            return ServerResponse(status: 200, headers: blobFields(digest), body: .none(length: size))
        }
        switch try await proxies.blob(digest, in: name) {
        case nil: throw unknown
        case .stored?: return nil
        case .coming(let size, let open)?:
            return ranged(request, digest, size) { range in
                .stream(
                    length: range.upperBound - range.lowerBound, ByteStream.concatenating([{ try await open(range) }]))
            }
        }
    }

    /// A page of the tags of another registry.
    func proxiedTags(
        _ query: ListQuery, _ name: RepositoryName, _ proxies: PullThrough
    ) async throws -> ProxiedList<String>? {
        try await proxies.tagList(in: name).map { all in
            let rest = all.elements.drop { tag in query.last.map { tag <= $0 } ?? false }
            return ProxiedList(elements: Array(rest.prefix(query.count + 1)), staleFor: all.staleFor)
        }
    }

    /// The manifests of another registry that name a digest as their subject, as an index.
    func proxiedReferrers(
        _ request: ServerRequest, _ name: RepositoryName, _ digest: Digest, _ type: String?, _ proxies: PullThrough
    ) async throws -> ServerResponse {
        let found = try await proxies.referrers(of: digest, in: name, artifactType: type)
        var answer = index(found.elements, isFiltered: type != nil)
        Self.mark(&answer, staleFor: found.staleFor)
        return answer
    }
}
