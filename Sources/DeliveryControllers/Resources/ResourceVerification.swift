// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI
internal import Repositories

/// Verifies that a resource is what its digest says.
struct ResourceVerification: Sendable {
    let resource: Resource
    let version: ResolvedVersion
    let temporaryFolder: String?

    /// The digest of the resource, which its content has.
    ///
    /// An artifact is compared by its manifest, whose digests every reader of the artifact checks; a blob that is kept
    /// under its digest by that; all others are read to their end. A resource without a digest is read, and gets one.
    /// - Throws: `.mismatch` when the content is another, `.unsupported` for an access that is unknown here: what cannot
    ///   be verified is not taken.
    func verify() async throws -> DigestSpecification? {
        let thing = "resource “\(resource.name)” of \(version.identity)"
        guard let access = resource.access, !access.isNone else { return resource.digest }
        guard AccessMethods.canonicalName(access.type) != nil else {
            throw Fault(
                .unsupported,
                "\(thing) has the access type “\(access.type)”, whose content cannot be verified here",
                fix: "set spec.verificationPolicy to Never if the resource may be used unverified")
        }
        let found = try await version.open.access.content(
            of: access, thing: thing, in: version.stored, repository: version.repository)
        guard let content = found else { return resource.digest }
        let verifier = ContentVerifier(temporaryFolder: temporaryFolder)
        guard let expected = resource.digest else { return try await digest(of: content, verifier, thing) }
        guard !expected.isExcluded else { return expected }
        let digest = try expected.digest()
        switch content {
        case .artifact(let artifact):
            guard artifact.root.digest == digest else { throw Self.mismatch(thing, digest, artifact.root.digest) }
        case .blob(let blob):
            if !expected.isArtifactDigest, let known = blob.digest, known.algorithm == digest.algorithm {
                guard known == digest else { throw Self.mismatch(thing, digest, known) }
            } else {
                _ = try await verifier.verify(content, against: expected, thing: thing)
            }
        }
        return expected
    }

    private func digest(
        of content: Repositories.ResourceContent, _ verifier: ContentVerifier, _ thing: String
    ) async throws -> DigestSpecification {
        if case .artifact(let artifact) = content { return DigestSpecification(artifact: artifact.root.digest) }
        return try await verifier.digest(of: content, thing: thing)
    }

    private static func mismatch(_ thing: String, _ expected: Digest, _ found: Digest) -> Fault {
        Fault(
            .mismatch, "\(thing) should have the digest \(expected) and has \(found)",
            fix: "the content was damaged or replaced; fetch it again from its origin")
    }
}
