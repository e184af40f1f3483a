// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
internal import OCI

/// Verifies component versions: signature, descriptor, references, and every byte of every resource. Fails closed.
public struct ComponentVersionVerifier: Sendable {
    /// How much is checked.
    public enum Depth: Sendable {
        /// Everything: resources are read to their last byte.
        case deep
        /// Signature, descriptor and references; resources are not read.
        case shallow
    }

    private let access: AccessMethods
    private let source: ComponentVersionSource
    private let depth: Depth
    private let contents: ContentVerifier
    private let observer: ProgressObserver

    /// How many resources are read at once.
    private static let window = 2

    /// A verifier that reads from `source`.
    public init(
        source: ComponentVersionSource, access: AccessMethods, depth: Depth, temporaryFolder: String? = nil,
        observer: @escaping ProgressObserver = { _ in }
    ) {
        (self.source, self.access, self.depth, self.observer) = (source, access, depth, observer)
        contents = ContentVerifier(temporaryFolder: temporaryFolder)
    }

    /// Verifies a version by its signatures.
    ///
    /// - Parameters:
    ///   - identity: the version.
    ///   - trust: which signatures must verify, and with what. Every one of them must; none at all is an error.
    /// - Throws: `.unverified` when a signature is missing or wrong, `.mismatch` when content is not what was signed.
    public func verify(
        _ identity: ComponentVersionIdentity, trust: [SignatureTrust]
    ) async throws -> VerifiedComponentVersion {
        let (version, repository) = try await source.get(identity)
        let signatures = try Self.verifySignatures(of: version.descriptor, trust)
        // A version that several others refer to is read once.
        var known: [ComponentVersionIdentity: VerifiedComponentVersion] = [:]
        return try await verifyContents(
            of: version, in: repository, signatures: signatures, path: ReferencePath(identity), &known)
    }

    /// The signatures of a descriptor that the trust demands, each verified.
    public static func verifySignatures(
        of descriptor: ComponentDescriptor, _ trust: [SignatureTrust]
    ) throws(Fault) -> [VerifiedSignature] {
        guard !trust.isEmpty else {
            throw Fault(
                .unverified, "\(descriptor.identity) cannot be verified: no key and no root certificate is given",
                fix: "pass --signature NAME --public-key FILE, or configure a consumer of type RSA/v1alpha1")
        }
        var verified: [VerifiedSignature] = []
        for demand in trust {
            let entries = descriptor.signatures.filter { demand.signature == nil || $0.name == demand.signature }
            guard !entries.isEmpty else {
                let names = descriptor.signatures.map(\.name)
                throw Fault(
                    .unverified,
                    "\(descriptor.identity) has no signature\(demand.signature.map { " “\($0)”" } ?? "")",
                    fix: names.isEmpty
                        ? "sign it first: ocm sign cv …" : "its signatures are \(names.joined(separator: ", "))")
            }
            for entry in entries {
                do { verified.append(try descriptor.verify(entry, with: demand.key)) } catch {
                    // What cannot be checked here is not verified either.
                    throw error.coded(error.code == .unsupported ? .unverified : error.code)
                        .about("\(descriptor.identity)")
                }
            }
        }
        return verified
    }

    private func verifyContents(
        of version: StoredComponentVersion, in repository: any ComponentVersionRepository,
        signatures: [VerifiedSignature], path: ReferencePath,
        _ known: inout [ComponentVersionIdentity: VerifiedComponentVersion]
    ) async throws -> VerifiedComponentVersion {
        var references: [VerifiedComponentVersion] = []
        for reference in version.descriptor.references {
            references.append(try await verify(reference, of: version.identity, path: path, &known))
        }
        let resources = try await version.descriptor.resources.mapConcurrently(limit: Self.window) { resource in
            try await verify(resource, of: version, in: repository)
        }
        return VerifiedComponentVersion(
            version: version, signatures: signatures, resources: resources, references: references)
    }

    private func verify(
        _ reference: ComponentReference, of parent: ComponentVersionIdentity, path: ReferencePath,
        _ known: inout [ComponentVersionIdentity: VerifiedComponentVersion]
    ) async throws -> VerifiedComponentVersion {
        let child = try reference.target
        let childPath = try path.appending(child)
        guard let pinned = reference.digest else {
            throw Fault(
                .unverified, "\(parent) refers to \(child) without a digest, so nothing vouches for it",
                fix: "sign \(parent) again; signing pins every reference")
        }
        if let verified = known[child] {
            try verified.version.descriptor.check(pinned, pinnedBy: parent)
            return verified
        }
        let (version, repository) = try await source.get(child)
        try version.descriptor.check(pinned, pinnedBy: parent)
        let verified = try await verifyContents(of: version, in: repository, signatures: [], path: childPath, &known)
        known[child] = verified
        return verified
    }

    private func verify(
        _ resource: Resource, of version: StoredComponentVersion, in repository: any ComponentVersionRepository
    ) async throws -> ResourceVerdict {
        let thing = "resource “\(resource.name)” of \(version.identity)"
        func verdict(_ outcome: ResourceVerdict.Outcome, _ bytes: Int64 = 0) -> ResourceVerdict {
            ResourceVerdict(identity: resource.identity, outcome: outcome, digest: resource.digest, bytes: bytes)
        }
        guard let specification = resource.access, AccessMethods.canonicalName(specification.type) != "none" else {
            return verdict(.noContent)
        }
        guard let expected = resource.digest else {
            throw Fault(
                .unverified, "\(thing) has no digest, so nothing vouches for its bytes",
                fix: "sign \(version.identity) again; signing digests every resource")
        }
        if expected.isExcluded { return verdict(.excluded) }
        guard depth == .deep else { return verdict(.notRead) }
        let id = "\(version.identity)/\(resource.identity)"
        observer(.started(id: id, name: thing, bytes: nil))
        let observer = observer
        do {
            guard
                let content = try await access.content(
                    of: specification, thing: thing, in: version, repository: repository)
            else { return verdict(.noContent) }
            let bytes = try await contents.verify(content, against: expected, thing: thing) {
                observer(.moved(id: id, bytes: $0))
            }
            observer(.finished(id: id))
            return verdict(.verified, bytes)
        } catch {
            guard !(error is CancellationError) else { throw error }
            throw Fault(wrapping: error).about(thing)
        }
    }
}

/// Which signature must verify, and what it must verify with.
public struct SignatureTrust: Sendable {
    /// The signature's name; nil means every signature there is.
    public let signature: String?
    /// The key or the root certificates.
    public let key: VerificationKey

    /// A demand on a signature.
    public init(signature: String?, key: VerificationKey) { (self.signature, self.key) = (signature, key) }
}

extension ComponentDescriptor {
    /// Compares this descriptor with the digest that a reference of its parent pins.
    ///
    /// Throws `.mismatch` naming both versions and both digests.
    public func check(_ pinned: DigestSpecification, pinnedBy parent: ComponentVersionIdentity) throws(Fault) {
        guard let algorithm = NormalisationAlgorithm(rawValue: pinned.normalisationAlgorithm) else {
            throw Fault(
                .unverified, "\(parent) pins \(identity) with the normalisation “\(pinned.normalisationAlgorithm)”",
                fix: "known are \(NormalisationAlgorithm.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let expected = try pinned.digest()
        var found: Digest?
        for bytes in try normalisationCandidates(algorithm) {
            let digest = Digest(of: bytes, algorithm: expected.algorithm)
            if digest == expected { return }
            found = found ?? digest
        }
        throw Fault(
            .mismatch,
            "\(identity) is not the version that \(parent) refers to: its digest should be \(expected) "
                + "and is \(found?.description ?? "unknown")",
            fix: "the descriptor was altered or replaced; fetch it again from its origin")
    }
}
