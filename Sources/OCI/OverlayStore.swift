// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// A store with some contents more, which exist nowhere else yet, for artifacts that are made of others. Read only.
public struct OverlayStore: ArtifactStore {
    /// A blob that is opened when needed.
    private struct Blob: Sendable {
        let size: Int64
        let open: @Sendable () async throws -> ByteStream
        let openFrom: (@Sendable (_ offset: Int64) async throws -> ByteStream)?
    }

    /// How messages name the store: as the one underneath, whose blobs can be mounted.
    public let name: String
    private let base: (any ArtifactStore)?
    private var blobs: [Digest: Blob] = [:]
    private var manifests: [Digest: (bytes: [UInt8], mediaType: String)] = [:]

    /// A store over another.
    public init(over base: any ArtifactStore) { (self.base, name) = (base, base.name) }

    /// A store of its own.
    public init(name: String) { (base, self.name) = (nil, name) }

    /// Adds a blob; whoever reads it gets a stream that fails when the bytes are not those of the digest.
    ///
    /// - Parameter openFrom: opens it at an offset, unchecked; nil where that means to read what comes before.
    public mutating func add(
        _ digest: Digest, size: Int64, openFrom: (@Sendable (_ offset: Int64) async throws -> ByteStream)? = nil,
        open: @escaping @Sendable () async throws -> ByteStream
    ) {
        blobs[digest] = Blob(size: size, open: open, openFrom: openFrom)
    }

    /// Adds a blob that is small.
    public mutating func add(_ bytes: [UInt8], mediaType: String) -> OCIDescriptor {
        let digest = Digest(of: bytes)
        add(digest, size: Int64(bytes.count)) { ByteStream(bytes) }
        return OCIDescriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    /// Adds a manifest.
    public mutating func add(manifest bytes: [UInt8], mediaType: String) -> OCIDescriptor {
        let digest = Digest(of: bytes)
        manifests[digest] = (bytes, mediaType)
        return OCIDescriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count))
    }

    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        if let digest = try? Digest(reference), let found = manifests[digest] {
            return OCIDescriptor(mediaType: found.mediaType, digest: digest, size: Int64(found.bytes.count))
        }
        return try await base?.resolve(reference, in: repository)
    }

    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        if let found = manifests[digest] { return found }
        guard let base else { throw missing(digest) }
        return try await base.manifest(digest, in: repository)
    }

    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        if let blob = blobs[digest] { return blob.size }
        return try await base?.blobSize(digest, in: repository)
    }

    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        if let blob = blobs[digest] {
            return try await blob.open().verified(digest: digest, size: blob.size, of: "the blob of \(name)")
        }
        guard let base else { throw missing(digest) }
        return try await base.openBlob(digest, size: size, in: repository)
    }

    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        if let blob = blobs[digest] {
            if let open = blob.openFrom { return try await open(offset) }
            return try await blob.open().dropping(first: offset)
        }
        guard let base else { throw missing(digest) }
        return try await base.openBlob(digest, size: size, from: offset, in: repository)
    }

    public func tags(in repository: String) async throws -> [String] { try await base?.tags(in: repository) ?? [] }
    public func repositories(prefix: String) async throws -> [String] {
        try await base?.repositories(prefix: prefix) ?? []
    }
    public func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws
        -> [OCIDescriptor]
    { try await base?.referrers(of: digest, in: repository, artifactType: artifactType) ?? [] }
    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome { throw readOnly }
    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor { throw readOnly }
    public func untag(_ tag: String, in repository: String) async throws { throw readOnly }
    public func finish() async throws {}

    private var readOnly: Fault { Fault(.unsupported, "an artifact made of \(name) is only read") }
    private func missing(_ digest: Digest) -> Fault { Fault(.notFound, "\(digest) is not in \(name)") }
}
