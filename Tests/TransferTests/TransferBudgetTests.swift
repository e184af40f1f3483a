// SPDX-License-Identifier: Apache-2.0

import Basics
import Repositories
import Testing
import Transfer

@Suite("Budgets of a run") struct TransferBudgetTests {
    static let memory: [(limit: Int64, asked: Int, jobs: Int)] = [
        (58 << 20, 8, 3), (64 << 20, 8, 4), (64 << 20, 2, 2), (1 << 40, 64, 64), (76 << 20, 64, 6),
    ]

    @Test("as many contents move at once as memory allows, and no more than asked for", arguments: memory)
    func derived(_ limit: Int64, _ asked: Int, _ jobs: Int) throws {
        let budgets = try TransferBudgets(TransferLimits(memory: ByteCount(limit), jobs: asked))
        #expect(budgets.jobs == jobs)
    }

    static let sized: [(sizes: [Int64?], asked: Int?, atOnce: Int)] = [
        ([nil, nil, nil, nil], nil, 2), ([5 << 20, 5 << 20, 5 << 20, 5 << 20], nil, 2),
        (Array(repeating: 4096, count: 10), nil, 10), ([nil, 4096, 4096, 4096], nil, 4),
        ([nil, nil, nil, nil], 3, 4), (Array(repeating: 1 << 20, count: 30), nil, 16),
    ]

    @Test("unless a number is asked for, two large contents move at once and small ones beside them", arguments: sized)
    func beside(_ sizes: [Int64?], _ asked: Int?, _ atOnce: Int) async throws {
        let budgets = try TransferBudgets(jobs: asked)
        #expect(budgets.width == asked ?? TransferBudgets.usualWidth)
        let moving = Guarded((now: 0, most: 0)), (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            for size in sizes {
                let content = ResourceContent.blob(BlobContent(mediaType: "text/plain", size: size) { ByteStream([]) })
                group.addTask {
                    try await budgets.move(content) {
                        moving.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                        arrived.yield()
                        for await _ in gate { break }
                        moving.withLock { $0.now -= 1 }
                    }
                }
            }
            var waiting = arrivals.makeAsyncIterator()
            for _ in 0..<atOnce { await waiting.next() }
            #expect(moving.withLock { $0.now } == atOnce)
            open.finish()
            try await group.waitForAll()
        }
        #expect(moving.withLock { $0.now } == 0 && moving.withLock { $0.most } == atOnce)
    }

    static let wrong: [(TransferLimits, String)] = [
        (TransferLimits(memory: ByteCount(0)), "--max-memory"),
        (TransferLimits(memory: ByteCount(57 << 20)), "58.0 MiB"),
        (TransferLimits(jobs: 0), "--jobs"), (TransferLimits(jobs: 65), "--jobs"),
        (TransferLimits(disk: ByteCount(0)), "--max-disk"),
    ]

    @Test("what could never work is refused at the start", arguments: wrong)
    func never(_ limits: TransferLimits, _ says: String) throws {
        let fault = try #require(throws: Fault.self) { try TransferBudgets(limits) }
        #expect(fault.code == .invalid && fault.message.contains(says), "\(fault)")
    }

    @Test("memory is never promised twice, and all get it in the end")
    func shared() async throws {
        let budget = MemoryBudget(10)
        let used = Guarded((now: Int64(0), most: Int64(0), runs: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                let bytes = Int64(index % 10 + 1)
                group.addTask {
                    try await budget.with(bytes) {
                        used.withLock { $0 = ($0.now + bytes, max($0.most, $0.now + bytes), $0.runs + 1) }
                        await Task.yield()
                        used.withLock { $0.now -= bytes }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(used.withLock { $0.most } <= 10 && used.withLock { $0.runs } == 200)
        #expect(await budget.available == 10)
    }

    @Test("who wants much is not passed by, and who gives up makes room")
    func order() async throws {
        let budget = MemoryBudget(10)
        let order = Guarded<[String]>([])
        let gate = Guarded(false)
        let holder = Task {
            try await budget.with(5) { while !gate.withLock({ $0 }) { await Task.yield() } }
        }
        while await budget.available > 5 { await Task.yield() }
        let large = Task { try await budget.with(10) { order.withLock { $0.append("large") } } }
        while await budget.waitingCount < 1 { await Task.yield() }
        let small = Task { try await budget.with(1) { order.withLock { $0.append("small") } } }
        while await budget.waitingCount < 2 { await Task.yield() }
        #expect(order.withLock { $0.isEmpty })
        large.cancel()
        await #expect(throws: CancellationError.self) { try await large.value }
        try await small.value
        #expect(order.withLock { $0 } == ["small"])
        gate.withLock { $0 = true }
        try await holder.value
        #expect(await budget.available == 10)
    }

    @Test("more than there is is refused, and a failure gives back what it had")
    func failures() async throws {
        let budget = MemoryBudget(10)
        await #expect { try await budget.with(11) {} } throws: { ($0 as? Fault)?.code == .limitExceeded }
        await #expect { try await budget.with(10) { throw Fault(.mismatch, "broken") } } throws: {
            ($0 as? Fault)?.code == .mismatch
        }
        #expect(await budget.available == 10)
    }
}
