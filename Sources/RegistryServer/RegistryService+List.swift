// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
internal import Registry
internal import RegistryProxy
internal import Web
internal import WebServer

extension RegistryService {
    func tags(_ request: ServerRequest, _ name: RepositoryName) async throws -> ServerResponse {
        let query = try ListQuery(request.query)
        // One more than the page, to know whether there is another one.
        let tags: [String]?
        var staleFor: Int64?
        if let proxies, proxies.covers(name) {
            let list = try await proxiedTags(query, name, proxies)
            (tags, staleFor) = (list?.elements, list?.staleFor)
        } else {
            tags = try registry.tags(in: name, after: query.last, limit: query.count + 1)
        }
        guard let found = tags else { throw Fault(.nameUnknown, "there is no repository \(name)") }
        let page = found.prefix(query.count)
        var answer = RegistryAnswer.json(
            200, ["name": .string(name.description), "tags": .array(page.map { .string($0) })])
        Self.mark(&answer, staleFor: staleFor)
        if found.count > page.count, let last = page.last {
            let (field, value) = RegistryAnswer.link(
                "/v2/\(name)/tags/list", [("n", "\(query.count)"), ("last", last)])
            answer.headers[field] = value
        }
        return answer
    }

    /// The repositories that the caller may pull from: of others he does not even learn the names.
    func catalogue(_ request: ServerRequest, _ caller: RegistryCaller) throws(Fault) -> ServerResponse {
        let query = try ListQuery(request.query)
        let found = try registry.repositories(after: query.last, limit: query.count + 1) { gate.shows($0, to: caller) }
        let page = found.prefix(query.count)
        var answer = RegistryAnswer.json(200, ["repositories": .array(page.map { .string($0.description) })])
        if found.count > page.count, let last = page.last {
            let (field, value) = RegistryAnswer.link("/v2/_catalog", [("n", "\(query.count)"), ("last", "\(last)")])
            answer.headers[field] = value
        }
        return answer
    }

    /// The referrers of a digest as an index; none of them is an empty list, since subjects need not be there.
    func referrers(
        _ request: ServerRequest, _ name: RepositoryName, _ text: String, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let digest = try Self.digest(text)
        let query = try ListQuery(request.query)
        let type = request.query["artifactType"].flatMap { $0.isEmpty ? nil : $0 }
        if let proxies, proxies.covers(name) { return try await proxiedReferrers(request, name, digest, type, proxies) }
        let last = try query.last.map { text throws(Fault) in try Self.digest(text) }
        let found = try registry.referrers(
            of: digest, in: name, artifactType: type, after: last, limit: query.count + 1)
        let page = found.prefix(query.count)
        var shown: [JSON] = []
        for referrer in page {
            if try await shows(referrer.digest, in: name, to: caller) { shown.append(referrer.json) }
        }
        var answer = index(shown, isFiltered: type != nil)
        if found.count > page.count, let last = page.last {
            let items =
                [("n", "\(query.count)"), ("last", "\(last.digest)")] + (type.map { [("artifactType", $0)] } ?? [])
            let (field, value) = RegistryAnswer.link("/v2/\(name)/referrers/\(digest)", items)
            answer.headers[field] = value
        }
        return answer
    }

    /// A list of descriptors.
    func index(_ manifests: [JSON], isFiltered: Bool) -> ServerResponse {
        var answer = RegistryAnswer.json(
            200,
            [
                "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue), "manifests": .array(manifests),
            ], mediaType: MediaType.imageIndex.rawValue)
        if isFiltered { answer.headers["OCI-Filters-Applied"] = "artifactType" }
        return answer
    }
}
