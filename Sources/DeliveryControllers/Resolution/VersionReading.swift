// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Repositories

/// Reads one component version and checks what it must prove.
struct VersionReading: Sendable {
    let request: VersionRequest
    let open: OpenRepository
    let settings: ResolutionSettings

    func read() async throws -> ResolvedVersion {
        let (stored, repository) = try await open.source.get(request.identity)
        var signatures: [VerifiedSignature] = []
        switch request.proof {
        case .digest(let expected):
            try stored.descriptor.check(expected)
        case .signatures(let demands, let scope):
            var trust: [SignatureTrust] = []
            for demand in demands {
                let (signature, key) = try demand.verify(stored.descriptor)
                signatures.append(signature)
                trust.append(key)
            }
            if scope != .component, !trust.isEmpty { try await verifyReferences(trust, scope, stored, repository) }
        }
        return ResolvedVersion(
            stored: stored, digest: try ResolvedVersion.digest(of: stored.descriptor), signatures: signatures,
            findings: stored.descriptor.digestibilityFindings, repositorySpec: request.repositorySpec, open: open,
            repository: repository)
    }

    /// Verifies all versions below this one, and their contents where the scope says so.
    private func verifyReferences(
        _ trust: [SignatureTrust], _ scope: VerificationScope, _ stored: StoredComponentVersion,
        _ repository: any ComponentVersionRepository
    ) async throws {
        // The verifier reads the version again; it must be the one that is returned.
        var first = repository
        if let digest = stored.storedDigest {
            first = PinnedRepository(repository, request.identity, storedAs: digest)
        }
        let source = ComponentVersionSource(first, lookup: [open.repository], resolver: open.resolver)
        let verifier = ComponentVersionVerifier(
            source: source, access: open.access, depth: scope == .contents ? .deep : .shallow,
            temporaryFolder: settings.temporaryFolder)
        _ = try await verifier.verify(request.identity, trust: trust)
    }
}

extension ComponentDescriptor {
    /// Compares this descriptor with the digest that a status or a reference states.
    func check(_ expected: DigestSpecification) throws(Fault) {
        do throws(Fault) { try check(expected, pinnedBy: identity) } catch {
            guard error.code == .mismatch else { throw error }
            throw Fault(
                .mismatch,
                "\(identity) is not the version that was verified: it should have the digest \(expected.value)",
                fix: "the descriptor was replaced in the repository; ask who publishes it")
        }
    }
}
