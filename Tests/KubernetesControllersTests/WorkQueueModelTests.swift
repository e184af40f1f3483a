// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@testable import KubernetesControllers

@Suite("A work queue beside a model of it") struct WorkQueueModelTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 33)
        }
    }

    /// What the queue promises, said as simply as can be.
    private struct Model {
        var waiting: [Int] = []
        var again: Set<Int> = []
        var working: [Int] = []
        var later: Set<Int> = []

        mutating func add(_ key: Int) {
            later.remove(key)
            if working.contains(key) { again.insert(key) } else if !waiting.contains(key) { waiting.append(key) }
        }
        mutating func delay(_ key: Int) {
            if !waiting.contains(key), !again.contains(key) { later.insert(key) }
        }
        mutating func next() -> Int {
            let key = waiting.removeFirst()
            working.append(key)
            return key
        }
        mutating func done(_ key: Int) {
            working.removeAll { $0 == key }
            if again.remove(key) != nil { waiting.append(key) }
        }
    }

    @Test("random adds, delays, retries, drops and ends leave the same keys in the same order", arguments: 1...20)
    func random(_ seed: UInt64) async {
        var random = Random(state: seed)
        var delays = RetryDelays()
        (delays.first, delays.longest) = (.seconds(3600), .seconds(7200))
        let queue = WorkQueue<Int>(delays)
        var model = Model()
        for _ in 0..<1500 {
            let key = Int.random(in: 0..<12, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                model.add(key)
                await queue.add(key)
            case 2:
                model.delay(key)
                await queue.add(key, after: .seconds(1800))
            case 3:
                guard let key = model.working.randomElement(using: &random) else { continue }
                model.delay(key)
                await queue.retry(key)
            case 4:
                model.later.remove(key)
                await queue.drop(key)
            case 5, 6:
                guard !model.waiting.isEmpty else { continue }
                #expect(await queue.next() == model.next())
            default:
                guard let key = model.working.randomElement(using: &random) else { continue }
                model.done(key)
                await queue.done(key)
            }
            guard await queue.depth == model.waiting.count, await queue.delayed == model.later.count else {
                Issue.record("the queue has \(await queue.depth) and \(await queue.delayed), the model \(model)")
                break
            }
        }
        // What is left comes in its order; then nothing of any key is kept.
        while !model.waiting.isEmpty {
            let key = await queue.next()
            #expect(key == model.next())
        }
        for key in model.working {
            model.done(key)
            await queue.done(key)
        }
        while !model.waiting.isEmpty {
            let key = model.next()
            #expect(await queue.next() == key)
            await queue.done(key)
        }
        for key in 0..<12 { await queue.drop(key) }
        #expect(await queue.isEmpty)
        await queue.close()
    }

    @Test("of several times of a key the earliest counts, and it comes once")
    func earliest() async throws {
        let queue = WorkQueue<String>()
        await queue.add("a", after: .seconds(3600))
        await queue.add("a", after: .milliseconds(5))
        await queue.add("b", after: .milliseconds(5))
        await queue.add("b", after: .seconds(3600))
        await queue.add("c", after: .seconds(3600))
        #expect(await queue.delayed == 3)
        let come = [await queue.next(), await queue.next()].compactMap(\.self).sorted()
        #expect(come == ["a", "b"])
        #expect(await queue.delayed == 1)
        #expect(await queue.depth == 0)
        await queue.close()
        #expect(await queue.delayed == 0)
    }

    @Test("all who wait are let go when the queue is closed")
    func closing() async {
        let queue = WorkQueue<Int>()
        await withTaskGroup(of: Int?.self) { group in
            for _ in 0..<10 { group.addTask { await queue.next() } }
            await Task.yield()
            await queue.close()
            for await key in group { #expect(key == nil) }
        }
        await queue.add(1)
        #expect(await queue.depth == 0)
    }

    @Test("who is cancelled while he waits is let go, and takes no key from others", arguments: 0..<50)
    func cancelling(_ round: Int) async {
        let queue = WorkQueue<Int>()
        let patient = Task { await queue.next() }
        let cancelled = (0..<4).map { _ in Task { await queue.next() } }
        for task in cancelled { task.cancel() }
        var taken: [Int] = []
        for task in cancelled { if let key = await task.value { taken.append(key) } }
        await queue.add(7)
        #expect(taken.isEmpty)
        #expect(await patient.value == 7)
    }

    @Test("failures are forgotten with the key")
    func forgetting() async {
        var delays = RetryDelays()
        delays.first = .seconds(10)
        let queue = WorkQueue<String>(delays)
        #expect(await queue.retry("a") == .seconds(10))
        #expect(await queue.retry("a") == .seconds(20))
        await queue.forget("a")
        #expect(await queue.retry("a") == .seconds(10))
        await queue.drop("a")
        #expect(await queue.isEmpty)
        await queue.close()
    }
}
