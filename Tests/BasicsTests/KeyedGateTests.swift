// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("A gate with keys") struct KeyedGateTests {
    /// A task that holds a key until it is told to go on.
    private struct Holder {
        let task: Task<Void, any Error>
        let end: AsyncStream<Void>.Continuation

        init(_ gate: KeyedGate<String>, _ key: String, failing: Bool = false) async {
            let (inside, reached) = AsyncStream.makeStream(of: Void.self)
            let (told, end) = AsyncStream.makeStream(of: Void.self)
            self.end = end
            task = Task {
                try await gate.run(key) {
                    reached.finish()
                    for await _ in told {}
                    try Task.checkCancellation()
                    if failing { throw Fault(.unavailable, "failed while it held the key") }
                }
            }
            for await _ in inside {}
        }
    }

    /// Waits until so many wait for a key.
    private func wait(_ gate: KeyedGate<String>, _ key: String, _ count: Int) async throws {
        while await gate.waitingCount(for: key) != count { try await Task.sleep(for: .milliseconds(1)) }
    }

    @Test("one runs at a time for each key, in the order of asking, and other keys do not wait") func order()
        async throws
    {
        let gate = KeyedGate<String>(), order = Guarded<[Int]>([])
        let first = await Holder(gate, "a")
        var others: [Task<Void, any Error>] = []
        for number in 1...5 {
            others.append(Task { try await gate.run("a") { order.withLock { $0.append(number) } } })
            try await wait(gate, "a", number)
        }
        #expect(try await gate.run("b") { 7 } == 7)
        #expect(order.withLock { $0 }.isEmpty)
        first.end.finish()
        for other in others { try await other.value }
        #expect(order.withLock { $0 } == [1, 2, 3, 4, 5])
        #expect(await gate.heldCount == 0)
    }

    @Test("the next goes on when the one before fails or is cancelled", arguments: [false, true])
    func ends(isCancelled: Bool) async throws {
        let gate = KeyedGate<String>()
        let first = await Holder(gate, "a", failing: true)
        let second = Task { try await gate.run("a") { "ran" } }
        try await wait(gate, "a", 1)
        if isCancelled { first.task.cancel() }
        first.end.finish()
        #expect(try await second.value == "ran")
        await #expect(throws: (any Error).self) { try await first.task.value }
        #expect(await gate.heldCount == 0)
    }

    @Test("who is cancelled while it waits does not run, and is not waited for") func cancelled() async throws {
        let gate = KeyedGate<String>(), ran = Guarded(false)
        let first = await Holder(gate, "a")
        let second = Task { try await gate.run("a") { ran.withLock { $0 = true } } }
        try await wait(gate, "a", 1)
        let third = Task { try await gate.run("a") { "ran" } }
        try await wait(gate, "a", 2)
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.end.finish()
        #expect(try await third.value == "ran")
        #expect(!ran.withLock { $0 })
        let fourth = Task {
            while !Task.isCancelled { await Task.yield() }
            try await gate.run("a") {}
        }
        fourth.cancel()
        await #expect(throws: CancellationError.self) { try await fourth.value }
        #expect(await gate.heldCount == 0)
    }
}
