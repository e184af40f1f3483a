// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI
internal import Registry
internal import RegistryProxy
internal import Storage
internal import Web
internal import WebServer

extension RegistryService {
    func getBlob(
        _ request: ServerRequest, _ name: RepositoryName, _ text: String, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let digest = try Self.digest(text)
        let unknown = Fault(.blobUnknown, "\(name) has no blob \(digest)")
        if let proxies, proxies.covers(name),
            let answer = try await proxiedBlob(request, name, digest, proxies)
        {
            return answer
        }
        // Who is told that it is there may push no more than a manifest that names it.
        let held =
            request.method == .head
            ? try await registry.promisedBlobSize(digest, in: name) : try registry.blobSize(digest, in: name)
        guard let size = held, try await shows(digest, in: name, to: caller) else { throw unknown }
        if Self.isUnchanged(request, digest.description) { return notModified(digest.description, size) }
        if request.method == .head {
            return ServerResponse(status: 200, headers: blobFields(digest), body: .none(length: size))
        }
        if size <= registry.limits.cachedBlobBytes {
            guard let content = try registry.smallBlob(digest, in: name) else { throw unknown }
            return blob(content, request)
        }
        return try await largeBlob(request, digest, name)
    }

    func deleteBlob(_ name: RepositoryName, _ text: String, _ caller: RegistryCaller) async throws -> ServerResponse {
        try await registry.deleteBlob(try Self.digest(text), in: name, by: caller.name)
        return RegistryAnswer.empty(202)
    }

    static func digest(_ text: String) throws(Fault) -> Digest {
        do throws(Fault) { return try Digest(text) } catch { throw error.coded(.digestInvalid) }
    }

    func blobFields(_ digest: Digest) -> HTTPHeaders {
        RegistryAnswer.fields([
            ("Content-Type", MediaType.octetStream.rawValue), ("Docker-Content-Digest", "\(digest)"),
            ("ETag", "\"\(digest)\""), ("Accept-Ranges", "bytes"),
        ])
    }

    /// A blob by the file that holds it. Before a part of one that was not checked lately is sent, all of it is checked; a
    /// whole one is checked while it is sent, and its last piece held back until it is known to be right.
    private func largeBlob(
        _ request: ServerRequest, _ digest: Digest, _ name: RepositoryName
    ) async throws -> ServerResponse {
        let unknown = Fault(.blobUnknown, "\(name) has no blob \(digest)")
        guard let opened = try registry.openBlob(digest, in: name) else { throw unknown }
        let (size, mark) = (opened.size, try opened.file.mark())
        if opened.isVerified {
            let file = ServerFile(opened.intoFile())
            return ranged(request, digest, size) { range in
                .file(file, offset: range.lowerBound, length: range.upperBound - range.lowerBound)
            }
        }
        let file = SharedFile(opened.intoFile())
        if case .whole = ByteRange(Self.range(request, digest), size: size) {
            let registry = registry
            let bytes = file.stream(0..<size).verified(digest: digest, size: size, of: "the blob \(digest)")
            return ServerResponse(
                status: 200, headers: blobFields(digest),
                body: .stream(
                    length: size,
                    ByteStream {
                        do {
                            guard let chunk = try await bytes.next() else {
                                registry.noteVerified(digest, mark)
                                return nil
                            }
                            return chunk
                        } catch let fault as Fault where fault.code == .mismatch {
                            try? await registry.quarantine(digest, seen: mark)
                            throw fault
                        }
                    }))
        }
        try await verify(digest, size, file, mark)
        return try await largeBlob(request, digest, name)
    }

    private func verify(_ digest: Digest, _ size: Int64, _ file: SharedFile, _ mark: FileMark) async throws {
        do {
            try await withTaskExecutorPreference(DiskExecutor.shared) {
                let bytes = file.stream(0..<size).verified(digest: digest, size: size, of: "the blob \(digest)")
                while try await bytes.next() != nil {}
            }
            registry.noteVerified(digest, mark)
        } catch let fault as Fault where fault.code == .mismatch {
            try? await registry.quarantine(digest, seen: mark)
            throw Fault(.blobUnknown, "the blob \(digest) was found damaged and put aside")
        }
    }

    /// The range that is asked for, unless it is asked for of another content (RFC 9110 section 13.1.5).
    private static func range(_ request: ServerRequest, _ digest: Digest) -> String? {
        if let condition = request.headers["If-Range"], condition != "\"\(digest)\"" { return nil }
        return request.headers["Range"]
    }

    /// The whole, a part, or the answer that there is no such part.
    func ranged(
        _ request: ServerRequest, _ digest: Digest, _ size: Int64, _ body: (Range<Int64>) -> ServerResponse.Body
    ) -> ServerResponse {
        var headers = blobFields(digest)
        switch ByteRange(Self.range(request, digest), size: size) {
        case .whole: return ServerResponse(status: 200, headers: headers, body: body(0..<size))
        case .part(let range):
            headers["Content-Range"] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
            return ServerResponse(status: 206, headers: headers, body: body(range))
        case .unsatisfiable:
            headers["Content-Range"] = "bytes */\(size)"
            return ServerResponse(status: 416, headers: headers)
        }
    }
}
