// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@testable import Tokens

/// What is made once for all tests.
private func made<Value>(_ make: () throws -> Value) -> Value {
    do { return try make() } catch { preconditionFailure("\(error)") }
}

/// Makes tokens of any kind, right or wrong.
enum TokenForge {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let ed = made { try PrivateKey.generate(.ed25519) }
    static let p256 = made { try PrivateKey.generate(.ecdsaP256) }
    static let p384 = made { try PrivateKey.generate(.ecdsaP384) }
    static let rsa = made { try PrivateKey.generate(.rsa(bits: 2048)) }
    static let stranger = made { try PrivateKey.generate(.ed25519) }

    static let keys = made {
        try JSONWebKeySet([
            JSONWebKey(ed.publicKey, keyID: "ed"), JSONWebKey(p256.publicKey, keyID: "p256"),
            JSONWebKey(p384.publicKey, keyID: "p384"), JSONWebKey(rsa.publicKey, keyID: "rsa"),
        ])
    }
    static let policy = TokenPolicy(issuer: "https://issuer.example", audiences: ["registry.example"])
    static let verifier = TokenVerifier(keys: keys, policy: policy)

    static let header: JSONObject = ["alg": "EdDSA", "typ": "JWT", "kid": "ed"]
    static let claims: JSONObject = [
        "iss": "https://issuer.example", "aud": "registry.example", "sub": "alice", "exp": 1_800_000_300,
        "iat": 1_800_000_000, "nbf": 1_800_000_000, "jti": "1",
    ]

    static func with(_ object: JSONObject, _ changes: [(String, JSON?)]) -> JSONObject {
        var object = object
        for (key, value) in changes { object[key] = value }
        return object
    }

    /// A token with these parts, signed as the key signs.
    static func token(
        header: [(String, JSON?)] = [], claims: [(String, JSON?)] = [], key: PrivateKey = ed
    ) throws -> String {
        try token(
            headerText: JSON.object(with(Self.header, header)).text(),
            claimsText: JSON.object(with(Self.claims, claims)).text(), key: key)
    }

    static func token(headerText: String, claimsText: String, key: PrivateKey = ed) throws -> String {
        let signed = "\(Base64URL.encode(headerText.utf8)).\(Base64URL.encode(claimsText.utf8))"
        return "\(signed).\(Base64URL.encode(try key.sign(message: Array(signed.utf8))))"
    }

    /// A token signed with a shared secret, as an attacker makes it who takes a public key for one.
    static func token(secret: [UInt8], kid: String) -> String {
        let header: JSON = ["alg": "HS256", "typ": "JWT", "kid": .string(kid)]
        let signed = "\(Base64URL.encode(header.encoded())).\(Base64URL.encode(JSON.object(claims).encoded()))"
        return "\(signed).\(Base64URL.encode(HMAC.sha256(Array(signed.utf8), key: secret)))"
    }
}
