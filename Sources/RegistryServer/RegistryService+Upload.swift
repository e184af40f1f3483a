// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Registry
internal import Web
internal import WebServer

extension RegistryService {
    /// Begins an upload, takes a whole blob at once, or mounts one that another repository has.
    func beginUpload(
        _ request: ServerRequest, _ name: RepositoryName, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        if let text = request.query["mount"] {
            let digest = try Self.digest(text)
            if try await mount(digest, from: request.query["from"], into: name, caller) { return created(digest, name) }
        }
        let algorithm: Digest.Algorithm
        if let text = request.query["digest-algorithm"] {
            guard let found = Digest.Algorithm(rawValue: text) else {
                throw Fault(.digestInvalid, "“\(text.prefix(50))” is no algorithm of digests known here")
            }
            algorithm = found
        } else {
            algorithm = .sha256
        }
        if let text = request.query["digest"] {
            let digest = try Self.digest(text)
            let session = try registry.beginUpload(
                in: name, by: caller.name, share: caller.share, size: request.body.length, algorithm: digest.algorithm)
            do {
                let answer = try await finish(session, request, digest, caller)
                if answer.status != 201 { try? await registry.give(up: session) }
                return answer
            } catch {
                // Nobody was told where it is, so nobody can go on with it.
                try? await registry.give(up: session)
                throw error
            }
        }
        let session = try registry.beginUpload(
            in: name, by: caller.name, share: caller.share, algorithm: algorithm)
        return await accepted(202, session)
    }

    /// Mounts a blob from a repository that the caller may pull from; false when there is none, which ends in a plain
    /// upload, so that nobody learns what repositories hold that he may not see.
    private func mount(
        _ digest: Digest, from source: String?, into name: RepositoryName, _ caller: RegistryCaller
    ) async throws -> Bool {
        let sources: [RepositoryName]
        if let source {
            sources = [try RepositoryName(source)]
        } else {
            sources = try registry.repositories(holding: digest, limit: 100)
        }
        for source in sources where gate.allows(caller, .pull, source) {
            guard try await shows(digest, in: source, to: caller) else { continue }
            if try await registry.mount(digest, from: source, into: name, by: caller.name) { return true }
        }
        return false
    }

    func continueUpload(_ request: ServerRequest, _ name: RepositoryName, _ id: String) async throws -> ServerResponse {
        let session = try registry.upload(id, in: name)
        let range = try Self.range(request)
        do {
            _ = try await registry.append(
                request.body.stream, to: session, at: range?.first, length: range?.count ?? request.body.length)
        } catch let fault as Fault where fault.code == .blobUploadInvalid {
            return await misplaced(fault, session)
        }
        return await accepted(202, session)
    }

    func finishUpload(
        _ request: ServerRequest, _ name: RepositoryName, _ id: String, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let session = try registry.upload(id, in: name)
        guard let text = request.query["digest"] else {
            throw Fault(.digestInvalid, "the upload ends without a digest", fix: "add ?digest=sha256:…")
        }
        return try await finish(session, request, try Self.digest(text), caller)
    }

    private func finish(
        _ session: UploadSession, _ request: ServerRequest, _ digest: Digest, _ caller: RegistryCaller
    ) async throws -> ServerResponse {
        let range = try Self.range(request)
        do {
            if request.body.length != 0 {
                _ = try await registry.append(
                    request.body.stream, to: session, at: range?.first, length: range?.count ?? request.body.length)
            }
            try await registry.commit(session, as: digest, by: caller.name)
        } catch let fault as Fault where fault.code == .blobUploadInvalid {
            return await misplaced(fault, session)
        }
        return created(digest, session.repository)
    }

    func uploadState(_ name: RepositoryName, _ id: String) async throws -> ServerResponse {
        await accepted(204, try registry.upload(id, in: name))
    }

    func cancelUpload(_ name: RepositoryName, _ id: String) async throws -> ServerResponse {
        try await registry.give(up: try registry.upload(id, in: name))
        return RegistryAnswer.empty(204)
    }

    private static func range(_ request: ServerRequest) throws(Fault) -> UploadRange? {
        guard let field = request.headers["Content-Range"] else { return nil }
        guard let range = UploadRange(field) else {
            throw Fault(.blobUploadInvalid, "“\(field.prefix(60))” is no range", fix: "write it as <first>-<last>")
        }
        return range
    }

    private func created(_ digest: Digest, _ name: RepositoryName) -> ServerResponse {
        RegistryAnswer.empty(
            201, [("Location", "/v2/\(name)/blobs/\(digest)"), ("Docker-Content-Digest", "\(digest)")])
    }

    /// Where an upload stands. The range of nothing is `0-0` as well, as clients expect it.
    private func accepted(_ status: Int, _ session: UploadSession) async -> ServerResponse {
        RegistryAnswer.empty(status, await stateFields(session))
    }

    private func misplaced(_ fault: Fault, _ session: UploadSession) async -> ServerResponse {
        var answer = RegistryAnswer.error(fault)
        for (name, value) in await stateFields(session) { answer.headers[name] = value }
        return answer
    }

    private func stateFields(_ session: UploadSession) async -> [(String, String)] {
        let offset = await session.offset
        return [
            ("Location", "/v2/\(session.repository)/blobs/uploads/\(session.id)"),
            ("Range", "0-\(max(0, offset - 1))"), ("Docker-Upload-UUID", session.id),
        ]
    }
}
