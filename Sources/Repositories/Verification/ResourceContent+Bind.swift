// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography
internal import OCI

extension ResourceContent {
    /// The content bound to the digest that its descriptor states, so that the bytes are checked while they move.
    ///
    /// An archive of an artifact whose digest is that of the artifact is read here, before anything moves. A digest that
    /// excludes the content, or none, binds nothing.
    /// - Parameter thing: what messages call the content.
    /// - Throws: `mismatch`, naming both digests, as soon as it is known that the content is another.
    public func bound(
        to expected: DigestSpecification?, thing: String, temporaryFolder: String?
    ) async throws -> ResourceContent {
        guard let expected, !expected.isExcluded else { return self }
        let digest = try expected.digest()
        switch self {
        case .artifact(let artifact):
            guard artifact.root.digest == digest else { throw Self.mismatch(thing, digest, artifact.root.digest) }
            return self
        case .blob(var blob):
            if expected.isArtifactDigest && MediaType.isArtifactArchive(blob.mediaType) {
                _ = try await ContentVerifier(temporaryFolder: temporaryFolder).verify(
                    self, against: expected, thing: thing)
                return self
            }
            if let known = blob.digest, known.algorithm == digest.algorithm {
                guard known == digest else { throw Self.mismatch(thing, digest, known) }
                return self
            }
            let (open, size) = (blob.open, blob.size)
            blob.open = { try await open().verified(digest: digest, size: size, of: thing) }
            if blob.digest != nil {
                // A file that is copied as it is, and a store that has the known digest, would be ways around the check.
                blob.isBoundBeyondDigest = true
                blob.file = nil
            }
            if blob.digest == nil && digest.algorithm == .sha256 { blob.digest = digest }
            return .blob(blob)
        }
    }

    private static func mismatch(_ thing: String, _ expected: Digest, _ found: Digest) -> Fault {
        Fault(
            .mismatch, "\(thing) should have the digest \(expected) and has \(found)",
            fix: "the content was damaged or replaced; fetch it again from its origin")
    }
}
