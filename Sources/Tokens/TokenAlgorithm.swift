// SPDX-License-Identifier: Apache-2.0

public import Cryptography

/// How tokens are signed (RFC 7518 section 3.1, RFC 8037 section 3.1). No shared secrets and no `none`: they are no
/// values of this type.
public enum TokenAlgorithm: String, Sendable, CaseIterable {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
    /// ECDSA on P-384 with SHA-384.
    case es384 = "ES384"
    /// Ed25519.
    case edDSA = "EdDSA"

    /// The one algorithm that a kind of key is used with here.
    public init(of kind: KeyKind) {
        self =
            switch kind {
            case .rsa: .rs256
            case .ecdsaP256: .es256
            case .ecdsaP384: .es384
            case .ed25519: .edDSA
            }
    }
}
