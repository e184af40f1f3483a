// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import Documents

/// A public key that checks tokens, with its name and the one algorithm it is used with (RFC 7517).
public struct JSONWebKey: Sendable, Equatable, CustomStringConvertible {
    /// The key.
    public let key: PublicKey
    /// Its name, `kid`.
    public let keyID: String
    /// The algorithm it is bound to; a token that names another is refused.
    public let algorithm: TokenAlgorithm
    /// Name and kind, for people.
    public var description: String { "key \(keyID) (\(key.kind), \(algorithm.rawValue))" }

    /// The fewest bits of an RSA key that checks tokens (RFC 7518 section 3.3).
    public static let minimumRSABits = 2048

    /// Takes a key.
    ///
    /// - Parameter keyID: its name; its thumbprint if there is none.
    /// - Throws: `.invalid` for an RSA key below 2048 bits and a name that is no `KeyIdentifier`.
    public init(_ key: PublicKey, keyID: String? = nil) throws(Fault) {
        if case .rsa(let bits) = key.kind, bits < Self.minimumRSABits {
            throw Fault(
                .invalid, "an RSA key of \(bits) bits is too short for tokens",
                fix: "use one of at least \(Self.minimumRSABits) bits")
        }
        guard keyID.map(KeyIdentifier.isValid) ?? true else {
            throw Fault(
                .invalid, "the name of a key, “kid”, holds characters that are not accepted or is too long",
                fix: "use up to \(KeyIdentifier.sizeLimit) letters, digits, “-”, “.” and “_”")
        }
        self.key = key
        self.keyID = keyID ?? Self.thumbprint(key)
        algorithm = TokenAlgorithm(of: key.kind)
    }

    /// SHA-256 of the key's necessary members in their canonical form, in Base64 for URLs (RFC 7638).
    public static func thumbprint(_ key: PublicKey) -> String {
        let members = JSON.object(JSONObject(members(of: key)))
        return Base64URL.encode(Digest(of: members.encoded(sortedKeys: true)).bytes)
    }

    /// The key as a JSON Web Key with `use`, `alg` and `kid`.
    public var json: JSON {
        let more: [(String, JSON)] = [
            ("use", "sig"), ("alg", .string(algorithm.rawValue)), ("kid", .string(keyID)),
        ]
        return .object(JSONObject(Self.members(of: key) + more))
    }

    private static func members(of key: PublicKey) -> [(String, JSON)] {
        func text(_ bytes: [UInt8]) -> JSON { .string(Base64URL.encode(bytes)) }
        return switch key.numbers {
        case .rsa(let modulus, let exponent): [("kty", "RSA"), ("n", text(modulus)), ("e", text(exponent))]
        case .p256(let x, let y): [("kty", "EC"), ("crv", "P-256"), ("x", text(x)), ("y", text(y))]
        case .p384(let x, let y): [("kty", "EC"), ("crv", "P-384"), ("x", text(x)), ("y", text(y))]
        case .ed25519(let x): [("kty", "OKP"), ("crv", "Ed25519"), ("x", text(x))]
        }
    }
}
