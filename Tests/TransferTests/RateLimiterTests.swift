// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing
import Transfer

@Suite("Rate of a run") struct RateLimiterTests {
    /// Reads a stream and counts; `settled` waits until its reader sleeps on the clock or has ended.
    private final class Reader: Sendable {
        let state = Guarded((count: 0, isDone: false))
        let task: Task<Void, any Error>

        init(_ stream: ByteStream) {
            let state = state
            task = Task {
                defer { state.withLock { $0.isDone = true } }
                for try await chunk in stream { state.withLock { $0.count += chunk.count } }
            }
        }
        var count: Int { state.withLock { $0.count } }
        var isDone: Bool { state.withLock { $0.isDone } }
    }

    private func settle(_ readers: [Reader], _ clock: ManualClock) async {
        while clock.sleeperCount < readers.filter({ !$0.isDone }).count { await Task.yield() }
    }

    @Test(
        "no more bytes pass in any second than the rate says, and a quarter of it at a stroke", arguments: [1, 3])
    func ticks(_ streams: Int) async throws {
        let clock = ManualClock()
        let limiter = RateLimiter(ByteRate(bytesPerSecond: 10_240), clock: clock)
        let size = 30_000
        let readers = (0..<streams).map { _ in Reader(limiter.limit(ByteStream([UInt8](repeating: 1, count: size)))) }
        var counts: [Int] = []
        for _ in 0..<200 where readers.contains(where: { !$0.isDone }) {
            await settle(readers, clock)
            counts.append(readers.reduce(0) { $0 + $1.count })
            clock.advance(by: .milliseconds(100))
        }
        await settle(readers, clock)
        #expect(readers.allSatisfy { $0.isDone && $0.count == size })
        // What passed between any two ticks: the rate, the stroke and the piece that was on its way.
        for (begin, first) in counts.enumerated() {
            for (end, last) in counts.enumerated() where end > begin {
                #expect(last - first <= (end - begin) * 1024 + 2560 + 1024)
            }
        }
        // It is used, too: within a piece of what is allowed.
        #expect(counts.count <= (streams * size - 2560) / 1024 + 3)
        #expect(counts[10] >= 10 * 1024 + 2560 - 1024)
    }

    @Test("several streams share it, each in its turn")
    func fair() async throws {
        let clock = ManualClock()
        let limiter = RateLimiter(ByteRate(bytesPerSecond: 10_240), clock: clock)
        let readers = (0..<2).map { _ in Reader(limiter.limit(ByteStream([UInt8](repeating: 1, count: 100_000)))) }
        for _ in 0..<40 {
            await settle(readers, clock)
            clock.advance(by: .milliseconds(100))
        }
        await settle(readers, clock)
        #expect(abs(readers[0].count - readers[1].count) <= 2560 + 1024)
        readers.forEach { $0.task.cancel() }
        for _ in 0..<300 { clock.advance(by: .seconds(1)); await Task.yield() }
    }

    @Test("bytes are those of the source, and its failure comes through")
    func content() async throws {
        let limiter = RateLimiter(ByteRate(bytesPerSecond: 1 << 40))
        let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await limiter.limit(ByteStream(bytes)).collect(limit: 1 << 20) == bytes)
        let broken = limiter.limit(ByteStream { throw Fault(.mismatch, "broken") })
        await #expect { _ = try await broken.next() } throws: { ($0 as? Fault)?.code == .mismatch }
    }

    @Test(
        "rates are read as users write them",
        arguments: [
            ("10MiB/s", 10 << 20), ("1KiB", 1024), ("500kB/s", 500_000), ("7", 7), ("1.5 MiB/S", 3 << 19),
            ("0", nil), ("", nil), ("fast", nil), ("-1MiB/s", nil), ("/s", nil), ("1MiB/m", nil), ("nan", nil),
            ("inf", nil),
        ] as [(String, Int64?)])
    func parsing(_ text: String, _ expected: Int64?) {
        #expect(ByteRate(parsing: text)?.bytesPerSecond == expected)
    }
}
