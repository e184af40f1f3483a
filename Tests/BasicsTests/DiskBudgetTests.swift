// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Disk budget") struct DiskBudgetTests {
    private static func pieces(_ sizes: [Int], failingAt failure: Int? = nil) -> ByteStream {
        let next = Guarded(0)
        return ByteStream {
            let index = next.withLock { next in
                defer { next += 1 }
                return next
            }
            if index == failure { throw Fault(.unavailable, "the source ended") }
            return index < sizes.count ? [UInt8](repeating: 1, count: sizes[index])[...] : nil
        }
    }

    @Test("is kept by several files together, and space comes back with each")
    func together() throws {
        let budget = DiskBudget(100) { _ in 1000 }
        let first = try budget.reserve(60, in: "/tmp", for: "first")
        do {
            let second = try budget.reserve(40, in: "/tmp", for: "second")
            #expect(budget.reserved == 100)
            let fault = try #require(throws: Fault.self) { try budget.reserve(1, in: "/tmp", for: "third") }
            #expect(fault.code == .limitExceeded && fault.message.contains("third needs 1 B"))
            withExtendedLifetime(second) {}
        }
        #expect(budget.reserved == 60)
        first.release()
        first.release()
        #expect(budget.reserved == 0 && budget.most == 100)
    }

    @Test("refuses what the file system does not have, whatever is allowed", arguments: [nil, 1000] as [Int64?])
    func full(_ total: Int64?) throws {
        let budget = DiskBudget(total) { _ in 50 }
        let fault = try #require(throws: Fault.self) { try budget.reserve(51, in: "/tmp", for: "it") }
        #expect(fault.code == .system && fault.message.contains("/tmp has 50 B left"))
        #expect(budget.reserved == 0)
    }

    @Test("nothing overflows")
    func overflow() throws {
        let budget = DiskBudget(nil) { _ in .max }
        let most = try budget.reserve(.max, in: "/", for: "most")
        #expect(throws: Fault.self) { try budget.reserve(1, in: "/", for: "one more") }
        withExtendedLifetime(most) {}
    }

    @Test("a stream of unknown size is refused before the byte that is too much is written")
    func refusedFirst() async throws {
        let folder = try TemporaryFolder()
        let budget = DiskBudget(100)
        let reservation = try budget.reserve(nil, in: folder.path, for: "it")
        let stream = reservation.covering(Self.pieces([60, 40, 1]))
        #expect(try await stream.next()?.count == 60)
        #expect(try await stream.next()?.count == 40)
        await #expect { _ = try await stream.next() } throws: { ($0 as? Fault)?.code == .limitExceeded }
    }

    @Test("what was asked for ahead is given back at the end of a stream")
    func ahead() async throws {
        let budget = DiskBudget(nil) { _ in .max }
        let reservation = try budget.reserve(nil, in: "/", for: "it")
        let stream = reservation.covering(Self.pieces([10, 20]))
        _ = try await stream.next()
        #expect(budget.reserved == DiskBudget.step)
        while try await stream.next() != nil {}
        #expect(budget.reserved == 30 && reservation.size == 30)
    }

    @Test("a spooled file and a temporary folder take space of the work they belong to, also when it fails")
    func current() async throws {
        let budget = DiskBudget(1000)
        try await DiskBudget.$current.withValue(budget) {
            do {
                let file = try await SharedFile.spooling(Self.pieces([300, 300]), name: "spooled")
                #expect(try file.size() == 600)
                #expect(budget.reserved == 600)
                await #expect { try await SharedFile.spooling(Self.pieces([300, 300]), name: "more") } throws: {
                    ($0 as? Fault)?.code == .limitExceeded
                }
                await #expect {
                    try await SharedFile.spooling(Self.pieces([300], failingAt: 1), name: "broken")
                } throws: { ($0 as? Fault)?.code == .unavailable }
                withExtendedLifetime(file) {}
            }
            #expect(budget.reserved == 0)
            do {
                let folder = try TemporaryFolder()
                let stream = try folder.covering(Self.pieces([500]), size: 500, for: "unpacked")
                while try await stream.next() != nil {}
                #expect(budget.reserved == 500)
                withExtendedLifetime(folder) {}
            }
            #expect(budget.reserved == 0)
        }
    }

    @Test("a real file system says what it has left")
    func real() throws {
        #expect(try FileSystem.freeSpace(in: "/tmp") > 0)
        #expect(throws: Fault.self) { try FileSystem.freeSpace(in: "/no/such/folder") }
    }
}
