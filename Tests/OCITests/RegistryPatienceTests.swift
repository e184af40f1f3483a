// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Testing

@Suite("Busy registries, and long lists", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed"))
struct RegistryPatienceTests {
    @Test("a registry that asks for patience gets as much as it asks for") func busy() async throws {
        let registry = try await ScriptedRegistry(), waits = Guarded<[Duration]>([])
        #expect(try await registry.read(registry.client(nil, waits: waits), "busy") == ScriptedRegistry.blob)
        #expect(waits.withLock { $0 } == [.seconds(7), .seconds(7)])
    }

    @Test(
        "a registry in trouble is tried again, within limits",
        arguments: [("flaky", true, 2), ("down", false, 4), ("overrun", false, 0)])
    func trouble(repository: String, succeeds: Bool, waits expected: Int) async throws {
        let registry = try await ScriptedRegistry(), waits = Guarded<[Duration]>([])
        let fault = await faultOf { _ = try await registry.read(registry.client(nil, waits: waits), repository) }
        #expect(fault?.code == (succeeds ? nil : .unavailable))
        #expect(waits.withLock { $0.count } == expected)
    }

    @Test("an upload that is turned away is sent again from its start") func upload() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil), opened = Guarded(0)
        let bytes = Array("from the start\n".utf8)
        let source = BlobSource(
            digest: Digest(of: bytes), size: Int64(bytes.count),
            open: {
                opened.withLock { $0 += 1 }
                return ByteStream(bytes)
            })
        let outcome = try await client.pushBlob(source, in: "hiccup")
        guard case .pushed = outcome else { return #expect(Bool(false), "\(outcome)") }
        #expect(opened.withLock { $0 } == 2)
        let bodies = try registry.requests().filter { $0.line.hasPrefix("PUT") }.map(\.body)
        #expect(bodies == ["from the start\n", "from the start\n"])
    }

    @Test("pages of nonsense are given up too", arguments: ["numbers", "endless"])
    func nonsense(repository: String) async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let fault = await faultOf { _ = try await client.tags(in: repository) }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("pages that lead back are read once more at the most") func loop() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        #expect(try await client.tags(in: "loop") == ["v1"])
        #expect(try registry.requests().count { $0.line.contains("/tags/") && !$0.authorization.isEmpty } <= 3)
    }

    @Test("the next page is the one that is called so") func links() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        #expect(try await client.tags(in: "links") == ["v1", "v2"])
    }

    @Test("only tags are listed as tags") func words() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        #expect(try await client.tags(in: "words") == ["v1"])
    }

    @Test("a catalogue without an end is given up, though nothing in it is wanted") func catalogue() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let fault = await faultOf { _ = try await client.repositories(prefix: "wanted/") }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("all pages of referrers are read, and not more than anybody has") func referrers() async throws {
        let registry = try await ScriptedRegistry(), client = try registry.client(nil)
        let found = try await client.referrers(of: ScriptedRegistry.digest, in: "app", artifactType: nil)
        #expect(found.map { $0.digest.hex.prefix(1) } == ["0", "1", "2"])
        #expect(
            try await client.referrers(of: ScriptedRegistry.digest, in: "app", artifactType: "other/type").isEmpty)
        let endless = await faultOf {
            _ = try await client.referrers(of: ScriptedRegistry.digest, in: "endless", artifactType: nil)
        }
        #expect(endless?.code == .limitExceeded)
    }
}
