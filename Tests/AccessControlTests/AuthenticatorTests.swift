// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import Testing
import Tokens
import Web

@testable import AccessControl

@Suite("Whose a request is") struct AuthenticatorTests {
    let fixture: AccessFixture

    init() throws { fixture = try AccessFixture() }

    private func ask(_ access: RegistryAccess, _ authorization: String?, from peer: IPAddress = AccessFixture.peer)
        async
        -> String
    {
        await access.authenticator.authenticate(AccessFixture.credentials(authorization, from: peer)).word
    }

    static let headers: [(authorization: String?, word: String)] = [
        (nil, "anonymous"), (AccessFixture.basic("alice", "correct-horse"), "alice"),
        (AccessFixture.basic("alice", "correct-horse").replacingPrefix("basic"), "alice"),
        (AccessFixture.basic("alice", "wrong"), "wrong_password"), (AccessFixture.basic("alice", ""), "wrong_password"),
        (AccessFixture.basic("nobody", "correct-horse"), "wrong_password"),
        (AccessFixture.basic("alice", "correct-horse\u{0}"), "malformed"),
        (AccessFixture.basic("alice\u{0}", "correct-horse"), "malformed"),
        (AccessFixture.basic("", "correct-horse"), "malformed"), (AccessFixture.basic("*", "x"), "malformed"),
        (AccessFixture.basic("alice", String(repeating: "a", count: 73)), "wrong_password"),
        ("Basic", "malformed"), ("Basic ", "malformed"), ("Basic !!!", "malformed"), ("Basic YWxpY2U=", "malformed"),
        ("Basic \(Array("alice:correct-horse".utf8).base64) x", "malformed"), ("", "malformed"),
        ("Basic \([0xFF, 0x3A, 0x61].base64)", "malformed"), ("Digest username=alice", "unsupported"),
        ("Negotiate abc", "unsupported"), ("Bearer", "malformed"), ("Bearer ", "malformed"),
        ("Bearer a b", "malformed"),
        ("Bearer abc", "invalid_token"), ("Bearer a.b.c", "invalid_token"),
        ("Bearer \(String(repeating: "a", count: 20_000))", "malformed"),
        ("Bearer \(String(repeating: "a", count: 16_390))", "invalid_token"),
    ]

    @Test("a header is read exactly", arguments: headers.indices)
    func isRead(_ index: Int) async throws {
        let (authorization, word) = Self.headers[index]
        let access = try fixture.access()
        #expect(await ask(access, authorization) == word, "\(index)")
        let isKnown = access.authenticator.known(authorization: authorization) != nil
        #expect(isKnown == (word == "alice" || word == "anonymous"))
    }

    @Test("a password that was right is known for five minutes, with the groups of its user")
    func remembered() async throws {
        let access = try fixture.access()
        let header = AccessFixture.basic("carol", "staple")
        #expect(access.authenticator.known(authorization: header) == nil)
        #expect(await ask(access, header) == "carol")
        let identity = try #require(access.authenticator.known(authorization: header))
        #expect(identity.user == "carol" && identity.groups == ["admins"] && identity.means == .password)
        #expect(access.authenticator.known(authorization: AccessFixture.basic("carol", "staple2")) == nil)
        #expect(access.authenticator.known(authorization: AccessFixture.basic("carols", "taple")) == nil)
        fixture.clock.advance(seconds: 299)
        #expect(access.authenticator.known(authorization: header) != nil)
        fixture.clock.advance(seconds: 1)
        #expect(access.authenticator.known(authorization: header) == nil)
    }

    @Test("when the file of passwords changes, what was known is forgotten")
    func changed() async throws {
        let access = try fixture.access()
        let alice = AccessFixture.basic("alice", "correct-horse"), bob = AccessFixture.basic("bob", "battery")
        #expect(await ask(access, alice) == "alice")
        #expect(await ask(access, bob) == "bob")
        try fixture.write("htpasswd", AccessFixture.bob)
        // The files are looked at once a second on the way that must be fast, always on the other.
        fixture.clock.advance(seconds: 1)
        #expect(access.authenticator.known(authorization: alice) == nil)
        #expect(access.authenticator.known(authorization: bob) == nil)
        #expect(await ask(access, alice) == "wrong_password")
        #expect(await ask(access, bob) == "bob")
        #expect(access.authenticator.known(authorization: bob) != nil)
    }

    @Test("a file that is damaged while it is written counts as before, one that is gone holds nobody")
    func damaged() async throws {
        let access = try fixture.access()
        let alice = AccessFixture.basic("alice", "correct-horse")
        try fixture.write("htpasswd", "alice:$2y$04$.6PhGcob")
        #expect(await ask(access, alice) == "alice")
        #expect(await access.authenticator.problems().map(\.message).first?.contains("damaged") == true)
        try FileSystem.removeFile(fixture.path("htpasswd"))
        #expect(await ask(access, alice) == "wrong_password")
        try fixture.write("htpasswd", AccessFixture.alice)
        fixture.clock.advance(seconds: 5)
        #expect(await ask(access, alice) == "alice")
        #expect(await access.authenticator.problems().isEmpty)
    }

    @Test("groups in a file change while the program runs")
    func groups() async throws {
        try fixture.write("groups.yaml", "g1: [alice]\n")
        let access = try fixture.access(AccessFixture.users + "groupFile: groups.yaml\ngroups: {g0: [alice]}\n")
        let alice = AccessFixture.basic("alice", "correct-horse")
        _ = await ask(access, alice)
        #expect(access.authenticator.known(authorization: alice)?.groups == ["g0", "g1"])
        try fixture.write("groups.yaml", "g2: [alice]\n")
        _ = await ask(access, alice)
        #expect(access.authenticator.known(authorization: alice)?.groups == ["g0", "g2"])
    }

    @Test("a file that anybody may write to is refused")
    func writable() throws {
        try FileSystem.setMode(fixture.path("htpasswd"), 0o666)
        #expect(throws: Fault.self) { try fixture.access() }
    }

    @Test("who guesses is slowed down, and the right password does not help until the wait is over")
    func throttled() async throws {
        let access = try fixture.access()
        for number in 0..<5 {
            #expect(await ask(access, AccessFixture.basic("alice", "\(number)")) == "wrong_password")
        }
        #expect(await ask(access, AccessFixture.basic("alice", "6")) == "throttled")
        #expect(await ask(access, AccessFixture.basic("alice", "correct-horse")) == "throttled")
        let home = try #require(IPAddress("192.0.2.99"))
        #expect(await ask(access, AccessFixture.basic("alice", "correct-horse"), from: home) == "alice")
        // It is known now, and what is known is not an attempt.
        #expect(await ask(access, AccessFixture.basic("alice", "correct-horse")) == "alice")
        fixture.clock.advance(seconds: 1)
        #expect(await ask(access, AccessFixture.basic("alice", "7")) == "wrong_password")
    }

    @Test("a user whom many guess is answered later")
    func delayed() async throws {
        let access = try fixture.access()
        for number in 0..<20 {
            let peer = try #require(IPAddress(bytes: [203, 0, 113, UInt8(number)]))
            _ = await ask(access, AccessFixture.basic("alice", "x"), from: peer)
        }
        #expect(fixture.clock.pauses.isEmpty)
        #expect(await ask(access, AccessFixture.basic("alice", "correct-horse")) == "alice")
        #expect(fixture.clock.pauses == [1000])
    }

    @Test("the same credentials in many requests at once are one attempt")
    func coalesced() async throws {
        let access = try fixture.access()
        let header = AccessFixture.basic("alice", "correct-horse")
        let words = await withTaskGroup(of: String.self) { group in
            for _ in 0..<64 { group.addTask { await self.ask(access, header) } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(words == ["alice"])
        let wrong = AccessFixture.basic("bob", "wrong")
        let others = await withTaskGroup(of: String.self) { group in
            for _ in 0..<64 { group.addTask { await self.ask(access, wrong) } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(others.contains("wrong_password"))
    }

    @Test("where passwords are not configured none counts")
    func noPasswords() async throws {
        let access = try fixture.access(AccessFixture.tokens)
        #expect(await ask(access, AccessFixture.basic("alice", "correct-horse")) == "unsupported")
    }

    @Test("nothing that holds credentials shows them")
    func secrets() async throws {
        let access = try fixture.access()
        let header = AccessFixture.basic("alice", "correct-horse")
        let credentials = AccessFixture.credentials(header)
        let refused = await access.authenticator.authenticate(AccessFixture.credentials(header + "AAAA"))
        _ = await access.authenticator.authenticate(credentials)
        var dumped = "\(credentials) \(refused) \(AuthorizationHeader(header))"
        dump(credentials, to: &dumped)
        dump(refused, to: &dumped)
        dump(AuthorizationHeader(header), to: &dumped)
        dump(access, to: &dumped)
        for secret in ["correct-horse", String(header.dropFirst(6)), "6PhGcobv", "PRIVATE KEY"] {
            #expect(!dumped.contains(secret), "\(secret)")
        }
    }
}

extension String {
    /// The same with another first word.
    fileprivate func replacingPrefix(_ word: String) -> String { word + drop { $0 != " " } }
}
