// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

/// What a push of a manifest did.
public struct PushedManifest: Sendable {
    /// The digest of its bytes.
    public let digest: Digest
    /// What it names as its subject; the registry lists it as a referrer of that.
    public let subject: Digest?
    /// Whether the tag waits for something before readers see it.
    public let isPending: Bool

    /// What a push did.
    public init(digest: Digest, subject: Digest?, isPending: Bool) {
        (self.digest, self.subject, self.isPending) = (digest, subject, isPending)
    }
}

extension RegistryFolder {
    /// Stores a manifest whose children are in the repository, and tags it.
    ///
    /// Throws `.manifestInvalid` for a malformed or ambiguous document or one of an unknown type, `.digestInvalid` when it
    /// is not what the reference says, `.manifestBlobUnknown` when a child is missing. Layers that may not be distributed
    /// need not be there, and neither need the subject.
    ///
    /// - Parameters:
    ///   - mediaType: what the document was sent as.
    ///   - isPending: whether the tag is to wait until `setTags` shows it.
    ///   - isPartial: whether children may be missing, which come from elsewhere when somebody asks for them.
    public func putManifest(
        _ bytes: [UInt8], mediaType: String?, in repository: RepositoryName, as reference: ManifestReference,
        by: String, isPending: Bool = false, isPartial: Bool = false
    ) async throws(Fault) -> PushedManifest {
        guard bytes.count <= limits.manifestBytes else {
            throw Fault(.sizeInvalid, "the manifest has more than \(ByteCount(Int64(limits.manifestBytes)))")
        }
        let (digest, tag): (Digest, String?)
        switch reference {
        case .tag(let name): (digest, tag) = (Digest(of: bytes), name)
        case .digest(let named):
            (digest, tag) = (Digest(of: bytes, algorithm: named.algorithm), nil)
            guard digest == named else {
                throw Fault(.digestInvalid, "the manifest is not that of \(named)", fix: "send the bytes unchanged")
            }
        }
        let details = try ManifestDetails(parsing: bytes, mediaType: mediaType)
        try requireSpace(for: Int64(bytes.count))
        let file = uploads.temporaryPath()
        do throws(Fault) {
            let handle = try FileHandle(creating: file, mode: 0o640)
            try handle.write(bytes[...])
            try handle.synchronize()
        } catch {
            try? FileSystem.removeFile(file)
            throw error
        }
        defer { try? FileSystem.removeFile(file) }
        let (quota, size) = (limits.quota(repository), Int64(bytes.count))
        try await writer.submit(by: by) { draft throws(Fault) in
            for child in details.children where !isPartial {
                guard try RegistryIndex.holds(child, asManifest: details.isIndex, repository, draft.database) else {
                    throw Fault(
                        .manifestBlobUnknown, "the manifest names \(child), which is not in \(repository)",
                        fix: "push what it consists of first")
                }
            }
            let isThere = try RegistryIndex.holds(digest, asManifest: true, repository, draft.database)
            if let quota, !isThere {
                try Self.requireQuota(quota, try RegistryIndex.bytes(repository, draft.database) + size, repository)
            }
            try draft.adopt(file, as: digest)
            try draft.apply(
                .putManifest(repository, digest, size: size, mediaType: details.mediaType), details: details)
            if let tag { try draft.apply(.setTag(repository, tag, digest, isPending: isPending)) }
        }
        return PushedManifest(digest: digest, subject: details.subject, isPending: isPending && tag != nil)
    }

    /// Removes a tag; its manifest stays. Throws `.manifestUnknown`.
    public func deleteTag(_ tag: String, in repository: RepositoryName, by: String) async throws(Fault) {
        try await writer.submit(by: by) { draft throws(Fault) in
            guard try RegistryIndex.hasTag(tag, in: repository, draft.database) else {
                throw Fault(.manifestUnknown, "\(repository) has no tag \(tag)")
            }
            try draft.apply(.deleteTag(repository, tag))
        }
    }

    /// Removes a manifest and the tags that name it. Its blobs stay until garbage is collected.
    ///
    /// Throws `.manifestUnknown`, and `.inUse` when an index of the repository names it.
    public func deleteManifest(_ digest: Digest, in repository: RepositoryName, by: String) async throws(Fault) {
        try await writer.submit(by: by) { draft throws(Fault) in
            guard try RegistryIndex.isManifest(digest, in: repository, draft.database) else {
                throw Fault(.manifestUnknown, "\(repository) has no manifest \(digest)")
            }
            try Self.requireUnused(digest, in: repository, draft.database)
            for tag in try RegistryIndex.tags(of: digest, in: repository, draft.database) {
                try draft.apply(.deleteTag(repository, tag))
            }
            try draft.apply(.deleteManifest(repository, digest))
        }
    }

    /// Removes a blob from a repository. Throws `.blobUnknown`, and `.inUse` when a manifest of the repository names it.
    public func deleteBlob(_ digest: Digest, in repository: RepositoryName, by: String) async throws(Fault) {
        try await writer.submit(by: by) { draft throws(Fault) in
            guard try RegistryIndex.blobSize(digest, in: repository, draft.database) != nil else {
                throw Fault(.blobUnknown, "\(repository) has no blob \(digest)")
            }
            try Self.requireUnused(digest, in: repository, draft.database)
            try draft.apply(.unlinkBlob(repository, digest))
        }
    }

    private static func requireUnused(
        _ digest: Digest, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) {
        guard let parent = try RegistryIndex.parent(of: digest, in: repository, database) else { return }
        throw Fault(.inUse, "\(digest) is a part of the manifest \(parent)", fix: "delete that manifest first")
    }
}
