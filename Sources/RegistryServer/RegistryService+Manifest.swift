// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry
internal import RegistryProxy
internal import RegistryRules
internal import Web
internal import WebServer

extension RegistryService {
    func getManifest(
        _ request: ServerRequest, _ name: RepositoryName, _ text: String, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let reference = try ManifestReference(text)
        let unknown = Fault(.manifestUnknown, "\(name) has no manifest \(reference)")
        if let proxies, proxies.covers(name) { return try await proxiedManifest(request, name, reference, proxies) }
        guard let content = try registry.manifest(reference, in: name) else { throw unknown }
        if case .digest(let digest) = reference, try await !shows(digest, in: name, to: caller) { throw unknown }
        return manifest(content, request)
    }

    func manifest(_ content: StoredContent, _ request: ServerRequest) -> ServerResponse {
        self.content(content, request, mediaType: content.mediaType)
    }

    func blob(_ content: StoredContent, _ request: ServerRequest) -> ServerResponse {
        guard request.headers["Range"] == nil else {
            let size = Int64(content.bytes.count)
            return ranged(request, content.digest, size) { range in
                .bytes(Array(content.bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
            }
        }
        return self.content(content, request, mediaType: content.mediaType)
    }

    private func content(_ content: StoredContent, _ request: ServerRequest, mediaType: String) -> ServerResponse {
        let digest = content.digest.description
        guard !Self.isUnchanged(request, digest) else { return notModified(digest, Int64(content.bytes.count)) }
        return ServerResponse(
            status: 200,
            headers: RegistryAnswer.fields([
                ("Content-Type", mediaType), ("Docker-Content-Digest", digest), ("ETag", "\"\(digest)\""),
            ]), body: .bytes(content.bytes))
    }

    /// What the client has already is named by its digest, so it can be told that it has it (RFC 9110 section 13.1.2).
    static func isUnchanged(_ request: ServerRequest, _ digest: String) -> Bool {
        guard let field = request.headers["If-None-Match"] else { return false }
        return field.split(separator: ",").contains { part in
            var tag = part.drop { $0 == " " }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            return tag == "\"\(digest)\"" || tag == "*"
        }
    }

    func notModified(_ digest: String, _ size: Int64) -> ServerResponse {
        ServerResponse(
            status: 304,
            headers: RegistryAnswer.fields([("Docker-Content-Digest", digest), ("ETag", "\"\(digest)\"")]),
            body: .none(length: size))
    }

    func putManifest(
        _ request: ServerRequest, _ name: RepositoryName, _ text: String, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let reference = try ManifestReference(text)
        let bytes: [UInt8]
        do {
            bytes = try await request.body.collect(limit: registry.limits.manifestBytes)
        } catch is Refusal {
            throw Fault(
                .sizeInvalid, "the manifest has more than \(ByteCount(Int64(registry.limits.manifestBytes)))")
        }
        let mediaType = request.headers["Content-Type"].map { field in
            String(field.prefix { $0 != ";" }).trimmed
        }
        let pushed = try await store(bytes, mediaType, name, reference, by: caller.name)
        var fields = [
            ("Location", "/v2/\(name)/manifests/\(pushed.digest)"), ("Docker-Content-Digest", "\(pushed.digest)"),
        ]
        if let subject = pushed.subject { fields.append(("OCI-Subject", "\(subject)")) }
        return RegistryAnswer.empty(201, fields)
    }

    func deleteManifest(
        _ name: RepositoryName, _ text: String, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        switch try ManifestReference(text) {
        case .tag(let tag): try await registry.deleteTag(tag, in: name, by: caller.name)
        case .digest(let digest): try await registry.deleteManifest(digest, in: name, by: caller.name)
        }
        signatures?.noteDeletion(in: name)
        return RegistryAnswer.empty(202)
    }
}
