// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
internal import OCI

extension ContentVerifier {
    /// Reads content and says which digest a descriptor should carry for it: that of the manifest for an OCI artifact
    /// (`ociArtifactDigest/v1`), that of the bytes for all else (`genericBlobDigest/v1`).
    public func digest(
        of content: ResourceContent, thing: String, moved: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> DigestSpecification {
        switch content {
        case .artifact(let artifact):
            _ = try await artifact.readAll(concurrency: concurrency, thing: thing, moved: moved)
            return DigestSpecification(artifact: artifact.root.digest)
        case .blob(let blob):
            if MediaType.isArtifactArchive(blob.mediaType) {
                let stream = try await blob.open().observed { moved(Int64($0)) }
                let archive = try await OCILayout.spooled(stream, source: thing, temporaryFolder: temporaryFolder)
                let root = try await archive.main()
                let inner = ArtifactContent(store: archive, repository: "", root: root)
                _ = try await inner.readAll(concurrency: concurrency, thing: thing) { _ in }
                return DigestSpecification(artifact: root.digest)
            }
            var hasher = DigestHasher()
            for try await chunk in try await blob.open() {
                hasher.update(chunk)
                moved(Int64(chunk.count))
            }
            return DigestSpecification(blob: hasher.finalize())
        }
    }
}

extension DigestSpecification {
    /// The digest of bytes.
    public init(blob digest: Digest) {
        self.init(
            hashAlgorithm: digest.algorithm.ocmName, normalisationAlgorithm: "genericBlobDigest/v1", value: digest.hex)
    }

    /// The digest of an OCI artifact, by its manifest.
    public init(artifact digest: Digest) {
        self.init(
            hashAlgorithm: digest.algorithm.ocmName, normalisationAlgorithm: "ociArtifactDigest/v1", value: digest.hex)
    }
}
