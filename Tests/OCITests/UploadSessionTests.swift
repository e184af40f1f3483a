// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import TestServers
import Testing
import Web
import WebClient

@testable import OCI

@Suite("Uploads that are gone on with", .enabled(if: ScriptedRegistry.python != nil, "python3 is not installed"))
struct UploadSessionTests {
    private static let blob = BreakingRegistry.blob
    private static let size = Int64(blob.count)

    /// The blob, its stream breaking off at a byte; `opened` notes where it is read from.
    private func source(
        endingAt end: Int? = nil, opened: Guarded<[Int64]> = Guarded([]), bytes: [UInt8] = blob
    ) -> BlobSource {
        let open: @Sendable (Int64) async throws -> ByteStream = { offset in
            opened.withLock { $0.append(offset) }
            let position = Guarded(Int(offset))
            return ByteStream {
                let start = position.withLock { $0 }
                if let end, start >= end { throw Fault(.unavailable, "the source broke off") }
                guard start < bytes.count else { return nil }
                let piece = bytes[start..<min(start + 100_000, end ?? bytes.count)]
                position.withLock { $0 = piece.endIndex }
                return piece
            }
        }
        return BlobSource(
            digest: BreakingRegistry.digest, size: Self.size, isVerified: true, openFrom: open,
            open: { try await open(0) })
    }

    private func expectStored(_ client: RegistryClient, _ repository: String) async throws {
        let stream = try await client.openBlob(BreakingRegistry.digest, size: Self.size, in: repository)
        #expect(try await stream.collect(limit: Self.blob.count) == Self.blob)
    }

    @Test(
        "move nothing twice when the connection breaks, and all when the session is gone or strange",
        arguments: [
            ("breaks", true), ("forgets", false), ("nonsense", false), ("negative", false), ("ahead", false),
            ("spoils", false), ("doubles", false),
        ])
    func broken(repository: String, goesOn: Bool) async throws {
        let registry = try await BreakingRegistry(), journal = MemoryJournal(), opened = Guarded<[Int64]>([])
        let client = try registry.client().journaling(with: journal)
        guard case .pushed = try await client.pushBlob(source(opened: opened), in: repository) else {
            return #expect(Bool(false), "the blob was not pushed")
        }
        #expect(journal.isEmpty)
        let ends = journal.ends.withLock { $0 }
        #expect(ends.last == .finished)
        #expect(ends.contains(.lost) == !goesOn)
        let patches = try registry.requests().filter { $0.line.hasPrefix("PATCH") }
        if goesOn {
            #expect(patches.map(\.moved).reduce(0, +) == Self.blob.count)
            #expect(opened.withLock { $0.count } == 2)
            #expect(opened.withLock { $0[1] } <= Int64(patches[0].moved))
            #expect(opened.withLock { $0[1] } > Int64(patches[0].moved) - DigestState.interval)
        } else {
            #expect(opened.withLock { $0.last } == 0)
        }
        try await expectStored(registry.client(), "whole")
    }

    @Test("are sent whole to a registry that takes no streams") func wholeOnly() async throws {
        let registry = try await BreakingRegistry(), journal = MemoryJournal()
        _ = try await registry.client().journaling(with: journal).pushBlob(source(), in: "wholeonly")
        #expect(try registry.requests().contains { $0.line.hasPrefix("PUT") && $0.moved == Self.blob.count })
        #expect(journal.isEmpty)
    }

    @Test("to another origin carry no credentials") func elsewhere() async throws {
        let registry = try await BreakingRegistry(), journal = MemoryJournal()
        let client = try registry.client(ScriptedRegistry.password).journaling(with: journal)
        _ = try await client.pushBlob(source(), in: "moved")
        let patches = try registry.requests().filter { $0.line.hasPrefix("PATCH") }
        #expect(patches.count == 1)
        #expect(patches.allSatisfy { $0.port == registry.other && $0.authorization.isEmpty })
    }

    /// The blob in a real registry, pushed in two runs; the first ends at a byte of the source.
    private func interrupted(
        at end: Int, bytes: [UInt8] = blob, change: (MemoryJournal) -> Void = { _ in }
    ) async throws -> (journal: MemoryJournal, opened: [Int64], fault: Fault?) {
        let registry = try await RegistryServer(), journal = MemoryJournal(), opened = Guarded<[Int64]>([])
        func client() throws -> RegistryClient {
            RegistryClient(origin: try HTTPURL(registry.url).origin, http: HTTPClient(), credentials: { _ in nil })
                .journaling(with: journal)
        }
        let first = await faultOf { _ = try await client().pushBlob(source(endingAt: end), in: "app") }
        #expect(first?.message.contains("the source broke off") == true, "\(String(describing: first))")
        change(journal)
        let second = await faultOf {
            _ = try await client().pushBlob(source(opened: opened, bytes: bytes), in: "app")
            try await expectStored(client(), "app")
        }
        return (journal, opened.withLock { $0 }, second)
    }

    @Test(
        "of a source that broke off go on at that byte, in a real registry",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)),
        arguments: [100_001, 2_097_152, 2_097_153, 4_194_303, 6_399_999])
    func realRegistry(end: Int) async throws {
        let result = try await interrupted(at: end)
        #expect(result.fault == nil)
        #expect(result.journal.isEmpty && result.journal.ends.withLock { $0 } == [.finished])
        let resumed = try #require(result.journal.resumed.withLock { $0 }.first)
        // The stream holds its last piece back until it knows that it is right.
        #expect(resumed <= Int64(end) && resumed >= Int64(end) - 100_000)
        #expect(result.opened.count == 1)
        #expect(result.opened[0] <= resumed && resumed - result.opened[0] < DigestState.interval)
    }

    @Test(
        "and of which nothing arrived begin at the start",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func nothing() async throws {
        let result = try await interrupted(at: 2)
        #expect(result.fault == nil && result.opened == [0])
        #expect(result.journal.ends.withLock { $0 } == [.empty, .finished])
    }

    /// This registry has the bytes and refuses the session, since it does not know how far it came.
    @Test(
        "and whose connection broke arrive whole, in a real registry",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)),
        arguments: [70_000, 3_000_000, 6_300_000])
    func brokenConnection(end: Int) async throws {
        let registry = try await RegistryServer(), journal = MemoryJournal(), opened = Guarded<[Int64]>([])
        let (http, source) = (HTTPClient(), source(endingAt: end))
        let begun = try await http.send(
            HTTPRequest(method: .post, url: try HTTPURL("\(registry.url)/v2/app/blobs/uploads/"))
        ) { $0.headers["Location"] }
        let location = try HTTPURL(try #require(begun))
        let fault = await faultOf {
            _ = try await http.send(
                HTTPRequest(
                    method: .patch, url: location, headers: ["Content-Type": "application/octet-stream"],
                    body: .stream(length: nil, open: { try await source.open() }))
            ) { $0.status }
        }
        #expect(fault != nil)
        let client = RegistryClient(origin: location.origin, http: http, credentials: { _ in nil })
        let key = UploadKey(registry: location.origin.description, repository: "app", digest: BreakingRegistry.digest)
        journal.note(location, of: key)
        _ = try await client.journaling(with: journal).pushBlob(self.source(opened: opened), in: "app")
        #expect(journal.isEmpty && journal.ends.withLock { $0.last } == .finished)
        #expect(opened.withLock { $0.count <= 2 && $0.last == 0 })
        try await expectStored(client, "app")
    }

    @Test(
        "start over once when what is known is wrong",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)),
        arguments: ["state", "location", "forged location"])
    func wrongJournal(what: String) async throws {
        let result = try await interrupted(at: 5_000_000) { journal in
            journal.change { entry in
                switch what {
                case "state":
                    entry.states = entry.states.compactMap { state in
                        var bytes = state.bytes
                        bytes[12] ^= 1
                        return DigestState(bytes: bytes)
                    }
                case "location": entry.location = "no address"
                default: entry.location = entry.location.replacing("_state=", with: "_state=AAAA")
                }
            }
        }
        #expect(result.fault == nil)
        #expect(result.opened.last == 0)
        #expect(result.journal.ends.withLock { $0 } == [.lost, .finished])
    }

    @Test(
        "of other bytes than the digest's fail, and leave nothing to go on with",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func wrongBytes() async throws {
        var bytes = Self.blob
        bytes[6_000_000] ^= 1
        let result = try await interrupted(at: 5_000_000, bytes: bytes)
        #expect(result.fault?.code == .mismatch)
        #expect(result.opened.last == 0)
        #expect(result.journal.isEmpty)
    }

    @Test(
        "that are cancelled end well, so that they can be gone on with",
        .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
    func cancelled() async throws {
        let registry = try await RegistryServer(), journal = MemoryJournal(), opened = Guarded<[Int64]>([])
        let client = RegistryClient(
            origin: try HTTPURL(registry.url).origin, http: HTTPClient(), credentials: { _ in nil }
        ).journaling(with: journal)
        // The source stops in the middle until it is cancelled, and so does the request.
        let (reached, passed) = AsyncStream.makeStream(of: Void.self)
        let slow = BlobSource(
            digest: BreakingRegistry.digest, size: Self.size,
            openFrom: { offset in
                let position = Guarded(Int(offset))
                return ByteStream {
                    let start = position.withLock { $0 }
                    if start >= 3_000_000 {
                        passed.yield()
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    position.withLock { $0 = start + 100_000 }
                    return start < Self.blob.count ? Self.blob[start..<start + 100_000] : nil
                }
            }, open: { throw Fault(.internal, "not this way") })
        let task = Task { try await client.pushBlob(slow, in: "app") }
        for await _ in reached { break }
        task.cancel()
        await #expect(throws: (any Error).self) { try await task.value }
        _ = try await client.pushBlob(source(opened: opened), in: "app")
        #expect(try #require(journal.resumed.withLock { $0 }.first) >= 2_000_000)
        try await expectStored(client, "app")
    }

    @Test(
        "field that says how far an upload is",
        arguments: [
            ("0-1023", 1024), ("bytes=0-1023", 1024), (" 0-1 ", 2), ("0-0", nil), ("", nil), ("1-5", nil), ("0-", nil),
            ("0--1", nil), ("0-9223372036854775807", nil), ("0-99999999999999999999", nil), ("0-5-6", nil),
            ("0-+5", nil),
        ] as [(String, Int64?)])
    func offsets(field: String, received: Int64?) { #expect(UploadSession.received(field) == received) }

    @Test(
        "field that says which part comes",
        arguments: [
            ("bytes 0-499/1234", 0, 1234), ("bytes 5-9/*", 5, nil), ("Bytes 5-9/10", 5, 10), ("bytes 5-9/9", nil, nil),
            ("bytes 9-5/10", nil, nil), ("bytes -5/10", nil, nil), ("5-9/10", nil, nil), ("bytes */10", nil, nil),
            ("bytes 5-9", nil, nil), ("bytes 5-9/10/11", nil, nil), ("bytes 5-99999999999999999999/*", nil, nil),
        ] as [(String, Int64?, Int64?)])
    func ranges(field: String, first: Int64?, size: Int64?) {
        let range = ContentRange(field)
        #expect(range?.first == first && range?.size == size)
    }
}
