// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Testing

@Suite("Who a registry is told we are", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed"))
struct RegistryCredentialTests {
    private func push(_ client: RegistryClient, _ text: String, in repository: String, from: String?) async throws
        -> PushOutcome
    {
        let bytes = Array(text.utf8)
        return try await client.pushBlob(
            BlobSource(
                digest: Digest(of: bytes), size: Int64(bytes.count), mountableFrom: from, open: { ByteStream(bytes) }),
            in: repository)
    }

    @Test("nobody is asked who we are before the registry wants to know, and then once")
    func askedOnce() async throws {
        let registry = try await ScriptedRegistry(), asked = Guarded<[String]>([])
        let client = try registry.client { repository in
            asked.withLock { $0.append(repository) }
            return ScriptedRegistry.password
        }
        _ = try await registry.read(client, "open")
        #expect(asked.withLock { $0 } == [])
        for _ in 1...3 { _ = try await registry.read(client, "app") }
        try await (1...8).forEachConcurrently(limit: 8) { _ in _ = try await registry.read(client, "another") }
        #expect(asked.withLock { $0 } == ["app", "another"])
        #expect(try registry.requests().count { $0.line.contains("/token") } == 2)
    }

    @Test("a token that the registry has forgotten is fetched anew") func refreshed() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        for _ in 1...3 { #expect(try await registry.read(client, "forgetful") == ScriptedRegistry.blob) }
        #expect(try registry.requests().count { $0.line.contains("/token") } == 3)
    }

    @Test("a token of our own is sent as it is, and not again when it is refused") func ownToken() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(.bearer("mine"))
        let refused = await faultOf { _ = try await registry.read(client, "app") }
        #expect(refused?.code == .unauthorized)
        let sent = try registry.requests().map(\.authorization)
        #expect(sent == ["", "Bearer mine"], "\(sent)")
    }

    @Test("a mount asks for both repositories, and is an upload where one may not be read")
    func mount() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        let mounted = try await push(client, "shared", in: "mounts", from: "app")
        guard case .mounted = mounted else { return #expect(Bool(false), "\(mounted)") }
        let scopes = try registry.requests().filter { $0.line.contains("/token") }.map(\.line)
        #expect(
            scopes.contains {
                $0.contains("repository%3Amounts%3Apull%2Cpush") && $0.contains("repository%3Aapp%3Apull")
            }, "\(scopes)")
        let uploaded = try await push(client, "hidden", in: "mounts", from: "secret")
        guard case .pushed = uploaded else { return #expect(Bool(false), "\(uploaded)") }
    }

    @Test("a challenge from where a blob was redirected to is not answered") func redirectedChallenge() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        let refused = await faultOf { _ = try await registry.read(client, "challenged") }
        #expect(refused?.code == .unauthorized)
        #expect(try registry.requests().allSatisfy { $0.port != registry.other || $0.authorization.isEmpty })
        #expect(try !registry.requests().contains { $0.port == registry.other && $0.line.contains("/token") })
    }

    @Test("an identity token does not follow a redirect") func movedTokenService() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(.identityToken("refresh-me"))
        let refused = await faultOf { _ = try await registry.read(client, "moved") }
        #expect(refused?.code == .unauthorized)
        let leaked = try registry.requests().filter { $0.port == registry.other && $0.body.contains("refresh-me") }
        #expect(leaked.isEmpty, "\(leaked)")
    }

    @Test(
        "a registry with TLS sends nothing on to where it would travel in the clear",
        arguments: ["downgrade", "upload", "redirect", "app"])
    func encrypted(repository: String) async throws {
        let registry = try await ScriptedRegistry(tls: true), client = try registry.client()
        let fault = await faultOf {
            if repository == "upload" {
                _ = try await push(client, "not for everybody", in: repository, from: nil)
            } else {
                #expect(try await registry.read(client, repository) == ScriptedRegistry.blob)
            }
        }
        let expected: [String: Fault.Code] = ["downgrade": .unauthorized, "upload": .invalid, "redirect": .invalid]
        #expect(fault?.code == expected[repository], "\(String(describing: fault))")
        #expect(try !registry.requests().contains { $0.port == registry.other })
    }

    @Test("no failure tells the password", arguments: ["elsewhere", "challenged", "moved", "down", "upload", "wrong"])
    func silent(repository: String) async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        for fault in [
            await faultOf { _ = try await registry.read(client, repository) },
            await faultOf { _ = try await push(client, "x", in: repository, from: nil) },
        ] { #expect(fault.map { "\($0)" }?.contains("swordfish") != true) }
    }
}
