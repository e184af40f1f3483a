// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing
import Tokens
import Web

@testable import AccessControl

/// An issuer elsewhere whose keys can be changed and whose fetches are counted.
private final class Issuer: Sendable {
    struct State {
        var keys: [PrivateKey]
        var fetches = 0
        var isReachable = true
        var waiting: [CheckedContinuation<Void, Never>] = []
        var isHeld = false
    }

    let state: Guarded<State>

    init() throws { state = Guarded(State(keys: [try PrivateKey.generate(.ed25519)])) }

    var fetches: Int { state.withLock { $0.fetches } }

    func fetch() async throws -> [UInt8] {
        state.withLock { $0.fetches += 1 }
        if state.withLock({ $0.isHeld }) {
            await withCheckedContinuation { waiter in state.withLock { $0.waiting.append(waiter) } }
        }
        let (keys, isReachable) = state.withLock { ($0.keys, $0.isReachable) }
        guard isReachable else { throw Fault(.unavailable, "the issuer cannot be reached") }
        var webKeys: [JSONWebKey] = []
        for key in keys { webKeys.append(try JSONWebKey(key.publicKey)) }
        return try JSONWebKeySet(webKeys).json.encoded()
    }

    func token(_ claims: [(String, JSON?)] = [], key: PrivateKey? = nil) throws -> String {
        var all: JSONObject = [
            "iss": "https://issuer.example", "aud": "registry.example", "sub": "42", "name": "alice",
            "exp": 1_800_000_600, "groups": ["dev"],
        ]
        for (name, value) in claims { all[name] = value }
        return try TokenSigner(key ?? state.withLock { $0.keys[0] }).sign(all)
    }
}

@Suite("Issuers elsewhere") struct IssuerTests {
    static let yaml = """
        passwords: {file: htpasswd}
        issuers:
          - name: idp
            issuer: https://issuer.example
            audiences: [registry.example]
            keys: {url: "https://issuer.example/keys"}
            groups: groups

        """

    private let fixture: AccessFixture
    private let issuer: Issuer

    init() throws { (fixture, issuer) = (try AccessFixture(), try Issuer()) }

    private func access(_ more: String = "") throws -> RegistryAccess {
        let issuer = issuer
        return try fixture.access(Self.yaml + more) { _ in try await issuer.fetch() }
    }

    private func ask(_ access: RegistryAccess, _ token: String) async -> Authentication {
        await access.authenticator.authenticate(AccessFixture.credentials("Bearer \(token)"))
    }

    @Test("a token of a trusted issuer is its user, under the issuer's name")
    func trusted() async throws {
        let access = try access()
        let token = try issuer.token()
        guard case .identity(let identity) = await ask(access, token) else {
            Issue.record("refused")
            return
        }
        #expect(identity.user == "idp:42" && identity.groups == ["idp:dev"] && identity.means == .issuer)
        #expect(access.authenticator.known(authorization: "Bearer \(token)") == identity)
        #expect(issuer.fetches == 1)
        // It is valid until its end and not a second longer.
        fixture.clock.setDay(1_800_000_599)
        #expect(access.authenticator.known(authorization: "Bearer \(token)") != nil)
        fixture.clock.setDay(1_800_000_600)
        #expect(access.authenticator.known(authorization: "Bearer \(token)") == nil)
    }

    static let refused: [(what: String, claims: [(String, JSON?)])] = [
        ("no user", [("sub", nil)]), ("an empty user", [("sub", "")]), ("a user with a line end", [("sub", "a\nb")]),
        ("groups that are a text", [("groups", "dev")]), ("a group that is a number", [("groups", [1])]),
        ("an empty group", [("groups", [""])]),
        ("too many groups", [("groups", .array((0..<257).map { .string("g\($0)") }))]),
        ("another audience", [("aud", "other")]), ("another issuer", [("iss", "https://other.example")]),
        ("the issuer of our own tokens", [("iss", "registry.example")]), ("no end", [("exp", nil)]),
        ("a long user", [("sub", .string(String(repeating: "a", count: 255)))]),
    ]

    @Test("a token that names nobody here does not count", arguments: refused.indices)
    func isRefused(_ index: Int) async throws {
        let access = try access(AccessFixture.tokens)
        #expect(await ask(access, try issuer.token(Self.refused[index].claims)).word == "invalid_token")
    }

    @Test("the claim “access” decides alone where that is configured, and nothing where it is not")
    func accessClaim() async throws {
        let claim: JSON = [["type": "repository", "name": "x/y", "actions": ["pull"]]]
        let token = try issuer.token([("access", claim)])
        let trusting = try fixture.access(Self.yaml.replacing("groups: groups", with: "access: claim")) {
            [issuer] _ in try await issuer.fetch()
        }
        guard case .identity(let identity) = await ask(trusting, token) else {
            Issue.record("refused")
            return
        }
        #expect(trusting.decide(identity, .pull, in: "x/y") == .allowed)
        #expect(trusting.decide(identity, .push, in: "x/y") == .forbidden)
        #expect(trusting.decide(identity, .pull, in: "z") == .forbidden)
        let damaged = try issuer.token([("access", "x")])
        #expect(await ask(trusting, damaged).word == "invalid_token")
        let other = try access("rules: [{repositories: [z], users: [\"idp:42\"], allow: [pull]}]\n")
        guard case .identity(let ruled) = await ask(other, token) else {
            Issue.record("refused")
            return
        }
        #expect(other.decide(ruled, .pull, in: "x/y") == .forbidden)
        #expect(other.decide(ruled, .pull, in: "z") == .allowed)
    }

    @Test("keys may stand in a file, which is read again")
    func keysInFile() async throws {
        try fixture.write("keys.json", String(decoding: try await issuer.fetch(), as: UTF8.self))
        let access = try fixture.access(
            Self.yaml.replacing("url: \"https://issuer.example/keys\"", with: "file: keys.json"))
        #expect(await ask(access, try issuer.token()).word == "idp:42")
        let key = try PrivateKey.generate(.ed25519)
        issuer.state.withLock { $0.keys = [key] }
        try fixture.write("keys.json", String(decoding: try await issuer.fetch(), as: UTF8.self))
        fixture.clock.advance(seconds: 30)
        #expect(await ask(access, try issuer.token()).word == "idp:42")
        try fixture.write("keys.json", "{}")
        fixture.clock.advance(seconds: 600)
        #expect(await ask(access, try issuer.token([("jti", "1")])).word == "idp:42")
        #expect(await access.authenticator.problems().first?.message.contains("no list “keys”") == true)
    }

    @Test("many tokens with invented keys make one fetch, and none for a while")
    func noAmplification() async throws {
        let access = try access()
        _ = await ask(access, try issuer.token())
        #expect(issuer.fetches == 1)
        let strangers = try (0..<50).map { _ in try issuer.token(key: PrivateKey.generate(.ed25519)) }
        let words = await withTaskGroup(of: String.self) { group in
            for token in strangers { group.addTask { await self.ask(access, token).word } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(words == ["invalid_token"])
        #expect(issuer.fetches == 1)
        fixture.clock.advance(seconds: 30)
        for token in strangers { #expect(await ask(access, token).word == "invalid_token") }
        #expect(issuer.fetches == 2)
    }

    @Test("requests that wait for keys wait for one fetch")
    func noStampede() async throws {
        let access = try access()
        let token = try issuer.token(), other = try issuer.token([("sub", "43")])
        issuer.state.withLock { $0.isHeld = true }
        async let first = ask(access, token)
        async let second = ask(access, other)
        while issuer.state.withLock({ $0.waiting.isEmpty }) { await Task.yield() }
        let waiters = issuer.state.withLock { state in
            state.isHeld = false
            return state.waiting
        }
        for waiter in waiters { waiter.resume() }
        #expect(await first.word == "idp:42")
        #expect(await second.word == "idp:43")
        #expect(issuer.fetches == 1)
    }

    @Test("a new key is found when a token names it, and one that is gone counts no more, known or not")
    func rotation() async throws {
        let access = try access()
        let old = try issuer.token()
        #expect(await ask(access, old).word == "idp:42")
        let key = try PrivateKey.generate(.ecdsaP256)
        issuer.state.withLock { $0.keys = [key] }
        fixture.clock.advance(seconds: 30)
        #expect(access.authenticator.known(authorization: "Bearer \(old)") != nil)
        #expect(await ask(access, try issuer.token()).word == "idp:42")
        #expect(access.authenticator.known(authorization: "Bearer \(old)") == nil)
        #expect(await ask(access, old).word == "invalid_token")
    }

    @Test("while the issuer cannot be reached its keys serve for a day")
    func unreachable() async throws {
        let access = try access()
        issuer.state.withLock { $0.isReachable = false }
        #expect(await ask(access, try issuer.token()).word == "unavailable")
        #expect(await access.authenticator.problems().count == 1)
        issuer.state.withLock { $0.isReachable = true }
        fixture.clock.advance(seconds: 30)
        #expect(await ask(access, try issuer.token([("jti", "1")])).word == "idp:42")
        issuer.state.withLock { $0.isReachable = false }
        fixture.clock.advance(seconds: 23 * 3600)
        let exp = fixture.clock.access.now().seconds + 7200
        let later = try issuer.token([("exp", .number(JSONNumber(exp)))])
        #expect(await ask(access, later).word == "idp:42")
        fixture.clock.advance(seconds: 3600)
        #expect(
            await ask(access, try issuer.token([("exp", .number(JSONNumber(exp))), ("jti", "2")])).word == "unavailable"
        )
    }
}
