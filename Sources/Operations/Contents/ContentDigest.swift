// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI
internal import Orchestration
internal import Repositories

extension Resource {
    /// The digest that the resource should carry once its content is this one.
    ///
    /// A digest that is right stays as it is written, since signatures cover its names; one that is missing stays away
    /// when the component version is signed.
    /// - Parameter placed: the content's digest as it was stored.
    func digest(
        for content: ResourceContent, storedAs placed: Digest, isSigned: Bool, _ context: OperationContext
    ) async throws -> DigestSpecification? {
        guard let old = digest else {
            return isSigned ? nil : try await Self.digest(of: content, storedAs: placed, context)
        }
        if old.isExcluded { return old }
        let stated = try old.digest()
        if stated == placed { return old }
        if stated.algorithm != placed.algorithm, case .blob(let blob) = content {
            let meter = StreamMeter(try await blob.open(), stated.algorithm)
            for try await _ in meter.stream {}
            let found = try meter.result().digest
            return found == stated ? old : DigestSpecification(blob: found)
        }
        let new = try await Self.digest(of: content, storedAs: placed, context)
        return old.isSameContent(as: new) ? old : new
    }

    private static func digest(
        of content: ResourceContent, storedAs placed: Digest, _ context: OperationContext
    ) async throws -> DigestSpecification {
        switch content {
        case .artifact(let artifact): return DigestSpecification(artifact: artifact.root.digest)
        case .blob(let blob) where MediaType.isArtifactArchive(blob.mediaType):
            return try await ContentVerifier(temporaryFolder: context.temporaryFolder)
                .digest(of: content, thing: "the content")
        case .blob: return DigestSpecification(blob: placed)
        }
    }
}
