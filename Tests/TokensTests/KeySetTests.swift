// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@testable import Tokens

/// A key with other members.
private func changed(_ key: JSON, _ changes: [(String, JSON?)]) -> JSON {
    .object(TokenForge.with(key.object ?? [:], changes))
}

@Suite("Sets of keys") struct KeySetTests {
    static let refused: [(what: String, keys: JSON, reason: String)] = [
        ("no list", ["kty": "RSA"], "no list “keys”"),
        ("a key without a type", [["n": "AQAB"]], "without a type"),
        ("a key that is a text", ["key"], "without a type"),
        ("a private RSA key", [changed(TokenVector.rsaKey, [("d", "AQAB")])], "private part"),
        ("a private Ed25519 key", [changed(TokenVector.edKey, [("d", "AQAB")])], "private part"),
        ("a kid that is a number", [changed(TokenVector.edKey, [("kid", 1)])], "“kid” is no string"),
        ("a kid that is a path", [changed(TokenVector.edKey, [("kid", "../../x")])], "characters"),
        ("padding", [changed(TokenVector.edKey, [("x", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")])], "“x”"),
        ("a key that is short", [changed(TokenVector.edKey, [("x", "AAAA")])], "numbers that no such key has"),
        ("a coordinate that is short", [changed(TokenVector.ecKey, [("x", "AAAA")])], "numbers that no such key has"),
        (
            "a point beside the curve", [changed(TokenVector.ecKey, [("x", TokenVector.ecKey["y"])])],
            "cannot be read"
        ),
        ("an even exponent", [changed(TokenVector.rsaKey, [("e", "Ag")])], "numbers that no such key has"),
        ("the exponent one", [changed(TokenVector.rsaKey, [("e", "AQ")])], "numbers that no such key has"),
        ("no modulus", [changed(TokenVector.rsaKey, [("n", nil)])], "“n”"),
        (
            "an RSA key of 1024 bits",
            [
                changed(
                    TokenVector.rsaKey, [("n", .string(Base64URL.encode([0x80] + [UInt8](repeating: 1, count: 127))))])
            ],
            "1024 bits is too short"
        ),
        (
            "two keys of one name",
            [changed(TokenVector.edKey, [("kid", "a")]), changed(TokenVector.ecKey, [("kid", "a")])], "same name"
        ),
        ("65 keys", .array(Array(repeating: TokenVector.edKey, count: 65)), "more than 64"),
    ]

    @Test("a set with a key that is damaged, weak or secret is refused", arguments: refused.indices)
    func isRefused(_ index: Int) {
        let (what, keys, reason) = Self.refused[index]
        let document: JSON = keys.array == nil ? keys : ["keys": keys]
        do throws(Fault) {
            _ = try JSONWebKeySet(parsing: document.encoded(), source: "the set")
            Issue.record("\(what) was taken")
        } catch {
            #expect(error.message.contains(reason), "\(what): \(error.message)")
        }
    }

    static let passedOver: [JSON] = [
        ["kty": "oct", "k": "c2VjcmV0", "kid": "a"], ["kty": "OKP", "crv": "X25519", "x": "AAAA"],
        ["kty": "EC", "crv": "P-521", "x": "AAAA", "y": "AAAA"],
        ["kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA"],
        changed(TokenVector.rsaKey, [("use", "enc")]), changed(TokenVector.rsaKey, [("key_ops", ["encrypt"])]),
        changed(TokenVector.rsaKey, [("alg", "PS512")]), changed(TokenVector.rsaKey, [("alg", "HS256")]),
        changed(TokenVector.ecKey, [("alg", "RS256")]), ["kty": "new"],
    ]

    @Test("keys for something else are passed over", arguments: passedOver)
    func passes(_ key: JSON) throws {
        let document: JSON = ["keys": [key, TokenVector.edKey]]
        let set = try JSONWebKeySet(parsing: document.encoded(), source: "the set")
        #expect(set.keys.map(\.keyID) == [TokenVector.edThumbprint])
        #expect(set.passedOver == 1)
    }

    @Test("a document that is too large is not read")
    func large() {
        let bytes = Array("{\"keys\":[]}".utf8) + [UInt8](repeating: 0x20, count: JSONWebKeySet.sizeLimit)
        #expect(throws: Fault.self) { try JSONWebKeySet(parsing: bytes, source: "the set") }
    }

    @Test("Base64 for URLs has one form", arguments: ["A", "AA=", "AA==", "A A", "AB", "AAF", "+A", "/A", "AA\n", "Ä"])
    func base64(_ text: String) { #expect(Base64URL.decode(text.utf8) == nil) }

    @Test("Base64 for URLs is read as it is written")
    func base64RoundTrip() {
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 151 + 250) }
            #expect(Base64URL.decode(Base64URL.encode(bytes).utf8) == bytes)
        }
    }
}
