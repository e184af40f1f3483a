// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import KubernetesControllers

@Suite struct WorkQueueTests {
    @Test("a key that is added twice is worked on once")
    func once() async {
        let queue = WorkQueue<String>()
        await queue.add("a")
        await queue.add("b")
        await queue.add("a")
        #expect(await queue.depth == 2)
        #expect(await queue.next() == "a")
        #expect(await queue.next() == "b")
        #expect(await queue.depth == 0)
    }

    @Test("a key that is added while it is worked on comes again when that is done, and not before")
    func whileWorking() async {
        let queue = WorkQueue<String>()
        await queue.add("a")
        #expect(await queue.next() == "a")
        await queue.add("a")
        await queue.add("a")
        #expect(await queue.depth == 0)
        await queue.done("a")
        #expect(await queue.depth == 1)
        #expect(await queue.next() == "a")
        await queue.done("a")
        #expect(await queue.depth == 0)
    }

    @Test("who waits is woken by a key, and let go when the queue is closed")
    func waking() async {
        let queue = WorkQueue<String>()
        async let first = queue.next()
        await queue.add("a")
        #expect(await first == "a")
        async let second = queue.next()
        await queue.close()
        #expect(await second == nil)
        #expect(await queue.next() == nil)
    }

    @Test("a key that fails waits twice as long each time, up to the longest wait")
    func delays() {
        var delays = RetryDelays()
        delays.longest = .milliseconds(70)
        #expect((1...6).map { delays.delay(failures: $0) } == [5, 10, 20, 40, 70, 70].map { .milliseconds($0) })
        #expect(delays.delay(failures: 1_000) == .milliseconds(70))
    }

    @Test("retries of many keys share a bucket")
    func bucket() {
        let start = ContinuousClock.now
        var delays = RetryDelays()
        (delays.burst, delays.perSecond) = (2, 4)
        var bucket = RetryBucket(delays, now: start)
        #expect(bucket.take(at: start) == .zero)
        #expect(bucket.take(at: start) == .zero)
        #expect(bucket.take(at: start) == .milliseconds(250))
        #expect(bucket.take(at: start) == .milliseconds(500))
        #expect(bucket.take(at: start + .seconds(60)) == .zero)
    }

    @Test("a delayed key comes by itself; added meanwhile, it comes at once and only once")
    func later() async {
        let queue = WorkQueue<String>()
        await queue.add("a", after: .milliseconds(10))
        #expect(await queue.depth == 0)
        #expect(await queue.next() == "a")
        await queue.done("a")
        await queue.add("b", after: .seconds(3600))
        #expect(await queue.delayed == 1)
        await queue.add("b")
        #expect(await queue.delayed == 0)
        #expect(await queue.next() == "b")
    }

    @Test("every key that is added is worked on, by many workers, never one by two at a time")
    func many() async {
        let queue = WorkQueue<Int>()
        let seen = Guarded<(busy: Set<Int>, worked: [Int: Int], clashes: Int)>(([], [:], 0))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    while let key = await queue.next() {
                        seen.withLock { if !$0.busy.insert(key).inserted { $0.clashes += 1 } }
                        await Task.yield()
                        seen.withLock {
                            $0.busy.remove(key)
                            $0.worked[key, default: 0] += 1
                        }
                        await queue.done(key)
                    }
                }
            }
            for round in 0..<5 { for key in 0..<200 { await queue.add(key + round * 0) } }
            while await queue.depth > 0 { await Task.yield() }
            await queue.close()
        }
        let result = seen.withLock { $0 }
        #expect(result.clashes == 0)
        #expect(result.worked.count == 200)
    }
}
