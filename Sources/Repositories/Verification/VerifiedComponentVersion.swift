// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Cryptography

/// Proof that a component version is what somebody signed. Only the verifier can make one.
public struct VerifiedComponentVersion: Sendable {
    /// The version, as it was read and checked.
    public let version: StoredComponentVersion
    /// The signatures that verified; empty for a version that is vouched for by the reference of its parent alone.
    public let signatures: [VerifiedSignature]
    /// What was checked of each resource.
    public let resources: [ResourceVerdict]
    /// The referenced versions, each verified through the digest its parent pins.
    public let references: [VerifiedComponentVersion]

    init(
        version: StoredComponentVersion, signatures: [VerifiedSignature], resources: [ResourceVerdict],
        references: [VerifiedComponentVersion]
    ) {
        (self.version, self.signatures) = (version, signatures)
        (self.resources, self.references) = (resources, references)
    }

    /// This version and all it refers to, children first, each once.
    public var all: [VerifiedComponentVersion] {
        var seen: Set<ComponentVersionIdentity> = []
        func walk(_ verified: VerifiedComponentVersion) -> [VerifiedComponentVersion] {
            guard seen.insert(verified.version.identity).inserted else { return [] }
            return verified.references.flatMap(walk) + [verified]
        }
        return walk(self)
    }
}

/// What was checked of one resource.
public struct ResourceVerdict: Sendable {
    /// How far the check went.
    public enum Outcome: String, Sendable {
        /// Every byte was read and has the signed digest.
        case verified
        /// The signed digest was not compared with the bytes: the check was shallow.
        case notRead = "not-read"
        /// The resource has no content.
        case noContent = "no-content"
        /// The producer excluded the content from the signature.
        case excluded
    }

    /// The resource's identity.
    public let identity: ElementIdentity
    /// How far the check went.
    public let outcome: Outcome
    /// The signed digest.
    public let digest: DigestSpecification?
    /// How many bytes were read.
    public let bytes: Int64
}
