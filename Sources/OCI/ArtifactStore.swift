// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// A place that keeps OCI artifacts by digest and tag: a registry, a transport archive, a layout, memory.
///
/// Reading checks every byte against its digest. Writing is content-addressed: pushing what is there moves nothing,
/// and content that is not what its digest says never becomes visible.
public protocol ArtifactStore: Sendable {
    /// How messages name the store; equal for equal stores.
    var name: String { get }

    /// The descriptor of a tag or digest; nil when it is not there.
    func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor?
    /// A manifest's bytes, checked against the digest, and its media type. Throws `.notFound`.
    func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String)
    /// How many bytes a blob has; nil when it is not there.
    func blobSize(_ digest: Digest, in repository: String) async throws -> Int64?
    /// Opens a blob; the stream fails before its end when the bytes are not those of the digest. Throws `.notFound`.
    func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream
    /// Opens a blob at an offset. Its bytes are not checked: who joins them with the ones before checks the whole.
    ///
    /// Throws `.notFound`. Stores that know no offsets read the bytes in front and drop them.
    func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream
    /// Finds out which contents are there, many at once, so that pushing them need not ask for one after another.
    ///
    /// Stores that know without asking do nothing.
    func lookUp(_ contents: [OCIDescriptor], in repository: String) async throws
    /// Stores a blob, checking it while it moves.
    func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome
    /// Stores a blob whose digest is not known yet; returns its digest and size.
    func ingest(
        in repository: String, _ open: @Sendable () async throws -> ByteStream
    ) async throws -> (digest: Digest, size: Int64)
    /// Stores a manifest whose children are there, and tags it.
    func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor
    /// The tags of a repository, sorted; none when it is unknown.
    func tags(in repository: String) async throws -> [String]
    /// The repositories whose names start with `prefix`, sorted. Throws `.unsupported` where that cannot be listed.
    func repositories(prefix: String) async throws -> [String]
    /// The manifests that name a digest as their subject.
    func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws -> [OCIDescriptor]
    /// Removes a tag; its content stays.
    func untag(_ tag: String, in repository: String) async throws
    /// Makes what was written durable. Safe to call again.
    func finish() async throws
}

extension ArtifactStore {
    /// Opens the blob at its start and drops what comes before the offset.
    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        try await openBlob(digest, size: size, in: repository).dropping(first: offset)
    }

    /// Does nothing.
    public func lookUp(_ contents: [OCIDescriptor], in repository: String) async throws {}

    /// Spools the bytes into a temporary file, then pushes that.
    public func ingest(
        in repository: String, _ open: @Sendable () async throws -> ByteStream
    ) async throws -> (digest: Digest, size: Int64) {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/blob"
        var hasher = DigestHasher()
        var size: Int64 = 0
        do {
            let file = try FileHandle(creating: path, mode: 0o600)
            for try await chunk in try await folder.covering(open(), for: "a content for \(name)/\(repository)") {
                hasher.update(chunk)
                try file.write(chunk)
                size += Int64(chunk.count)
            }
        }
        let digest = hasher.finalize()
        let source = BlobSource(
            digest: digest, size: size, file: (path, 0..<size), open: { try ByteStream(file: path) })
        _ = try await pushBlob(source, in: repository)
        withExtendedLifetime(folder) {}
        return (digest, size)
    }
}

/// A blob to push.
public struct BlobSource: Sendable {
    /// Its digest.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// A repository of the same store that holds it, for a mount.
    public let mountableFrom: String?
    /// Where its bytes stand in a file, for copies that need no stream.
    public let file: (path: String, range: Range<Int64>)?
    /// Whether the stream fails by itself when its bytes are not those of the digest, so that nobody need hash them again.
    public let isVerified: Bool
    /// Whether a store must keep it even where it would leave out what its reader has: descriptors, which make the rest
    /// readable.
    public var isAlwaysStored = false
    /// Opens its bytes; called again when a push is retried.
    public let open: @Sendable () async throws -> ByteStream
    /// Opens its bytes at an offset, unchecked; nil where that is not possible, so that nothing can be gone on with.
    public let openFrom: (@Sendable (_ offset: Int64) async throws -> ByteStream)?

    /// Describes a blob to push.
    public init(
        digest: Digest, size: Int64, mountableFrom: String? = nil, file: (path: String, range: Range<Int64>)? = nil,
        isVerified: Bool = false, openFrom: (@Sendable (_ offset: Int64) async throws -> ByteStream)? = nil,
        open: @escaping @Sendable () async throws -> ByteStream
    ) {
        self.openFrom = openFrom
        (self.digest, self.size, self.mountableFrom, self.file, self.open) = (digest, size, mountableFrom, file, open)
        self.isVerified = isVerified
    }
}

/// What a push did.
public enum PushOutcome: Sendable {
    /// The bytes moved.
    case pushed
    /// The store had the blob.
    case alreadyThere
    /// The store took the blob over from another of its repositories.
    case mounted
}
