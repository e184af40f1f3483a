// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import OCI
import Testing

@Suite("Downloads whose connections break", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed"))
struct BlobDownloadTests {
    private static let size = Int64(BreakingRegistry.blob.count)

    private func read(_ client: RegistryClient, _ repository: String, from offset: Int64? = nil) async throws -> [UInt8]
    {
        let stream =
            if let offset {
                try await client.openBlob(BreakingRegistry.digest, size: Self.size, from: offset, in: repository)
            } else {
                try await client.openBlob(BreakingRegistry.digest, size: Self.size, in: repository)
            }
        return try await stream.collect(limit: BreakingRegistry.blob.count + 1)
    }

    @Test(
        "go on where they broke, and nothing moves twice where the registry knows ranges",
        arguments: [("breaks", 3, 6_400_000), ("pieces", 3, 6_400_000), ("noranges", 3, 18_400_000)])
    func goesOn(repository: String, breaks: Int, moved: Int) async throws {
        let registry = try await BreakingRegistry(), waits = Guarded<[Duration]>([])
        #expect(try await read(registry.client(waits: waits), repository) == BreakingRegistry.blob)
        #expect(waits.withLock { $0.count } == breaks)
        let gets = try registry.requests().filter { $0.line.hasPrefix("GET") }
        #expect(gets.map(\.moved).reduce(0, +) == moved)
        #expect(gets.dropFirst().map(\.range) == (1...breaks).map { "bytes=\($0 * BreakingRegistry.cut)-" })
        #expect(gets.dropFirst().allSatisfy { $0.ifRange == "\"the-tag\"" })
    }

    @Test("begin at an offset, with or without ranges", arguments: ["whole", "noranges", "breaks"], [1, 3_999_999])
    func offsets(repository: String, offset: Int) async throws {
        let registry = try await BreakingRegistry()
        let found = try await read(registry.client(), repository, from: Int64(offset))
        #expect(found == Array(BreakingRegistry.blob.dropFirst(offset)))
    }

    @Test("are complete with the last byte, whatever the length was said to be") func overstated() async throws {
        let registry = try await BreakingRegistry()
        #expect(try await read(registry.client(), "overstated") == BreakingRegistry.blob)
        #expect(try registry.requests().count { $0.line.hasPrefix("GET") } == 1)
    }

    @Test("ask for nothing behind the end") func end() async throws {
        let registry = try await BreakingRegistry()
        #expect(try await read(registry.client(), "whole", from: Self.size) == [])
        #expect(try registry.requests().isEmpty)
    }

    @Test(
        "fail when the rest is another one, or does not come",
        arguments: [
            ("lies", Fault.Code.corrupt), ("grown", .corrupt), ("changed", .mismatch), ("stuck", .unavailable),
        ])
    func failures(repository: String, code: Fault.Code) async throws {
        let registry = try await BreakingRegistry(), waits = Guarded<[Duration]>([])
        let fault = await faultOf { _ = try await read(registry.client(waits: waits), repository) }
        #expect(fault?.code == code)
        #expect(waits.withLock { $0.count } <= 5)
    }

    @Test("do not take credentials to the origin they are sent to") func credentials() async throws {
        let registry = try await BreakingRegistry()
        #expect(try await read(registry.client(ScriptedRegistry.password), "secret") == BreakingRegistry.blob)
        let asked = try registry.requests()
        #expect(asked.contains { $0.port == registry.port && !$0.authorization.isEmpty && !$0.range.isEmpty })
        let elsewhere = asked.filter { $0.port == registry.other }
        #expect(elsewhere.count == 4)
        #expect(elsewhere.allSatisfy { $0.authorization.isEmpty })
    }
}
