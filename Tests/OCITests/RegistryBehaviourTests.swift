// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Documents
import OCI
import TestServers
import Testing
import Web
import WebClient

/// The scripted registry, and what it was asked.
private struct ScriptedRegistry {
    static let python = ServerProgram.find("python3")
    static let blob = Array("the bytes of the blob\n".utf8)
    let folder: TemporaryFolder
    let server: ServerProgram
    let port: Int
    let other: Int

    init() async throws {
        (folder, port, other) = (try TemporaryFolder(), try ServerProgram.freePort(), try ServerProgram.freePort())
        let script = FileSystem.join(FileSystem.folder(of: #filePath), "Fixtures/token_registry.py")
        server = try ServerProgram(
            [Self.python ?? "python3", script, "\(port)", "\(other)", "\(folder.path)/requests"],
            log: "\(folder.path)/log")
        try await server.waitUntilListening(on: port)
    }

    func client(_ credential: RegistryCredential? = .basic(username: "carrier", password: "swordfish")) throws
        -> RegistryClient
    {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        return RegistryClient(
            origin: try HTTPURL("http://127.0.0.1:\(port)").origin, http: HTTPClient(settings)
        ) { _ in credential }
    }

    /// What was asked so far: port, method, path and authorisation.
    func requests() throws -> [(port: Int64, line: String, authorization: String, body: String)] {
        let text = String(decoding: try FileSystem.read("\(folder.path)/requests", limit: 16 << 20), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            let json = try JSON(parsing: Array(line.utf8), source: "the log")
            return (
                Int64(json["port"]?.int ?? 0), "\(json["method"]?.string ?? "") \(json["path"]?.string ?? "")",
                json["authorization"]?.string ?? "", json["body"]?.string ?? ""
            )
        }
    }
}

/// The failure that `body` ends with, nil when it does not fail.
private func fault(_ body: () async throws -> Void) async -> Fault? {
    do { try await body() } catch { return Fault(wrapping: error) }
    return nil
}

@Suite("Registries, honest and not", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed"))
struct RegistryBehaviourTests {
    private let digest = Digest(of: ScriptedRegistry.blob)

    private func read(_ client: RegistryClient, _ repository: String) async throws -> [UInt8] {
        try await client.openBlob(digest, size: Int64(ScriptedRegistry.blob.count), in: repository)
            .collect(limit: 1000)
    }

    @Test("one token serves many requests of one scope") func tokens() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        for _ in 1...5 { #expect(try await read(client, "app") == ScriptedRegistry.blob) }
        let asked = try registry.requests()
        let tokens = asked.filter { $0.line.contains("/token") }
        #expect(tokens.count == 1)
        #expect(tokens[0].line.contains("scope=repository%3Aapp%3Apull") && tokens[0].line.contains("service=test"))
        #expect(tokens[0].authorization.hasPrefix("Basic "))
        // The password goes to the token service alone.
        #expect(asked.filter { $0.authorization.hasPrefix("Basic ") }.count == 1)
        _ = try await read(client, "another")
        #expect(try registry.requests().filter { $0.line.contains("/token") }.count == 2)
    }

    @Test("an identity token is exchanged, and nobody's is asked for without any") func otherCredentials() async throws
    {
        let registry = try await ScriptedRegistry()
        #expect(try await read(registry.client(.identityToken("refresh-me")), "app") == ScriptedRegistry.blob)
        let exchanged = try registry.requests().filter { $0.line == "POST /token" }
        #expect(exchanged.count == 1 && exchanged[0].body.contains("refresh_token=refresh-me"))
        #expect(try await read(registry.client(nil), "app") == ScriptedRegistry.blob)
        let refused = await fault {
            _ = try await read(registry.client(.basic(username: "carrier", password: "x")), "app")
        }
        #expect(refused?.code == .unauthorized)
    }

    @Test("credentials never reach another origin", arguments: ["redirect", "upload", "elsewhere", "sent-on"])
    func bound(repository: String) async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        switch repository {
        case "redirect": #expect(try await read(client, repository) == ScriptedRegistry.blob)
        case "upload":
            let bytes = Array("new".utf8)
            let source = BlobSource(digest: Digest(of: bytes), size: 3, open: { ByteStream(bytes) })
            _ = await fault { _ = try await client.pushBlob(source, in: repository) }
        case "elsewhere":
            // A realm without encryption on a machine that is not the registry.
            let refused = await fault { _ = try await read(client, repository) }
            #expect(refused?.code == .unauthorized)
        default:
            let refused = await fault { _ = try await client.tags(in: repository) }
            #expect(refused?.message.contains("\(registry.other)") == true)
        }
        for request in try registry.requests() where request.port == registry.other {
            #expect(request.authorization.isEmpty, "\(request)")
        }
    }

    @Test(
        "lies are found out",
        arguments: [("wrong", Fault.Code.mismatch), ("short", .unavailable)])
    func lyingBlobs(repository: String, code: Fault.Code) async throws {
        let registry = try await ScriptedRegistry()
        let found = await fault { _ = try await read(registry.client(), repository) }
        #expect(found?.code == code, "\(String(describing: found))")
    }

    @Test("a manifest that is not the one asked for, or not of its type, is refused") func lyingManifests() async throws
    {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        // The header names a digest that the bytes do not have.
        let named = try #require(try await client.resolve("v1", in: "liar"))
        let lie = await fault { _ = try await client.manifest(named.digest, in: "liar") }
        #expect(lie?.code == .mismatch)
        let honest = try #require(try await client.resolve("v1", in: "app"))
        let (bytes, _) = try await client.manifest(honest.digest, in: "app")
        let (_, type) = try await client.manifest(honest.digest, in: "confused")
        #expect(throws: Fault.self) { try OCIManifest(parsing: bytes, mediaType: type, source: "test") }
        let huge = await fault { _ = try await client.resolve("v1", in: "huge") }
        #expect(huge?.code == .limitExceeded, "\(String(describing: huge))")
    }

    @Test("tags come page by page, and lists without an end are given up") func paging() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client()
        #expect(try await client.tags(in: "app") == ["v1", "v2", "v3"])
        let endless = await fault { _ = try await client.tags(in: "endless") }
        #expect(endless?.code == .limitExceeded)
    }
}
