// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Kubernetes
import TestInputs
import Testing
import Tokens

@testable import KubernetesAccess

@Suite("Tokens of service accounts") struct ServiceAccountTokenTests {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let account = ServiceAccountIdentity(namespace: "ns", name: "acc", uid: "uid-1")
    static let issuer = "https://kubernetes.default.svc"

    static func tokens(
        _ folder: TemporaryFolder, file: String = "key.pem", issuer: String = issuer,
        isCurrent: @escaping ServiceAccountTokens.Check = { _ in true }
    ) throws -> ServiceAccountTokens {
        try ServiceAccountTokens(
            keyFile: "\(folder.path)/\(file)", issuer: issuer, audiences: ["api"], isCurrent: isCurrent)
    }

    static func refusal(
        _ tokens: ServiceAccountTokens, _ text: String, audiences: [String] = [], after seconds: Int64 = 0
    ) -> String? {
        do throws(Fault) {
            _ = try tokens.verify(text, audiences: audiences, at: Timestamp(seconds: now.seconds + seconds))
            return nil
        } catch { return error.message }
    }

    @Test("are those of upstream in what they say, and give the user that the account is") func contents() throws {
        let folder = try TemporaryFolder()
        let tokens = try Self.tokens(folder)
        let pod = ServiceAccountTokens.BoundObject(.pod, name: "web", uid: "uid-2")
        let issued = try tokens.issue(to: .init(Self.account, bound: pod), seconds: 900, at: Self.now)
        #expect(issued.expires.seconds == Self.now.seconds + 900)
        let policy = TokenPolicy(issuer: Self.issuer, audiences: ["api"])
        let plain = try TokenVerifier(keys: tokens.keySet, policy: policy).verify(issued.token, at: Self.now)
        #expect(plain.subject == "system:serviceaccount:ns:acc" && plain.audiences == ["api"])
        #expect(
            plain.claims["kubernetes.io"] == [
                "namespace": "ns", "pod": ["name": "web", "uid": "uid-2"],
                "serviceaccount": ["name": "acc", "uid": "uid-1"],
            ])
        #expect(plain.claims["iat"] == plain.claims["nbf"] && plain.id?.utf8.count == 36)
        let verified = try tokens.verify(issued.token, at: Self.now)
        #expect(verified.holder == .init(Self.account, bound: pod) && verified.audiences == ["api"])
        #expect(verified.user.name == "system:serviceaccount:ns:acc" && verified.user.uid == "uid-1")
        #expect(verified.user.groups == Self.account.user.groups)
        #expect(verified.user.extra["authentication.kubernetes.io/pod-name"] == ["web"])
        #expect(verified.user.extra["authentication.kubernetes.io/credential-id"] == ["JTI=\(plain.id ?? "")"])
        #expect(!"\(issued) \(tokens)".contains(issued.token.prefix(20)))
    }

    @Test("hold for their time, their audiences, and as long as the account is there") func limits() throws {
        let folder = try TemporaryFolder()
        let isThere = Guarded(true)
        let tokens = try Self.tokens(folder) { holder in
            #expect(holder.account == Self.account)
            return isThere.withLock { $0 }
        }
        let token = try tokens.issue(to: .init(Self.account), seconds: 1000, at: Self.now).token
        #expect(Self.refusal(tokens, token, after: 999) == nil)
        #expect(Self.refusal(tokens, token, after: 1000)?.contains("expired") == true)
        #expect(Self.refusal(tokens, token, after: -1) != nil)
        #expect(Self.refusal(tokens, token, audiences: ["vault"])?.contains("somebody else") == true)
        #expect(Self.refusal(tokens, token, audiences: ["vault", "api"]) == nil)
        let other = try tokens.issue(to: .init(Self.account), audiences: ["vault", "x"], at: Self.now).token
        #expect(Self.refusal(tokens, other) != nil)
        #expect(try tokens.verify(other, audiences: ["y", "x"], at: Self.now).audiences == ["x"])
        isThere.withLock { $0 = false }
        #expect(Self.refusal(tokens, token)?.contains("not there any more") == true)
        // Short and long wishes are brought to what is possible.
        #expect(
            try tokens.issue(to: .init(Self.account), seconds: 1, at: Self.now).expires.seconds == Self.now.seconds
                + 600)
        let longest = try tokens.issue(to: .init(Self.account), seconds: .max, at: Self.now)
        #expect(longest.expires.seconds == Self.now.seconds + tokens.longestLifetime)
        #expect(throws: Fault.self) { try tokens.issue(to: .init(Self.account), audiences: [""], at: Self.now) }
    }

    @Test("that others made count for nothing") func forged() throws {
        let folder = try TemporaryFolder(), tokens = try Self.tokens(folder)
        let good = try tokens.issue(to: .init(Self.account), at: Self.now).token
        let parts = good.split(separator: ".").map(String.init)
        func base64(_ text: String) -> String { Base64URLText.encode(text) }
        let body = parts[1]
        // Another key under the same name, another issuer with the same key, a name of a key that is not known.
        let foreign = try Self.tokens(folder, file: "other.pem")
        #expect(Self.refusal(tokens, try foreign.issue(to: .init(Self.account), at: Self.now).token) != nil)
        let key = try PrivateKey.generate(.ecdsaP256)
        let impostor = try TokenSigner(key, keyID: tokens.keySet.keys[0].keyID)
        let claims: JSONObject = [
            "iss": .string(Self.issuer), "aud": ["api"], "sub": "system:serviceaccount:ns:acc", "exp": 1_800_000_900,
            "kubernetes.io": ["namespace": "ns", "serviceaccount": ["name": "acc", "uid": "uid-1"]],
        ]
        #expect(Self.refusal(tokens, try impostor.sign(claims)) != nil)
        let sameKey = try Self.tokens(folder, issuer: "https://elsewhere")
        #expect(Self.refusal(tokens, try sameKey.issue(to: .init(Self.account), at: Self.now).token) != nil)
        for header in [
            #"{"alg":"none"}"#, #"{"alg":"None","typ":"JWT"}"#,
            #"{"alg":"HS256","kid":"\#(tokens.keySet.keys[0].keyID)"}"#,
            #"{"alg":"ES384","kid":"\#(tokens.keySet.keys[0].keyID)"}"#, #"{"alg":"ES256","kid":"gone"}"#, "{}",
            #"{"alg":"ES256","jwk":{}}"#, #"{"alg":"ES256","crit":["x"],"x":1}"#,
        ] {
            for signature in [parts[2], "", "AA"] {
                #expect(Self.refusal(tokens, "\(base64(header)).\(body).\(signature)") != nil, "\(header)")
            }
        }
        for text in [
            "", ".", "..", "a.b.c", good + ".", good + "A", ".\(good)", "\(parts[0]).\(body).", "\(parts[0]).\(body)",
        ] {
            #expect(Self.refusal(tokens, text) != nil)
        }
        // One character of each part.
        for place in stride(from: 0, to: good.utf8.count, by: 7) {
            var bytes = Array(good.utf8)
            bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let text = String(decoding: bytes, as: UTF8.self)
            #expect(Self.refusal(tokens, text) != nil, "\(place)")
        }
    }

    @Test(
        "rightly signed, must fit together in what they say",
        arguments: [
            (
                #"{"namespace":"ns","serviceaccount":{"name":"acc","uid":"uid-1"}}"#, "system:serviceaccount:ns:acc",
                true
            ),
            (
                #"{"namespace":"ns","serviceaccount":{"name":"acc","uid":"uid-1"}}"#, "system:serviceaccount:ns:other",
                false
            ),
            (#"{"namespace":"ns","serviceaccount":{"name":"acc","uid":"uid-1"}}"#, "system:admin", false),
            (
                #"{"namespace":"other","serviceaccount":{"name":"acc","uid":"uid-1"}}"#, "system:serviceaccount:ns:acc",
                false
            ),
            (#"{"namespace":"ns","serviceaccount":{"name":"acc"}}"#, "system:serviceaccount:ns:acc", false),
            (#"{"namespace":"ns","serviceaccount":{"name":"acc","uid":""}}"#, "system:serviceaccount:ns:acc", false),
            (#"{"namespace":"a:b","serviceaccount":{"name":"c","uid":"u"}}"#, "system:serviceaccount:a:b:c", false),
            (#"{"namespace":"ns"}"#, "system:serviceaccount:ns:acc", false),
            ("null", "system:serviceaccount:ns:acc", false),
            (
                #"{"namespace":"ns","serviceaccount":{"name":"acc","uid":"uid-1"},"pod":{}}"#,
                "system:serviceaccount:ns:acc", false
            ),
            (
                #"{"namespace":"ns","serviceaccount":{"name":"acc","uid":"uid-1"},"secret":{"name":"s","uid":"u"}}"#,
                "system:serviceaccount:ns:acc", true
            ),
        ]) func claims(own: String, subject: String, isAccepted: Bool) throws
    {
        let folder = try TemporaryFolder(), tokens = try Self.tokens(folder)
        let bytes = try SecretFile.read("\(folder.path)/key.pem", limit: 4096)
        let signer = try TokenSigner(PrivateKey(pem: bytes, source: "key"))
        let claims: JSONObject = [
            "iss": .string(Self.issuer), "aud": ["api"], "sub": .string(subject), "exp": 1_800_000_900,
            "kubernetes.io": try JSON(parsing: Array(own.utf8), source: "claim"),
        ]
        #expect((Self.refusal(tokens, try signer.sign(claims)) == nil) == isAccepted)
    }

    @Test("are signed with a key for its owner alone, made once") func keyFile() throws {
        let folder = try TemporaryFolder(), path = "\(folder.path)/key.pem"
        let first = try Self.tokens(folder)
        #expect(FileMark(path)?.permissions == 0o600)
        #expect(try Self.tokens(folder).keySet == first.keySet)
        #expect(first.keySet.keys[0].algorithm == .es256)
        try FileSystem.setMode(path, 0o604)
        #expect(throws: Fault.self) { try Self.tokens(folder) }
        try FileSystem.setMode(path, 0o600)
        for bad in ["", "junk", try PrivateKey.generate(.ed25519).pem()] {
            try SecretFile.replace(path, Array(bad.utf8))
            #expect(throws: Fault.self) { try Self.tokens(folder) }
        }
    }

    @Test("damaged at random neither count nor crash") func fuzzed() throws {
        let folder = try TemporaryFolder(), tokens = try Self.tokens(folder)
        let good = try tokens.issue(to: .init(Self.account), at: Self.now).token
        var mutator = ByteMutator(samples: [Array(good.utf8)], tokens: [".", "eyJ", "=", "bm9uZQ"], seed: 7)
        for _ in 0..<1500 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            if text != good { #expect(Self.refusal(tokens, text) != nil) }
        }
    }
}

enum Base64URLText {
    static func encode(_ text: String) -> String {
        String(Array(text.utf8).base64.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 }.filter { $0 != "=" })
    }
}
