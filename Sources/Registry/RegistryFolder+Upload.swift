// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

extension RegistryFolder {
    /// Begins an upload. Throws `.noSpace` at once when disk or quota are full, and `.tooManyRequests` when as
    /// many are under way as there may be of that share, of the repository, or altogether.
    ///
    /// - Parameters:
    ///   - by: the name of who pushes, for the records.
    ///   - share: on whose account it counts until it has ended; that of the user `by` when it is left out.
    ///   - size: how many bytes there will be, when that is known.
    ///   - algorithm: of the digest that will be given at the end; another one costs reading the blob again.
    public func beginUpload(
        in repository: RepositoryName, by: String, share: UploadShare? = nil, size: Int64? = nil,
        algorithm: Digest.Algorithm = .sha256
    ) throws(Fault) -> UploadSession {
        try requireSpace(for: size ?? 0)
        try requireQuota(for: size ?? 0, in: repository)
        return try uploads.begin(in: repository, by: by, share: share ?? .user(by), algorithm)
    }

    /// An upload that is under way; throws `.blobUploadUnknown`.
    public func upload(_ id: String, in repository: RepositoryName) throws(Fault) -> UploadSession {
        try uploads.find(id, in: repository)
    }

    /// Adds bytes to an upload; returns how many there are now. See `UploadSession` for what is thrown.
    public func append(
        _ bytes: ByteStream, to session: UploadSession, at position: Int64? = nil, length: Int64? = nil
    ) async throws -> Int64 {
        try await withTaskExecutorPreference(DiskExecutor.shared) {
            let room = UploadRoom(space, session.repository, quota: try quotaLeft(in: session.repository))
            return try await session.append(
                bytes, at: position, length: length, room: room, now: { [time] in time.now })
        }
    }

    /// Ends an upload: checks its bytes, makes them durable, and shows the blob in its repository.
    ///
    /// Throws `.digestInvalid` when the bytes are not those of the digest; the upload is over then.
    public func commit(_ session: UploadSession, as digest: Digest, by: String) async throws {
        try await withTaskExecutorPreference(DiskExecutor.shared) {
            do {
                try await session.finish(digest)
                let (file, repository, size) = (session.dataPath, session.repository, await session.offset)
                let quota = limits.quota(repository)
                try await writer.submit(by: by) { draft throws(Fault) in
                    if let quota, try !RegistryIndex.holds(digest, asManifest: false, repository, draft.database) {
                        let held = try RegistryIndex.bytes(repository, draft.database)
                        try Self.requireQuota(quota, held + size, repository)
                    }
                    try draft.adopt(file, as: digest)
                    try draft.apply(.linkBlob(repository, digest, size: size))
                }
                // The same file under its new name, so its times are those it keeps.
                noteVerified(digest, try await session.mark())
                try await give(up: session)
            } catch let fault as Fault where fault.code == .blobUploadInvalid || fault.code == .blobUploadUnknown {
                throw fault
            } catch {
                try? await give(up: session)
                throw error
            }
        }
    }

    /// Gives an upload up and removes what arrived.
    public func give(up session: UploadSession) async throws(Fault) {
        uploads.forget(session)
        try await session.discard()
    }

    /// Shows a blob of one repository in another one without moving a byte; false when the first does not have it.
    public func mount(
        _ digest: Digest, from source: RepositoryName, into target: RepositoryName, by: String
    ) async throws(Fault) -> Bool {
        let (quota, keepInterval) = (limits.quota(target), limits.grace > 0 ? limits.keepInterval : nil)
        return try await writer.submit(by: by) { draft throws(Fault) in
            guard let size = try RegistryIndex.blobSize(digest, in: source, draft.database) else { return false }
            if try RegistryIndex.holds(digest, asManifest: false, target, draft.database) {
                // It may be old garbage, which the client relies on from now on.
                if let keepInterval, let since = try GarbageQuery.unnamedSince(digest, in: target, draft.database),
                    since < draft.time - keepInterval
                {
                    try draft.apply(.keep(target, digest))
                }
                return true
            }
            if let quota {
                try Self.requireQuota(quota, try RegistryIndex.bytes(target, draft.database) + size, target)
            }
            try draft.apply(.linkBlob(target, digest, size: size))
            return true
        }
    }
}
