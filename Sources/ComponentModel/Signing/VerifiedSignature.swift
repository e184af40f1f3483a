// SPDX-License-Identifier: Apache-2.0

public import Cryptography

/// What a signature must verify with. What the message itself says about its key never suffices.
public enum VerificationKey: Sendable {
    /// This key made it.
    case key(PublicKey)
    /// A key made it whose certificate, carried by the signature, leads to one of these roots.
    ///
    /// `issuer` is the distinguished name its subject must contain; without it anyone whom the roots certify for
    /// signing code may have signed.
    case roots([Certificate], issuer: String?)
    /// As `roots` with those of the system, which certify many; so a name is demanded.
    case systemRoots(issuer: String)
}

/// Proof that a descriptor is what somebody signed. Only verifying can make one.
public struct VerifiedSignature: Hashable, Sendable {
    /// The component version that was signed.
    public let identity: ComponentVersionIdentity
    /// The signature's name.
    public let name: String
    /// The algorithm.
    public let algorithm: String
    /// How the descriptor was normalised.
    public let normalisation: NormalisationAlgorithm
    /// The digest of the normalised descriptor.
    public let digest: Digest
    /// Fingerprint of the key that made it.
    public let keyFingerprint: Digest
    /// Subject of the certificate, for signatures verified by roots.
    public let certificateSubject: String?
    /// Who signed: the certificate's subject, or a summary of the key.
    public let signer: String

    init(
        identity: ComponentVersionIdentity, name: String, scheme: SignatureScheme,
        normalisation: NormalisationAlgorithm,
        digest: Digest, key: PublicKey, certificate: Certificate?
    ) {
        (self.identity, self.name, algorithm) = (identity, name, scheme.rawValue)
        (self.normalisation, self.digest, keyFingerprint) = (normalisation, digest, key.fingerprint)
        certificateSubject = certificate?.subject.description
        signer = certificate?.subject.description ?? key.summary
    }
}
