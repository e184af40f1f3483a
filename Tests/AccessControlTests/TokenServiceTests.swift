// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing
import Tokens
import Web

@testable import AccessControl

@Suite("The token service") struct TokenServiceTests {
    let fixture: AccessFixture
    let access: RegistryAccess
    let service: TokenService

    init() throws {
        fixture = try AccessFixture()
        access = try fixture.access()
        service = try #require(access.tokens)
    }

    static let logins = [
        "alice": AccessFixture.basic("alice", "correct-horse"), "bob": AccessFixture.basic("bob", "battery"),
        "carol": AccessFixture.basic("carol", "staple"),
    ]

    private func get(_ query: String, as user: String? = nil) async -> (status: Int, body: JSON) {
        let credentials = AccessFixture.credentials(user.map { Self.logins[$0] ?? $0 })
        let answer = await service.answer(query: query, credentials: credentials)
        return (answer.status, (try? JSON(parsing: answer.body, source: "it")) ?? .null)
    }

    private func grants(of body: JSON) throws -> TokenGrants {
        let text = try #require(body["token"]?.string)
        #expect(body["access_token"]?.string == text)
        var policy = TokenPolicy(issuer: "registry.example", audiences: ["registry.example"])
        policy.isTypeRequired = true
        let token = try TokenVerifier(keys: service.keySet, policy: policy).verify(text, at: fixture.clock.access.now())
        #expect(token.expires.seconds == fixture.clock.access.now().seconds + 300)
        let claim = try #require(token.claims["access"])
        return try #require(TokenGrants(claim))
    }

    static let asked: [(scope: String, who: String?, granted: [String: AccessActions], catalogue: Bool)] = [
        ("scope=repository:team-a/app:pull,push", "alice", ["team-a/app": [.pull, .push]], false),
        ("scope=repository:team-a/app:pull,push,delete", "alice", ["team-a/app": [.pull, .push]], false),
        ("scope=repository:team-a/app:*", "alice", ["team-a/app": [.pull, .push]], false),
        ("scope=repository:team-a/app:*", "carol", ["team-a/app": .all], false),
        ("scope=repository:team-a/app:pull", "bob", [:], false),
        ("scope=repository:team-a/app:pull", nil, [:], false),
        ("scope=repository:public/x:pull,push", nil, ["public/x": .pull], false),
        ("scope=repository(plugin):public/x:pull", nil, ["public/x": .pull], false),
        ("scope=repository:team-a/app:admin", "alice", [:], false),
        (
            "scope=repository:team-a/app:pull&scope=repository:team-b/app:pull&scope=repository:public/x:pull", "alice",
            ["team-a/app": .pull, "public/x": .pull], false
        ),
        (
            "scope=repository:team-a/a:pull%20repository:team-a/b:push+repository:team-a/a:push", "alice",
            ["team-a/a": [.pull, .push], "team-a/b": .push], false
        ),
        ("scope=registry:catalog:*", "alice", [:], true), ("scope=registry:catalog:*", nil, [:], true),
        ("", "alice", [:], false), ("", nil, [:], false), ("account=bob", "alice", [:], false),
        ("service=registry.example&client_id=docker&offline_token=true", "alice", [:], false),
    ]

    @Test("a token grants of what is asked for what the rules allow", arguments: asked.indices)
    func granted(_ index: Int) async throws {
        let (scope, who, granted, catalogue) = Self.asked[index]
        let (status, body) = await get(scope, as: who)
        #expect(status == 200)
        let grants = try grants(of: body)
        #expect(grants.repositories == granted)
        #expect(grants.mayListCatalogue == catalogue)
        #expect(body["expires_in"]?.int == 300)
        #expect(body["issued_at"]?.string == fixture.clock.access.now().description)
    }

    static let refused: [(query: String, who: String?, status: Int)] = [
        ("service=other.example", "alice", 400), ("service=registry.example&service=x", "alice", 400),
        ("scope=repository:a", "alice", 400), ("scope=repository:A:pull", "alice", 400),
        ("scope=repository:a/../b:pull", "alice", 400), ("scope=repository:**:pull", "alice", 400),
        ("scope=repository:a:", "alice", 400), ("scope=repository:a:pull,", "alice", 400),
        ("scope=repository:a:PULL", "alice", 400), ("scope=repository:a:pull:push", "alice", 400),
        ("scope=repository:host:5000/a:pull", "alice", 400), ("scope=repository()a:a:pull", "alice", 400),
        ("scope=registry:catalog:pull", "alice", 400), ("scope=registry:other:*", "alice", 400),
        ("scope=user:a:pull", "alice", 400), ("scope=:a:pull", "alice", 400), ("scope=%zz", "alice", 400),
        ("scope=%ff", "alice", 400), ("scope=repository:a%00:pull", "alice", 400),
        (String(repeating: "scope=repository:a:pull&", count: 65), "alice", 400),
        ("scope=" + String(repeating: "a", count: 17_000), "alice", 400),
        ("scope=repository:a:" + String(repeating: "pull,", count: 16) + "pull", "alice", 400),
        ("", AccessFixture.basic("alice", "wrong"), 401), ("", "Basic x", 401), ("", "Bearer a.b.c", 401),
    ]

    @Test("a request that is not right is refused", arguments: refused.indices)
    func isRefused(_ index: Int) async {
        let (query, who, status) = Self.refused[index]
        let (found, body) = await get(query, as: who)
        #expect(found == status, "\(query.prefix(80))")
        #expect(body["errors"]?[0]?["code"]?.string != nil && body["token"] == nil)
    }

    @Test("a token comes back as its holder, within what it grants and what the rules still allow")
    func roundTrip() async throws {
        let (_, body) = await get("scope=repository:team-a/app:pull", as: "alice")
        let header = "Bearer \(try #require(body["token"]?.string))"
        #expect(access.authenticator.known(authorization: header) == nil)
        guard case .identity(let identity) = await access.authenticator.authenticate(AccessFixture.credentials(header))
        else {
            Issue.record("refused")
            return
        }
        #expect(identity.user == "alice" && identity.means == .token)
        #expect(access.authenticator.known(authorization: header) == identity)
        #expect(access.decide(identity, .pull, in: "team-a/app") == .allowed)
        // What another token would allow is asked for with one; what none would is forbidden.
        let challenge = AccessChallenge.bearer(
            realm: "https://registry.example/token", service: "registry.example",
            scopes: [TokenScope(repository: "team-a/app", actions: .push)], error: .insufficientScope)
        #expect(access.decide(identity, .push, in: "team-a/app") == .unauthorized(challenge))
        #expect(access.decide(identity, .delete, in: "team-a/app") == .forbidden)
        #expect(access.decide(identity, .pull, in: "team-b/app") == .forbidden)
        let stricter = try fixture.access(
            AccessFixture.users + AccessFixture.tokens
                + "rules: [{repositories: [other], users: [alice], allow: [pull]}]\n")
        guard case .identity(let again) = await stricter.authenticator.authenticate(AccessFixture.credentials(header))
        else {
            Issue.record("refused")
            return
        }
        #expect(stricter.decide(again, .pull, in: "team-a/app") == .forbidden)
        fixture.clock.advance(seconds: 300)
        #expect(access.authenticator.known(authorization: header) == nil)
        #expect(await access.authenticator.authenticate(AccessFixture.credentials(header)).word == "invalid_token")
    }

    @Test("a token of a user who was removed counts no more, and one of a user in other groups is theirs")
    func removedUser() async throws {
        try fixture.write("groups.yaml", "g1: [alice]\n")
        let access = try fixture.access(AccessFixture.users + AccessFixture.tokens + "groupFile: groups.yaml\n")
        let answer = await access.tokens?.answer(
            query: "", credentials: AccessFixture.credentials(Self.logins["alice"]))
        let body = try JSON(parsing: try #require(answer?.body), source: "it")
        let credentials = AccessFixture.credentials("Bearer \(try #require(body["token"]?.string))")
        func groups() async -> Set<String>? {
            guard case .identity(let identity) = await access.authenticator.authenticate(credentials) else {
                return nil
            }
            return identity.groups
        }
        #expect(await groups() == ["g1"])
        try fixture.write("groups.yaml", "g2: [alice]\n")
        #expect(await groups() == ["g2"])
        try fixture.write("htpasswd", AccessFixture.bob)
        #expect(await groups() == nil)
    }

    @Test("a token is not exchanged for another one")
    func exchange() async throws {
        let (_, body) = await get("scope=repository:team-a/app:pull", as: "alice")
        let header = "Bearer \(try #require(body["token"]?.string))"
        #expect(await get("scope=repository:team-a/app:push", as: header).status == 401)
        let (_, anonymous) = await get("")
        let nobody = "Bearer \(try #require(anonymous["token"]?.string))"
        #expect(await get("", as: nobody).status == 401)
    }

    static let forms: [(form: String, type: String, status: Int, word: String)] = [
        (
            "grant_type=password&username=alice&password=correct-horse", "application/x-www-form-urlencoded", 200,
            "Bearer"
        ),
        (
            "grant_type=password&username=alice&password=correct-horse&scope=repository:team-a/a:pull&client_id=x",
            "application/x-www-form-urlencoded; charset=utf-8", 200, "Bearer"
        ),
        ("grant_type=password&username=alice&password=x", "application/x-www-form-urlencoded", 400, "invalid_grant"),
        ("grant_type=password&username=&password=x", "application/x-www-form-urlencoded", 400, "invalid_grant"),
        ("grant_type=password&username=a:b&password=x", "application/x-www-form-urlencoded", 400, "invalid_request"),
        ("grant_type=password&username=alice", "application/x-www-form-urlencoded", 400, "invalid_request"),
        (
            "grant_type=password&username=alice&username=bob&password=x", "application/x-www-form-urlencoded", 400,
            "invalid_request"
        ),
        (
            "grant_type=refresh_token&refresh_token=x", "application/x-www-form-urlencoded", 400,
            "unsupported_grant_type"
        ),
        ("grant_type=client_credentials", "application/x-www-form-urlencoded", 400, "unsupported_grant_type"),
        ("", "application/x-www-form-urlencoded", 400, "unsupported_grant_type"),
        ("grant_type=password&username=alice&password=correct-horse", "text/plain", 400, "invalid_request"),
        ("{}", "application/json", 400, "invalid_request"),
        ("a=%", "application/x-www-form-urlencoded", 400, "invalid"),
        (
            "grant_type=password&username=alice&password=correct-horse&scope=x", "application/x-www-form-urlencoded",
            400, "invalid_scope"
        ),
        (
            "grant_type=password&username=alice&password=correct-horse&service=x", "application/x-www-form-urlencoded",
            400, "invalid_scope"
        ),
    ]

    @Test("the form of OAuth is answered as OAuth answers", arguments: forms.indices)
    func form(_ index: Int) async throws {
        let (form, type, status, word) = Self.forms[index]
        let answer = await service.answer(form: Array(form.utf8), contentType: type, peer: AccessFixture.peer)
        let body = try JSON(parsing: answer.body, source: "it")
        #expect(answer.status == status)
        let said = body["error"]?.string ?? body["token_type"]?.string ?? ""
        #expect(said.hasPrefix(word), "\(said)")
        if status == 200 { _ = try grants(of: body) }
        #expect(answer.headers["Cache-Control"] == "no-store")
        #expect(!"\(answer)".contains("eyJ") && !String(reflecting: answer).contains("eyJ"))
    }

    @Test("guessing by token requests is slowed down as elsewhere")
    func throttled() async {
        for number in 0..<5 { _ = await get("", as: AccessFixture.basic("alice", "\(number)")) }
        let answer = await service.answer(
            form: Array("grant_type=password&username=alice&password=correct-horse".utf8),
            contentType: "application/x-www-form-urlencoded", peer: AccessFixture.peer)
        #expect(answer.status == 429 && answer.headers["Retry-After"] == "1")
        #expect(await get("", as: "alice").status == 429)
    }

    @Test("tokens of the key before the last rotation count, older ones do not")
    func rotation() async throws {
        let (_, body) = await get("", as: "alice")
        let header = "Bearer \(try #require(body["token"]?.string))"
        let credentials = AccessFixture.credentials(header)
        #expect(await access.authenticator.authenticate(credentials).word == "alice")
        try service.rotateKeys()
        #expect(service.keySet.keys.count == 2)
        #expect(access.authenticator.known(authorization: header) == nil)
        #expect(await access.authenticator.authenticate(credentials).word == "alice")
        try service.rotateKeys()
        #expect(service.keySet.keys.count == 2)
        #expect(await access.authenticator.authenticate(credentials).word == "invalid_token")
        let document = try JSONWebKeySet(parsing: service.keyDocument, source: "jwks")
        #expect(document == service.keySet)
        #expect(!String(decoding: service.keyDocument, as: UTF8.self).contains("\"d\""))
    }

    @Test("our own token for another service, or of another issuer with our name, does not count")
    func otherService() async throws {
        let other = try AccessFixture()
        let service = try #require(try other.access().tokens)
        let answer = await service.answer(query: "", credentials: AccessFixture.credentials(Self.logins["alice"]))
        let token = try #require(try JSON(parsing: answer.body, source: "it")["token"]?.string)
        #expect(
            await access.authenticator.authenticate(AccessFixture.credentials("Bearer \(token)")).word
                == "invalid_token")
    }

    static let challenges: [(AccessChallenge, String)] = [
        (.basic(realm: "registry"), #"Basic realm="registry", charset="UTF-8""#),
        (.basic(realm: "a\"b\\c\r\nX: y"), #"Basic realm="a\"b\\cX: y", charset="UTF-8""#),
        (
            .bearer(realm: "https://r/token", service: "r"), #"Bearer realm="https://r/token",service="r""#
        ),
        (
            .bearer(
                realm: "https://r/token", service: "r",
                scopes: [TokenScope(repository: "a/b", actions: [.push, .pull]), .catalogue], error: .invalidToken),
            #"Bearer realm="https://r/token",service="r",scope="repository:a/b:pull,push registry:catalog:*","#
                + #"error="invalid_token""#
        ),
    ]

    @Test("a challenge is written as clients read it", arguments: challenges.indices)
    func challenge(_ index: Int) { #expect(Self.challenges[index].0.header == Self.challenges[index].1) }

    @Test("who has shown nothing is asked to, and who has is told no")
    func decisions() throws {
        let alice = Identity(user: "alice", means: .password)
        #expect(access.decide(alice, .delete, in: "team-a/app") == .forbidden)
        #expect(access.decide(.anonymous, .pull, in: "public/x") == .allowed)
        guard case .unauthorized(let challenge) = access.decide(.anonymous, [.pull, .push], in: "team-a/app") else {
            Issue.record("not asked")
            return
        }
        #expect(challenge.header.contains("scope=\"repository:team-a/app:pull,push\""))
        guard case .unauthorized = access.decideProbe(.anonymous) else {
            Issue.record("not asked")
            return
        }
        #expect(access.decideProbe(alice) == .allowed)
        #expect(access.decideCatalogue(.anonymous) == .allowed)
    }
}
