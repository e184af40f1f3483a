// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI
internal import Repositories

extension ResourceContent {
    /// The content as an OCI artifact: itself, or the one in an archive, which is unpacked into a temporary file.
    ///
    /// Throws `invalid` for other bytes.
    func artifact(temporaryFolder: String?) async throws -> ArtifactContent {
        switch self {
        case .artifact(let artifact): return artifact
        case .blob(let blob):
            guard MediaType.isArtifactArchive(blob.mediaType) else {
                throw Fault(
                    .invalid, "the content is \(blob.mediaType), and no OCI artifact",
                    fix: "make one of it with localblob.to.oci or tar.to.oci.transformer")
            }
            return try await blob.archivedArtifact(temporaryFolder: temporaryFolder)
        }
    }
}

extension BlobContent {
    /// The main artifact of an archive.
    func archivedArtifact(temporaryFolder: String?) async throws -> ArtifactContent {
        var stream = try await open()
        if let digest { stream = stream.verified(digest: digest, size: size, of: "the archive of an artifact") }
        let layout = try await OCILayout.spooled(
            stream, source: "the archive of an artifact", temporaryFolder: temporaryFolder)
        return ArtifactContent(store: layout, repository: "", root: try await layout.main())
    }

    /// The content with its digest and size, for which it is read into a temporary file when they are not known.
    func measured(temporaryFolder: String?) async throws -> (digest: Digest, size: Int64, content: BlobContent) {
        if let digest, let size { return (digest, size, self) }
        let spool = try await MeasuredSpool(open(), temporaryFolder: temporaryFolder, name: "a content")
        if let digest, digest != spool.digest, digest.algorithm == spool.digest.algorithm {
            throw Fault(.mismatch, "a content should have the digest \(digest) and has \(spool.digest)")
        }
        var content = self
        (content.digest, content.size, content.file, content.home) = (spool.digest, spool.size, nil, nil)
        content.open = { spool.stream() }
        return (spool.digest, spool.size, content)
    }
}
