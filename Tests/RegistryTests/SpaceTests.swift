// SPDX-License-Identifier: Apache-2.0

import Basics
import Cryptography
import Testing

@testable import Registry

@Suite("Pushes that do not fit are refused early") struct SpaceTests {
    private let bench: RegistryBench
    init() throws { bench = try RegistryBench() }

    private func stream(_ pieces: Int, of size: Int) -> ByteStream {
        let left = Guarded(pieces)
        return ByteStream {
            let isOver = left.withLock { left in
                left -= 1
                return left < 0
            }
            return isOver ? nil : [UInt8](repeating: 1, count: size)[...]
        }
    }

    @Test(
        "the floor of the disk refuses an upload before it begins, while it comes, and for a manifest",
        arguments: ["announced", "begun", "comes", "manifest"])
    func floor(_ way: String) async throws {
        // What the file system says is believed for a second: it says so from the beginning.
        bench.free.withLock { $0 = 1_500_000 }
        let registry = try bench.open { $0.freeSpaceFloor = 1_000_000 }
        let config = try await bench.push("config", registry)
        let fault = await #expect(throws: Fault.self) {
            switch way {
            case "announced": _ = try registry.beginUpload(in: bench.repository, by: "alice", size: 500_001)
            case "begun":
                let session = try registry.beginUpload(in: bench.repository, by: "alice")
                _ = try await registry.append(stream(1, of: 1), to: session, length: 600_000)
            case "comes":
                let session = try registry.beginUpload(in: bench.repository, by: "alice")
                _ = try await registry.append(stream(1, of: 600_000), to: session)
            default:
                bench.free.withLock { $0 = 1_000_000 }
                // What the file system said a moment ago is asked for again before a refusal only.
                while true { try await bench.tag("v1", registry, config: config) }
            }
        }
        #expect(fault?.code == .noSpace)
        #expect(try bench.has(config, registry))
        bench.free.withLock { $0 = 10_000_000 }
        try await bench.push("fits again", registry)
        await registry.close()
    }

    @Test("pushes under way are counted: together they do not pass the floor")
    func promised() throws {
        let ledger = SpaceLedger(floor: 100, in: "/", measure: { 1000 })
        try ledger.promise(600)
        #expect(throws: Fault.self) { try ledger.promise(400) }
        try ledger.promise(300)
        ledger.settle(300, written: 0)
        try ledger.promise(300)
    }

    @Test("who announces much and sends nothing holds up no more than a part of it")
    func announcedOnly() throws {
        let (ledger, name) = (SpaceLedger(floor: 0, in: "/", measure: { 10 << 30 }), try RepositoryName("a"))
        var rooms = UploadRoom(ledger, name, quota: nil)
        try rooms.begin(total: 9 << 30, announced: 9 << 30)
        try ledger.promise(9 << 30)
        ledger.settle(9 << 30, written: 0)
        // As it comes it is promised on, until there is no more.
        try rooms.take(64 << 20, total: 0)
        #expect(throws: Fault.self) { try rooms.take(11 << 30, total: 0) }
    }

    @Test("what was written since the file system was asked counts until it is asked again")
    func written() throws {
        let asked = Guarded(0)
        let ledger = SpaceLedger(
            floor: 0, in: "/",
            measure: {
                asked.withLock {
                    $0 += 1; return 1000
                }
            })
        for _ in 0..<50 {
            try ledger.promise(10)
            ledger.settle(10, written: 10)
        }
        #expect(asked.withLock { $0 } <= 2)
    }

    @Test("a stream of many pieces asks the file system a few times only")
    func cheap() async throws {
        let registry = try bench.open()
        let session = try registry.beginUpload(in: bench.repository, by: "alice")
        let start = ContinuousClock.now
        _ = try await registry.append(stream(2000, of: 4096), to: session)
        let seconds = Int((ContinuousClock.now - start).components.seconds)
        #expect(bench.asked.withLock { $0 } <= 3 + seconds)
        await registry.close()
    }

    @Test("a quota counts what came in earlier requests, and refuses no byte too early")
    func quota() async throws {
        let registry = try bench.open { $0.quota = { _ in 1000 } }
        let session = try registry.beginUpload(in: bench.repository, by: "alice")
        _ = try await registry.append(stream(6, of: 100), to: session)
        let announced = await #expect(throws: Fault.self) {
            try await registry.append(stream(5, of: 100), to: session, length: 500)
        }
        #expect(announced?.code == .noSpace)
        #expect(await session.offset == 600)
        let streamed = await #expect(throws: Fault.self) { try await registry.append(stream(5, of: 100), to: session) }
        #expect(streamed?.code == .noSpace)
        #expect(await session.offset == 1000)
        try await registry.commit(session, as: Digest(of: [UInt8](repeating: 1, count: 1000)), by: "alice")
        let usage = try registry.usage(limit: 10)
        #expect(usage.map(\.bytes) == [1000] && usage.first?.quota == 1000 && usage.first?.blobs == 1)
        #expect(try RegistryFolder.usage(of: bench.root, limit: 10).map(\.bytes) == [1000])
        await registry.close()
    }
}
