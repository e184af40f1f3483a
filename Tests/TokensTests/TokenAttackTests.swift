// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing

@testable import Tokens

/// A token that must not count, and what is said of it.
struct TokenAttack: Sendable, CustomStringConvertible {
    let name: String
    let reason: String
    let make: @Sendable () throws -> String

    init(_ name: String, _ reason: String, _ make: @escaping @Sendable () throws -> String) {
        (self.name, self.reason, self.make) = (name, reason, make)
    }

    init(_ name: String, header: [(String, JSON?)], _ reason: String, key: PrivateKey = TokenForge.ed) {
        self.init(name, reason) { try TokenForge.token(header: header, key: key) }
    }

    init(_ name: String, claims: [(String, JSON?)], _ reason: String) {
        self.init(name, reason) { try TokenForge.token(claims: claims) }
    }

    var description: String { name }

    static let wrongAlgorithm = "is not signed with RS256"
    static let algorithms: [TokenAttack] =
        [
            "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS1", "RS384", "PS256", "ES256K", "eddsa",
            "rs256",
        ]
        .map { TokenAttack("algorithm “\($0)”", header: [("alg", .string($0))], wrongAlgorithm) } + [
            TokenAttack("no algorithm", header: [("alg", nil)], wrongAlgorithm),
            TokenAttack("an algorithm that is a number", header: [("alg", 1)], wrongAlgorithm),
            TokenAttack("algorithms in a list", header: [("alg", ["EdDSA"])], wrongAlgorithm),
            TokenAttack("none without a signature", "has no signature") {
                "\(Base64URL.encode(#"{"alg":"none"}"#.utf8)).\(Base64URL.encode(JSON.object(TokenForge.claims).encoded()))."
            },
            TokenAttack("the public key in PEM as a shared secret", wrongAlgorithm) {
                TokenForge.token(secret: Array(TokenForge.rsa.publicKey.pem().utf8), kid: "rsa")
            },
            TokenAttack("the public key's modulus as a shared secret", wrongAlgorithm) {
                guard case .rsa(let modulus, _) = TokenForge.rsa.publicKey.numbers else { return "" }
                return TokenForge.token(secret: modulus, kid: "rsa")
            },
            TokenAttack("a public Ed25519 key as a shared secret", wrongAlgorithm) {
                guard case .ed25519(let key) = TokenForge.ed.publicKey.numbers else { return "" }
                return TokenForge.token(secret: key, kid: "ed")
            },
            TokenAttack("another algorithm than the key's", header: [("alg", "RS256")], "is not its key's"),
            TokenAttack(
                "a curve in place of another", header: [("alg", "ES384"), ("kid", "p256")], "is not its key's",
                key: TokenForge.p384),
            TokenAttack(
                "RSA's name on a key of a curve", header: [("alg", "RS256"), ("kid", "p256")], "is not its key's",
                key: TokenForge.rsa),
        ]

    static let keyTricks: [TokenAttack] =
        [
            TokenAttack(
                "jku", header: [("jku", "https://evil.example/jwks")], "brings its own key", key: TokenForge.stranger),
            TokenAttack("jku of the right key", header: [("jku", "https://issuer.example/jwks")], "brings its own key"),
            TokenAttack(
                "x5u", header: [("x5u", "https://evil.example/x")], "brings its own key", key: TokenForge.stranger),
            TokenAttack("x5c", header: [("x5c", ["MIIB"])], "brings its own key", key: TokenForge.stranger),
            TokenAttack("jwk of a stranger", "brings its own key") {
                try TokenForge.token(
                    header: [("jwk", JSONWebKey(TokenForge.stranger.publicKey).json)], key: TokenForge.stranger)
            },
            TokenAttack("jwk and no kid", "brings its own key") {
                try TokenForge.token(
                    header: [("jwk", JSONWebKey(TokenForge.stranger.publicKey).json), ("kid", nil)],
                    key: TokenForge.stranger)
            },
            TokenAttack("jwk that is null", header: [("jwk", nil as JSON?), ("jku", .null)], "brings its own key"),
            TokenAttack("kid that is not known", header: [("kid", "other")], "key that is not known"),
            TokenAttack("no kid where there are several keys", header: [("kid", nil)], "does not name its key"),
            TokenAttack("kid that is a number", header: [("kid", 1)], "names its key in a way"),
            TokenAttack("kid that is null", header: [("kid", .null)], "names its key in a way"),
            TokenAttack("kid that is empty", header: [("kid", "")], "names its key in a way"),
            TokenAttack(
                "kid that is long", header: [("kid", .string(String(repeating: "a", count: 129)))],
                "names its key in a way"),
            TokenAttack("signed by a stranger", header: [], "does not verify", key: TokenForge.stranger),
            TokenAttack(
                "signed by another trusted key", header: [("alg", "ES256"), ("kid", "p256")], "does not verify",
                key: TokenForge.p384),
        ]
        + [
            "../../../dev/null", "/etc//passwd", "..", "ed\u{0}", "ed'; DROP TABLE keys; --", "ed\" OR 1=1", "$(id)",
            "`id`",
            "ed\n", "ed ", " ed", "%65d", "ed?x", "ed#", "ed&a", "{\"a\":1}", "\u{65}\u{301}d", "ed;ls", "a|b",
            "\\\\host\\x",
        ].map { TokenAttack("kid “\($0)”", header: [("kid", .string($0))], "names its key in a way") }

    static let extensions: [TokenAttack] = [
        TokenAttack("crit", header: [("crit", ["exp"])], "demands an extension"),
        TokenAttack("crit that is empty", header: [("crit", [])], "demands an extension"),
        TokenAttack("crit that is null", header: [("crit", .null)], "demands an extension"),
        TokenAttack("b64", header: [("b64", false)], "demands an extension"),
        TokenAttack("zip", header: [("zip", "DEF")], "demands an extension"),
        TokenAttack("enc", header: [("enc", "A128GCM")], "demands an extension"),
        TokenAttack("a token of another type", header: [("typ", "logout+jwt")], "is of another type"),
        TokenAttack("a proof of possession", header: [("typ", "application/dpop+jwt")], "is of another type"),
        TokenAttack("a type that is a list", header: [("typ", ["JWT"])], "type that is no string"),
    ]

    static let claims: [TokenAttack] = [
        TokenAttack("another issuer", claims: [("iss", "https://evil.example")], "is of another issuer"),
        TokenAttack(
            "an issuer with a slash more", claims: [("iss", "https://issuer.example/")], "is of another issuer"),
        TokenAttack("an issuer in capitals", claims: [("iss", "https://ISSUER.example")], "is of another issuer"),
        TokenAttack("no issuer", claims: [("iss", nil)], "is of another issuer"),
        TokenAttack("an issuer in a list", claims: [("iss", ["https://issuer.example"])], "“iss” that is no string"),
        TokenAttack("another audience", claims: [("aud", "other.example")], "is for somebody else"),
        TokenAttack("other audiences", claims: [("aud", ["a", "b"])], "is for somebody else"),
        TokenAttack("no audience", claims: [("aud", nil)], "is for somebody else"),
        TokenAttack("an empty list of audiences", claims: [("aud", [])], "is for somebody else"),
        TokenAttack("audiences that are no strings", claims: [("aud", ["registry.example", 1])], "claim “aud”"),
        TokenAttack("an audience that is an object", claims: [("aud", ["registry.example": true])], "claim “aud”"),
        TokenAttack(
            "many audiences",
            claims: [("aud", .array(Array(repeating: "registry.example", count: 65)))], "claim “aud”"),
        TokenAttack("no end", claims: [("exp", nil)], "never expires"),
        TokenAttack("an end in the past", claims: [("exp", 1_799_999_940)], "has expired"),
        TokenAttack("an end that is a string", claims: [("exp", "1800000300")], "“exp” that is no time"),
        TokenAttack("an end that is null", claims: [("exp", .null)], "“exp” that is no time"),
        TokenAttack("an end before time", claims: [("exp", -1)], "“exp” that is no time"),
        TokenAttack(
            "an end that overflows sums", claims: [("exp", .number(JSONNumber(.max)))], "“exp” that is no time"),
        TokenAttack("a huge end", claims: [("exp", .number(JSONNumber(text: "1e300")!))], "“exp” that is no time"),
        TokenAttack(
            "an end of many digits", claims: [("exp", .number(JSONNumber(text: String(repeating: "9", count: 4000))!))],
            "“exp” that is no time"),
        TokenAttack("an end with a fraction", claims: [("exp", .number(JSONNumber(text: "1800000300.5")!))], "“exp”"),
        TokenAttack("an end in ten years", claims: [("exp", 2_115_360_000)], "valid for longer"),
        TokenAttack(
            "a long life without a start", claims: [("exp", 1_800_100_000), ("iat", nil), ("nbf", nil)], "longer"),
        TokenAttack("not valid yet", claims: [("nbf", 1_800_000_061)], "is not valid yet"),
        TokenAttack("from the future", claims: [("iat", 1_800_000_061)], "is from the future"),
        TokenAttack("a start that is a string", claims: [("nbf", "0")], "“nbf” that is no time"),
        TokenAttack("an issue that is true", claims: [("iat", true)], "“iat” that is no time"),
        TokenAttack("a subject that is a number", claims: [("sub", 1)], "“sub” that is no string"),
        TokenAttack("a name that is a list", claims: [("jti", [])], "“jti” that is no string"),
    ]

    static let texts: [TokenAttack] = [
        TokenAttack("nothing", "three parts") { "" },
        TokenAttack("two parts", "three parts") { "a.b" },
        TokenAttack("an encrypted token of five parts", "three parts") { "a.b.c.d.e" },
        TokenAttack("points alone", "has no signature") { ".." },
        TokenAttack("a token of 16 KiB and more", "larger than") {
            try TokenForge.token(claims: [("x", .string(String(repeating: "a", count: 13_000)))])
        },
        TokenAttack("padding", "canonical") { try TokenForge.token() + "=" },
        TokenAttack("the other alphabet", "canonical") {
            try TokenForge.token().split(separator: ".").dropLast().joined(separator: ".") + ".+/+/"
        },
        TokenAttack("a line end", "canonical") { try TokenForge.token() + "\n" },
        TokenAttack("a blank before it", "canonical") { try " " + TokenForge.token() },
        TokenAttack("bits behind the last byte", "canonical") {
            // 64 bytes leave four bits that mean nothing.
            let token = try TokenForge.token()
            let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
            let last = digits.firstIndex(of: token.last!)!
            return token.dropLast() + String(digits[last | 1])
        },
        TokenAttack("members twice in the header", "header that is no JSON") {
            try TokenForge.token(
                headerText: #"{"alg":"EdDSA","typ":"JWT","kid":"ed","kid":"p256"}"#,
                claimsText: JSON.object(TokenForge.claims).text())
        },
        TokenAttack("members twice in the header, one escaped", "header that is no JSON") {
            try TokenForge.token(
                headerText: #"{"alg":"EdDSA","typ":"JWT","kid":"ed","\u0061lg":"none"}"#,
                claimsText: JSON.object(TokenForge.claims).text())
        },
        TokenAttack("members twice in the body", "body that is no JSON") {
            try TokenForge.token(
                headerText: JSON.object(TokenForge.header).text(),
                claimsText: #"{"sub":"alice","sub":"admin","#
                    + JSON.object(TokenForge.with(TokenForge.claims, [("sub", nil)])).text().dropFirst())
        },
        TokenAttack("a body that is a list", "body that is no JSON") {
            try TokenForge.token(headerText: JSON.object(TokenForge.header).text(), claimsText: "[]")
        },
        TokenAttack("a body that is no UTF-8", "body that is no JSON") {
            let signed =
                "\(Base64URL.encode(JSON.object(TokenForge.header).encoded())).\(Base64URL.encode([0x7B, 0xFF]))"
            return "\(signed).\(Base64URL.encode(try TokenForge.ed.sign(message: Array(signed.utf8))))"
        },
        TokenAttack("bytes behind the body", "body that is no JSON") {
            try TokenForge.token(
                headerText: JSON.object(TokenForge.header).text(),
                claimsText: JSON.object(TokenForge.claims).text() + "{}")
        },
        TokenAttack("a deep body", "body that is no JSON") {
            try TokenForge.token(
                headerText: JSON.object(TokenForge.header).text(),
                claimsText: String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000))
        },
        TokenAttack("a claim that was changed", "does not verify") {
            let token = try TokenForge.token()
            let parts = token.split(separator: ".")
            let other = JSON.object(TokenForge.with(TokenForge.claims, [("sub", "admin")])).encoded()
            return "\(parts[0]).\(Base64URL.encode(other)).\(parts[2])"
        },
        TokenAttack("a signature of another token", "does not verify") {
            let parts = try TokenForge.token().split(separator: ".")
            let other = try TokenForge.token(claims: [("jti", "2")]).split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(other[2])"
        },
        TokenAttack("a signature that is cut", "does not verify") {
            let parts = try TokenForge.token().split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(parts[2].prefix(84))"
        },
        TokenAttack("a signature of zeros on P-256", "does not verify") {
            let parts = try TokenForge.token(header: [("alg", "ES256"), ("kid", "p256")], key: TokenForge.p256)
                .split(separator: ".")
            return "\(parts[0]).\(parts[1]).\(Base64URL.encode([UInt8](repeating: 0, count: 64)))"
        },
        TokenAttack("a signature in DER on P-256", "does not verify") {
            let parts = try TokenForge.token(header: [("alg", "ES256"), ("kid", "p256")], key: TokenForge.p256)
                .split(separator: ".")
            let digest = Digest(of: Array("\(parts[0]).\(parts[1])".utf8))
            let der = try TokenForge.p256.sign(digest, scheme: .ecdsaP256)
            return "\(parts[0]).\(parts[1]).\(Base64URL.encode(der))"
        },
    ]

    static let all = algorithms + keyTricks + extensions + claims + texts
}

@Suite("Attacks with tokens") struct TokenAttackTests {
    @Test("a token that is not right in every respect does not count", arguments: TokenAttack.all)
    func refused(_ attack: TokenAttack) throws {
        let token = try attack.make()
        do throws(Fault) {
            _ = try TokenForge.verifier.verify(token, at: TokenForge.now)
            Issue.record("it counted")
        } catch {
            #expect(error.message.contains(attack.reason), "\(error.message)")
            #expect([.unverified, .notFound, .limitExceeded].contains(error.code), "\(error.code)")
            // Nothing of a token is repeated, whoever reads the log.
            let said = "\(error.message) \(error.fix ?? "") \(error.cause.map { "\($0)" } ?? "")"
            for part in token.split(separator: ".") where part.count > 8 { #expect(!said.contains(part)) }
            for value in ["evil.example", "admin", "DROP TABLE", "passwd"] { #expect(!said.contains(value)) }
        }
    }

    @Test("the token that the attacks start from counts")
    func accepted() throws {
        let token = try TokenForge.verifier.verify(try TokenForge.token(), at: TokenForge.now)
        #expect(token.subject == "alice")
        #expect(token.keyID == "ed")
    }
}
