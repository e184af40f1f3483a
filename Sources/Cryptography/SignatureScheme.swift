// SPDX-License-Identifier: Apache-2.0

/// How digests are signed. The raw value is the algorithm's name in a component descriptor.
///
/// The ECDSA and Ed25519 names are extensions of this product; the other tools do not know them.
public enum SignatureScheme: String, Sendable, CaseIterable {
    /// RSASSA-PSS (RFC 8017 section 8.1), mask and message hashed alike.
    case rsaPSS = "RSASSA-PSS"
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2).
    case rsaPKCS1v15 = "RSASSA-PKCS1-V1_5"
    /// ECDSA on P-256 (FIPS 186-5), DER-encoded.
    case ecdsaP256 = "ECDSA-P256"
    /// ECDSA on P-384 (FIPS 186-5), DER-encoded.
    case ecdsaP384 = "ECDSA-P384"
    /// Ed25519 (RFC 8032) over the digest's bytes.
    case ed25519 = "Ed25519"
}

/// What kind of key it is.
public enum KeyKind: Sendable, Hashable, CustomStringConvertible {
    /// RSA with a modulus of so many bits.
    case rsa(bits: Int)
    /// An elliptic curve key on P-256.
    case ecdsaP256
    /// An elliptic curve key on P-384.
    case ecdsaP384
    /// An Ed25519 key.
    case ed25519

    /// What to generate without a reason for another: every tool in the field reads it.
    public static let usual = KeyKind.rsa(bits: 4096)

    /// `RSA 4096`, `ECDSA P-256`, `ECDSA P-384`, `Ed25519`.
    public var description: String {
        switch self {
        case .rsa(let bits): "RSA \(bits)"
        case .ecdsaP256: "ECDSA P-256"
        case .ecdsaP384: "ECDSA P-384"
        case .ed25519: "Ed25519"
        }
    }

    /// Whether keys of this kind can make signatures of a scheme.
    public func fits(_ scheme: SignatureScheme) -> Bool {
        switch (self, scheme) {
        case (.rsa, .rsaPSS), (.rsa, .rsaPKCS1v15), (.ecdsaP256, .ecdsaP256), (.ecdsaP384, .ecdsaP384),
            (.ed25519, .ed25519):
            true
        default: false
        }
    }
}
