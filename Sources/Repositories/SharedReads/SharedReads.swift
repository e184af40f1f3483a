// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI

/// Lets several targets take a content from one reading of its source.
public final class SharedReads: Sendable {
    private let readers: Int
    private let reads = Guarded<[String: SharedRead]>([:])

    /// For contents that so many places read at about the same time.
    public init(readers: Int) { self.readers = readers }

    /// The content, read once for all who ask for it here. What stands in a local file is left as it is: reading it
    /// twice costs nothing but the copy.
    public func shared(_ content: ResourceContent) -> ResourceContent {
        guard readers > 1 else { return content }
        switch content {
        case .blob(var blob):
            guard blob.file == nil else { return content }
            let open = blob.open
            blob.open = { [self] in try await read("", open).join() }
            return .blob(blob)
        case .artifact(let artifact):
            guard !(artifact.store is CommonTransportArchive), !(artifact.store is OCILayout) else { return content }
            return .artifact(
                ArtifactContent(
                    store: SharedReadStore(base: artifact.store, reads: self), repository: artifact.repository,
                    root: artifact.root))
        }
    }

    /// The reading for a part of the content.
    func read(_ part: String, _ open: @escaping SharedRead.Open) -> SharedRead {
        reads.withLock { reads in
            if let read = reads[part] { return read }
            let read = SharedRead(expected: readers, open: open)
            reads[part] = read
            return read
        }
    }
}

/// A store whose blobs are read once for several readers. Read only.
struct SharedReadStore: ArtifactStore {
    let base: any ArtifactStore
    let reads: SharedReads
    var name: String { base.name }

    func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        try await reads.read(digest.description) { [base] in
            try await base.openBlob(digest, size: size, in: repository)
        }.join()
    }
    func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        try await base.resolve(reference, in: repository)
    }
    func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        try await base.manifest(digest, in: repository)
    }
    func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        try await base.blobSize(digest, in: repository)
    }
    func tags(in repository: String) async throws -> [String] { try await base.tags(in: repository) }
    func repositories(prefix: String) async throws -> [String] { try await base.repositories(prefix: prefix) }
    func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws -> [OCIDescriptor] {
        try await base.referrers(of: digest, in: repository, artifactType: artifactType)
    }
    func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome { throw readOnly }
    func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor { throw readOnly }
    func untag(_ tag: String, in repository: String) async throws { throw readOnly }
    func finish() async throws {}
    private var readOnly: Fault { Fault(.unsupported, "a shared reading of \(name) is only read") }
}
