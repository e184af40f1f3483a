// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
internal import OCI

/// Reads content to its last byte and compares it with a digest specification.
public struct ContentVerifier: Sendable {
    /// Where archives are unpacked to look at the artifact inside.
    let temporaryFolder: String?
    /// How many blobs of one artifact are read at once.
    let concurrency: Int

    /// A verifier.
    public init(temporaryFolder: String? = nil, concurrency: Int = 2) {
        (self.temporaryFolder, self.concurrency) = (temporaryFolder, concurrency)
    }

    /// Reads all bytes of `content`; returns how many they were.
    ///
    /// Throws `.mismatch`, naming `thing` and both digests, when they are not what `expected` says. The digest value
    /// of an OCI artifact is that of its manifest, whichever of the two algorithm names it carries; everything the
    /// manifest names is read and checked too.
    public func verify(
        _ content: ResourceContent, against expected: DigestSpecification, thing: String,
        moved: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> Int64 {
        let digest = try expected.digest()
        switch content {
        case .artifact(let artifact):
            guard artifact.root.digest == digest else { throw Self.mismatch(thing, digest, artifact.root.digest) }
            return try await artifact.readAll(concurrency: concurrency, thing: thing, moved: moved)
        case .blob(let blob):
            if expected.isArtifactDigest && MediaType.isArtifactArchive(blob.mediaType) {
                return try await verifyArchive(blob, digest, thing, moved)
            }
            let stream = try await blob.open().verified(digest: digest, size: blob.size, of: thing)
            return try await stream.drain(moved)
        }
    }

    /// The artifact inside an archive: its main manifest carries the digest, and every blob in the archive its own.
    private func verifyArchive(
        _ blob: BlobContent, _ digest: Digest, _ thing: String, _ moved: @escaping @Sendable (Int64) -> Void
    ) async throws -> Int64 {
        let stream = try await blob.open().observed { moved(Int64($0)) }
        let archive = try await OCILayout.spooled(stream, source: thing, temporaryFolder: temporaryFolder)
        let root = try await archive.main()
        guard root.digest == digest else { throw Self.mismatch(thing, digest, root.digest) }
        let artifact = ArtifactContent(store: archive, repository: "", root: root)
        return try await artifact.readAll(concurrency: concurrency, thing: thing) { _ in }
    }

    static func mismatch(_ thing: String, _ expected: Digest, _ found: Digest) -> Fault {
        Fault(
            .mismatch, "\(thing) should have the digest \(expected) and has \(found)",
            fix: "the content was damaged or replaced; fetch it again from its origin")
    }
}

extension ByteStream {
    /// Reads to the end; returns the number of bytes.
    func drain(_ moved: @escaping @Sendable (Int64) -> Void = { _ in }) async throws -> Int64 {
        var total: Int64 = 0
        for try await chunk in self {
            total += Int64(chunk.count)
            moved(Int64(chunk.count))
        }
        return total
    }
}
