// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI

/// A store whose blobs are read at a rate.
struct RateLimitedStore: ArtifactStore {
    private let store: any ArtifactStore
    private let rate: RateLimiter

    init(_ store: any ArtifactStore, _ rate: RateLimiter) { (self.store, self.rate) = (store, rate) }

    var name: String { store.name }

    func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        rate.limit(try await store.openBlob(digest, size: size, in: repository))
    }

    func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        rate.limit(try await store.openBlob(digest, size: size, from: offset, in: repository))
    }

    // MARK: As the store does it

    func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        try await store.resolve(reference, in: repository)
    }
    func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        try await store.manifest(digest, in: repository)
    }
    func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        try await store.blobSize(digest, in: repository)
    }
    func lookUp(_ contents: [OCIDescriptor], in repository: String) async throws {
        try await store.lookUp(contents, in: repository)
    }
    func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome {
        try await store.pushBlob(blob, in: repository)
    }
    func ingest(
        in repository: String, _ open: @Sendable () async throws -> ByteStream
    ) async throws -> (digest: Digest, size: Int64) {
        try await store.ingest(in: repository, open)
    }
    func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor {
        try await store.pushManifest(bytes, mediaType: mediaType, in: repository, tag: tag)
    }
    func tags(in repository: String) async throws -> [String] { try await store.tags(in: repository) }
    func repositories(prefix: String) async throws -> [String] { try await store.repositories(prefix: prefix) }
    func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws -> [OCIDescriptor] {
        try await store.referrers(of: digest, in: repository, artifactType: artifactType)
    }
    func untag(_ tag: String, in repository: String) async throws { try await store.untag(tag, in: repository) }
    func finish() async throws { try await store.finish() }
}
