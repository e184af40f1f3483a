// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@testable import Tokens

@Suite("Tokens") struct TokenTests {
    @Test(
        "signatures of RFC 7515 verify with their keys",
        arguments: [(TokenVector.rsaKey, TokenVector.rsaToken), (TokenVector.ecKey, TokenVector.ecToken)])
    func vectors(_ key: JSON, _ text: String) throws {
        let key = try JSONWebKey(key, source: "the key")
        let token = try UnverifiedToken(text)
        #expect(token.algorithm == key.algorithm)
        #expect(key.key.isValid(signature: token.signature, ofMessage: token.signed))
        var damaged = token.signature
        damaged[7] ^= 1
        #expect(!key.key.isValid(signature: damaged, ofMessage: token.signed))
        // The example is for nobody, so that is as far as it gets; its signature comes first.
        let verifier = TokenVerifier(keys: try JSONWebKeySet([key]), policy: TokenPolicy(issuer: "joe", audiences: []))
        #expect(throws: Fault.self) { try verifier.verify(token, at: Timestamp(seconds: 1_300_819_000)) }
    }

    @Test("the signature of RFC 8037 is made and verified, and its key has the thumbprint")
    func ed25519() throws {
        let key = try JSONWebKey(TokenVector.edKey, source: "the key")
        #expect(key.keyID == TokenVector.edThumbprint)
        let message = Array(TokenVector.edSigned.utf8)
        let signature = try #require(Base64URL.decode(TokenVector.edSignature.utf8))
        #expect(key.key.isValid(signature: signature, ofMessage: message))
        let seed = try #require(Base64URL.decode(TokenVector.edSecret.utf8))
        let head: [UInt8] = [0x30, 0x2E, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 4, 0x22, 4, 0x20]
        let pem = PEM.encode(label: "PRIVATE KEY", bytes: head + seed)
        let secret = try PrivateKey(pem: Array(pem.utf8), source: "the key")
        #expect(secret.publicKey == key.key)
        #expect(try secret.sign(message: message) == signature)
    }

    @Test("the key of RFC 7638 has its thumbprint")
    func thumbprint() throws {
        let key = try JSONWebKey(TokenVector.thumbprintKey, source: "the key")
        #expect(JSONWebKey.thumbprint(key.key) == TokenVector.thumbprint)
        #expect(key.keyID == "2011-04-29")
    }

    static let signers = [TokenForge.ed, TokenForge.p256, TokenForge.p384, TokenForge.rsa]

    @Test("what a signer of each kind makes is verified, and by no other key", arguments: signers.indices)
    func signed(_ index: Int) throws {
        let signer = try TokenSigner(Self.signers[index])
        let token = try signer.sign(TokenForge.claims)
        for other in Self.signers.indices {
            let keys = try JSONWebKeySet([JSONWebKey(Self.signers[other].publicKey)])
            let verifier = TokenVerifier(keys: keys, policy: TokenForge.policy)
            if other == index {
                let verified = try verifier.verify(token, at: TokenForge.now)
                #expect(verified.keyID == signer.webKey.keyID && verified.id == "1")
                #expect(verified.claims == TokenForge.claims)
            } else {
                #expect(throws: Fault.self) { try verifier.verify(token, at: TokenForge.now) }
            }
        }
    }

    @Test("a key is the same after it was written as JSON and read", arguments: signers.indices)
    func keyJSON(_ index: Int) throws {
        let key = try JSONWebKey(Self.signers[index].publicKey)
        let again = try JSONWebKeySet(parsing: JSON.object(["keys": [key.json]]).encoded(), source: "it")
        #expect(again.keys == [key])
        #expect(again.key(named: key.keyID) == key)
        #expect(try PublicKey(key.key.numbers, source: "it") == key.key)
    }

    static let accepted: [(what: String, header: [(String, JSON?)], claims: [(String, JSON?)])] = [
        ("several audiences", [], [("aud", ["a", "registry.example"])]),
        ("no type", [("typ", nil)], []), ("an access token", [("typ", "at+jwt")], []),
        ("a type with its long name", [("typ", "application/at+JWT")], []),
        ("a thumbprint of a certificate, which brings no key", [("x5t", "abc")], []),
        ("members that mean nothing here", [("foo", ["a": 1])], [("foo", [1, 2])]),
        ("no subject", [], [("sub", nil)]), ("an end within the skew", [], [("exp", 1_799_999_941)]),
        ("a start within the skew", [], [("nbf", 1_800_000_060), ("iat", 1_800_000_060)]),
        ("nothing but what must be there", [("typ", nil)], [("sub", nil), ("iat", nil), ("nbf", nil), ("jti", nil)]),
    ]

    @Test("what is right in every respect counts", arguments: accepted.indices)
    func counts(_ index: Int) throws {
        let (what, header, claims) = Self.accepted[index]
        let token = try TokenForge.token(header: header, claims: claims)
        #expect(throws: Never.self, "\(what)") { try TokenForge.verifier.verify(token, at: TokenForge.now) }
    }

    @Test("a token without the name of its key counts when its issuer has one key")
    func unnamedKey() throws {
        let token = try TokenForge.token(header: [("kid", nil)])
        let verifier = TokenVerifier(
            keys: try JSONWebKeySet([JSONWebKey(TokenForge.ed.publicKey)]), policy: TokenForge.policy)
        #expect(try verifier.verify(token, at: TokenForge.now).subject == "alice")
    }

    @Test("a type can be demanded")
    func requiredType() throws {
        var policy = TokenForge.policy
        policy.isTypeRequired = true
        let verifier = TokenVerifier(keys: TokenForge.keys, policy: policy)
        let untyped = try TokenForge.token(header: [("typ", nil)])
        #expect(throws: Fault.self) { try verifier.verify(untyped, at: TokenForge.now) }
        #expect(throws: Never.self) { try verifier.verify(try TokenForge.token(), at: TokenForge.now) }
    }

    @Test("nothing that holds a key or a token shows it")
    func descriptions() throws {
        let signer = try TokenSigner(TokenForge.ed)
        let text = try signer.sign(TokenForge.claims)
        let unverified = try UnverifiedToken(text)
        let keys = try JSONWebKeySet([signer.webKey])
        let verified = try TokenVerifier(keys: keys, policy: TokenForge.policy).verify(text, at: TokenForge.now)
        var dumped = ""
        dump(signer, to: &dumped)
        dump(unverified, to: &dumped)
        dump(verified, to: &dumped)
        dumped += "\(signer) \(unverified) \(verified)"
        #expect(!dumped.contains("alice"))
        #expect(!dumped.contains("PRIVATE"))
        for part in text.split(separator: ".") { #expect(!dumped.contains(part)) }
    }

    @Test("a token that nobody would take is not made")
    func tooLarge() throws {
        let signer = try TokenSigner(TokenForge.ed)
        #expect(throws: Fault.self) { try signer.sign(["x": .string(String(repeating: "a", count: 13_000))]) }
    }
}
