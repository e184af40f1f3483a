// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CELLibraries
public import ComponentModel
internal import Cryptography
public import Documents
public import Repositories

/// A component version that was read and found to be what was asked for.
public struct ResolvedVersion: Sendable {
    /// The version with its descriptor.
    public let stored: StoredComponentVersion
    /// The digest of its normalised descriptor, as statuses show it.
    public let digest: DigestSpecification
    /// The signatures that verified; none where a digest was asked for.
    public let signatures: [VerifiedSignature]
    /// Why a signature over it would not cover all of it.
    public let findings: [DigestibilityFinding]
    /// Where it was found, as a typed object.
    public let repositorySpec: JSON
    let open: OpenRepository
    let repository: any ComponentVersionRepository

    /// Its descriptor.
    public var descriptor: ComponentDescriptor { stored.descriptor }
    /// Component and version.
    public var identity: ComponentVersionIdentity { stored.identity }

    /// What statuses say of it.
    public var information: ComponentInformation {
        ComponentInformation(
            component: identity.name.text, version: identity.version.text, repositorySpec: repositorySpec,
            digest: digest)
    }

    /// The digest that statuses show: SHA-256 of the form that the newer tools sign.
    static func digest(of descriptor: ComponentDescriptor) throws(Fault) -> DigestSpecification {
        let digest = Digest(of: try descriptor.normalised(.v4alpha1))
        return DigestSpecification(
            hashAlgorithm: digest.algorithm.ocmName,
            normalisationAlgorithm: NormalisationAlgorithm.v4alpha1.rawValue, value: digest.hex)
    }
}

/// What a component version must prove.
public enum VersionProof: Hashable, Sendable {
    /// These signatures verify, and as much else is looked at as the scope says; none for a version that is taken as it is.
    case signatures([VerificationDemand], VerificationScope)
    /// Its normalised descriptor has this digest, which somebody vouches for.
    case digest(DigestSpecification)
}

/// A question for a component version.
public struct VersionRequest: Sendable {
    /// Where it is, as a typed object.
    public var repositorySpec: JSON
    /// The configuration to speak with.
    public var configuration: LoadedConfiguration
    /// Component and version.
    public var identity: ComponentVersionIdentity
    /// What it must prove.
    public var proof: VersionProof

    /// A question.
    public init(
        repositorySpec: JSON, configuration: LoadedConfiguration, identity: ComponentVersionIdentity,
        proof: VersionProof
    ) {
        (self.repositorySpec, self.configuration) = (repositorySpec, configuration)
        (self.identity, self.proof) = (identity, proof)
    }
}
