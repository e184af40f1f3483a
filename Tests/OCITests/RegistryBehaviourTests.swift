// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Testing

@Suite("Registries, honest and not", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed"))
struct RegistryBehaviourTests {
    @Test("one token serves many requests of one scope") func tokens() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        for _ in 1...5 { #expect(try await registry.read(client, "app") == ScriptedRegistry.blob) }
        let asked = try registry.requests()
        let tokens = asked.filter { $0.line.contains("/token") }
        #expect(tokens.count == 1)
        #expect(tokens[0].line.contains("scope=repository%3Aapp%3Apull") && tokens[0].line.contains("service=test"))
        #expect(tokens[0].authorization.hasPrefix("Basic "))
        // The password goes to the token service alone.
        #expect(asked.filter { $0.authorization.hasPrefix("Basic ") }.count == 1)
        _ = try await registry.read(client, "another")
        #expect(try registry.requests().filter { $0.line.contains("/token") }.count == 2)
    }

    @Test("an identity token is exchanged, and nobody's is asked for without any") func otherCredentials() async throws
    {
        let registry = try await ScriptedRegistry()
        #expect(try await registry.read(registry.client(.identityToken("refresh-me")), "app") == ScriptedRegistry.blob)
        let exchanged = try registry.requests().filter { $0.line == "POST /token" }
        #expect(exchanged.count == 1 && exchanged[0].body.contains("refresh_token=refresh-me"))
        #expect(try await registry.read(registry.client(nil), "app") == ScriptedRegistry.blob)
        let refused = await faultOf {
            _ = try await registry.read(registry.client(.basic(username: "carrier", password: "x")), "app")
        }
        #expect(refused?.code == .unauthorized)
    }

    @Test("credentials never reach another origin", arguments: ["redirect", "upload", "elsewhere", "sent-on"])
    func bound(repository: String) async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        switch repository {
        case "redirect": #expect(try await registry.read(client, repository) == ScriptedRegistry.blob)
        case "upload":
            let bytes = Array("new".utf8)
            let source = BlobSource(digest: Digest(of: bytes), size: 3, open: { ByteStream(bytes) })
            _ = await faultOf { _ = try await client.pushBlob(source, in: repository) }
        case "elsewhere":
            // A realm without encryption on a machine that is not the registry.
            let refused = await faultOf { _ = try await registry.read(client, repository) }
            #expect(refused?.code == .unauthorized)
        default:
            let refused = await faultOf { _ = try await client.tags(in: repository) }
            #expect(refused?.message.contains("\(registry.other)") == true)
        }
        for request in try registry.requests() where request.port == registry.other {
            #expect(request.authorization.isEmpty, "\(request)")
        }
    }

    @Test(
        "lies are found out",
        arguments: [("wrong", Fault.Code.mismatch), ("short", .unavailable), ("cut", .mismatch), ("long", .mismatch)])
    func lyingBlobs(repository: String, code: Fault.Code) async throws {
        let registry = try await ScriptedRegistry()
        let found = await faultOf { _ = try await registry.read(registry.client(), repository) }
        #expect(found?.code == code, "\(String(describing: found))")
    }

    @Test("a manifest that is not the one asked for, or not of its type, is refused") func lyingManifests() async throws
    {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        // The header names a digest that the bytes do not have.
        let named = try #require(try await client.resolve("v1", in: "liar"))
        let lie = await faultOf { _ = try await client.manifest(named.digest, in: "liar") }
        #expect(lie?.code == .mismatch)
        let honest = try #require(try await client.resolve("v1", in: "app"))
        let (bytes, _) = try await client.manifest(honest.digest, in: "app")
        let (_, type) = try await client.manifest(honest.digest, in: "confused")
        #expect(throws: Fault.self) { try OCIManifest(parsing: bytes, mediaType: type, source: "test") }
        let huge = await faultOf { _ = try await client.resolve("v1", in: "huge") }
        #expect(huge?.code == .limitExceeded, "\(String(describing: huge))")
    }

    @Test("tags come page by page, and lists without an end are given up") func paging() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        #expect(try await client.tags(in: "app") == ["v1", "v2", "v3"])
        let endless = await faultOf { _ = try await client.tags(in: "endless") }
        #expect(endless?.code == .limitExceeded)
    }
}
