// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import ComponentModel
public import Cryptography
public import OCI

/// The content of a resource or source, wherever it is: opened when needed, never loaded.
public enum ResourceContent: Sendable {
    /// A sequence of bytes.
    case blob(BlobContent)
    /// An OCI artifact (image, index, chart): a manifest and all it refers to.
    case artifact(ArtifactContent)

    /// The media type of the bytes, or of the manifest.
    public var mediaType: String {
        switch self {
        case .blob(let blob): blob.mediaType
        case .artifact(let artifact): artifact.root.mediaType
        }
    }

    /// The digest of the bytes or of the manifest, when it is known without reading.
    public var digest: Digest? {
        switch self {
        case .blob(let blob): blob.digest
        case .artifact(let artifact): artifact.root.digest
        }
    }
}

/// Bytes that can be opened any number of times.
public struct BlobContent: Sendable {
    /// The media type.
    public var mediaType: String
    /// The digest of the bytes; nil when nobody has read them yet.
    public var digest: Digest?
    /// How many bytes there are, if known.
    public var size: Int64?
    /// Opens the bytes for one reader. Who puts another way of opening here, to check or watch the bytes, takes away
    /// `openFrom`, which would be a way around it.
    public var open: @Sendable () async throws -> ByteStream { didSet { openFrom = nil } }
    /// Opens the bytes at an offset, unchecked; nil where they cannot be.
    public var openFrom: (@Sendable (_ offset: Int64) async throws -> ByteStream)?
    /// Where the bytes stand in a file, for copies that need not pass through a stream.
    public var file: (path: String, range: Range<Int64>)?
    /// The OCI repository of the same store that holds the blob, for a mount.
    public var home: BlobHome?
    /// Whether opening checks more than `digest` says, so that a store which has the digest does not spare the reading.
    var isBoundBeyondDigest = false

    /// Describes bytes.
    public init(
        mediaType: String, digest: Digest? = nil, size: Int64? = nil, file: (path: String, range: Range<Int64>)? = nil,
        home: BlobHome? = nil, openFrom: (@Sendable (_ offset: Int64) async throws -> ByteStream)? = nil,
        open: @escaping @Sendable () async throws -> ByteStream
    ) {
        self.openFrom = openFrom
        (self.mediaType, self.digest, self.size, self.open) = (mediaType, digest, size, open)
        (self.file, self.home) = (file, home)
    }

    /// Bytes in memory.
    public init(mediaType: String, bytes: [UInt8]) {
        self.init(mediaType: mediaType, digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
    }
}

/// The store and repository a blob was read from.
public struct BlobHome: Sendable {
    /// The store's name, equal for equal stores.
    public let store: String
    /// The repository in that store.
    public let repository: String
}

/// An OCI artifact in a store.
public struct ArtifactContent: Sendable {
    /// The store that holds it.
    public let store: any ArtifactStore
    /// The repository in that store.
    public let repository: String
    /// The manifest or index, with its digest.
    public let root: OCIDescriptor

    /// Names an artifact in a store.
    public init(store: any ArtifactStore, repository: String, root: OCIDescriptor) {
        (self.store, self.repository, self.root) = (store, repository, root)
    }
}
