// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents

@testable internal import Tokens

/// Verifies tokens and reads sets of keys of the fuzzer. The first byte says which, and with which parts:
///
/// 0, the rest is a token; 1, it is the claims of a token that is signed rightly; 2, it is the header of one; otherwise it
/// is a set of keys. What has to hold, beyond not crashing: no token counts but with the claims that the policy demands,
/// none counts that was not signed here, and a set of keys is the same when it was written.
public enum SignedTokenTarget {
    private static let key = made { try PrivateKey.generate(.ed25519) }
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let verifier = TokenVerifier(
        keys: made { try JSONWebKeySet([JSONWebKey(key.publicKey, keyID: "k")]) },
        policy: TokenPolicy(issuer: "i", audiences: ["a"]))
    private static let header = Array(#"{"alg":"EdDSA","kid":"k"}"#.utf8)
    private static let claims = Array(#"{"iss":"i","aud":"a","exp":1800000300}"#.utf8)

    public static func run(_ bytes: [UInt8]) {
        guard let first = bytes.first, bytes.count < 32_768 else { return }
        let rest = Array(bytes.dropFirst())
        switch first {
        case 0:
            let text = String(decoding: rest, as: UTF8.self)
            precondition((try? verifier.verify(text, at: now)) == nil, "a token counts that nobody signed")
        case 1: check(signed(header, rest))
        case 2: check(signed(rest, claims))
        default:
            guard let set = try? JSONWebKeySet(parsing: rest, source: "it") else { return }
            let again = try? JSONWebKeySet(parsing: set.json.encoded(), source: "it")
            precondition(again?.keys == set.keys, "other keys came out")
        }
    }

    private static func signed(_ header: [UInt8], _ claims: [UInt8]) -> String {
        let signed = "\(Base64URL.encode(header)).\(Base64URL.encode(claims))"
        return "\(signed).\(Base64URL.encode(made { try key.sign(message: Array(signed.utf8)) }))"
    }

    private static func made<Value>(_ make: () throws -> Value) -> Value {
        do { return try make() } catch { preconditionFailure("\(error)") }
    }

    private static func check(_ text: String) {
        do throws(Fault) {
            let token = try verifier.verify(text, at: now)
            precondition(token.claims["iss"] == "i" && token.audiences.contains("a"), "claims that are not demanded")
            precondition(token.expires.seconds > now.seconds - 60, "a token that has expired")
        } catch {
            precondition([.unverified, .notFound, .limitExceeded].contains(error.code), "another fault: \(error)")
        }
    }
}
