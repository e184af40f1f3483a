// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import Tokens

@Suite("Damaged tokens and keys") struct TokenFuzzTests {
    @Test("a damaged token never counts", arguments: [1, 2, 3] as [UInt64])
    func tokens(seed: UInt64) throws {
        let samples = try [
            TokenForge.token(),
            TokenForge.token(header: [("alg", "ES256"), ("kid", "p256")], key: TokenForge.p256),
            TokenForge.token(header: [("alg", "RS256"), ("kid", "rsa")], key: TokenForge.rsa),
        ]
        let words = [".", "..", "=", "-", "_", "eyJhbGciOiJub25lIn0", "bnVsbA", "e30", "\u{0}"]
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: words, seed: seed)
        for round in 0..<2000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            do throws(Fault) {
                _ = try TokenForge.verifier.verify(text, at: TokenForge.now)
                // ECDSA aside, where s and n - s both verify, nothing else than what was signed does.
                #expect(samples.contains(text), "round \(round): \(text)")
            } catch {
                #expect([.unverified, .notFound, .limitExceeded].contains(error.code), "round \(round): \(error)")
            }
        }
    }

    @Test("damaged claims count only as far as they are right", arguments: [1, 2] as [UInt64])
    func claims(seed: UInt64) throws {
        let words = [
            "\"exp\":", "\"aud\":", "\"registry.example\"", "[", "]", "{", "}", ",", "null", "1e99", "-0", "1800000300",
            "\"iss\":\"https://issuer.example\"", "\"jku\":", "\"crit\":",
        ]
        let claims = JSON.object(TokenForge.claims).text()
        var mutator = ByteMutator(samples: [Array(claims.utf8)], tokens: words, seed: seed)
        for round in 0..<1500 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            let token = try TokenForge.token(headerText: JSON.object(TokenForge.header).text(), claimsText: text)
            guard let verified = try? TokenForge.verifier.verify(token, at: TokenForge.now) else { continue }
            #expect(verified.claims["iss"] == "https://issuer.example", "round \(round)")
            #expect(verified.audiences.contains("registry.example"), "round \(round)")
            #expect(verified.expires.seconds > TokenForge.now.seconds - 60, "round \(round)")
        }
    }

    @Test(
        "a damaged set of keys is refused with a fault or is the same when it is written",
        arguments: [1, 2] as [UInt64])
    func keySets(seed: UInt64) throws {
        let document: JSON = ["keys": [TokenVector.rsaKey, TokenVector.ecKey, TokenVector.edKey]]
        let words = ["\"kty\":", "\"d\":", "RSA", "P-384", "Ed25519", "AQAB", "[", "]", "{", "}", "null"]
        var mutator = ByteMutator(samples: [document.encoded()], tokens: words, seed: seed)
        for round in 0..<2000 {
            let bytes = mutator.next()
            guard let set = try? JSONWebKeySet(parsing: bytes, source: "it") else { continue }
            let again = try JSONWebKeySet(parsing: set.json.encoded(), source: "it")
            #expect(again.keys == set.keys, "round \(round)")
        }
    }
}
