// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Reconciling
import Testing

@testable import DeliveryControllers

/// Time that goes on when it is told to.
final class HandClock: Sendable {
    private let state = Guarded((now: Duration.zero, sleepers: [(Duration, CheckedContinuation<Void, Never>)]()))

    var clock: ResolutionClock {
        ResolutionClock(now: { [self] in state.withLock { $0.now } }, sleep: { [self] in await sleep($0) })
    }
    func advance(_ span: Duration) {
        let woken = state.withLock { state in
            state.now += span
            let due = state.sleepers.filter { $0.0 <= state.now }.map(\.1)
            state.sleepers.removeAll { $0.0 <= state.now }
            return due
        }
        for sleeper in woken { sleeper.resume() }
    }
    var sleeping: Int { state.withLock { $0.sleepers.count } }
    private func sleep(_ span: Duration) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.sleepers.append(($0.now + span, continuation)) }
        }
    }
}

/// A door that opens once.
final class Door: Sendable {
    private let state = Guarded((isOpen: false, waiting: [CheckedContinuation<Void, Never>]()))
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { one.resume() }
    }
    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
    var waiting: Int { state.withLock { $0.waiting.count } }
}

/// Goes on when something is so.
func until(_ condition: @Sendable () async -> Bool) async {
    while !(await condition()) { await Task.yield() }
}

@Suite("Work that many ask for", .timeLimit(.minutes(1))) struct SharedWorkTests {
    private typealias Work = SharedWork<String, Int>
    private let hands = HandClock()

    private func work(
        _ adjust: (inout Work.Limits) -> Void = { _ in },
        notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) -> SharedWork<String, Int> {
        var limits = Work.Limits()
        adjust(&limits)
        return SharedWork(limits, hands.clock, notify: notify)
    }
    private static let address = ObjectAddress(DeliveryKind.component.groupVersionKind, ObjectName("demo", "a"))

    @Test("It is done once for all who ask at the same time, and kept until its time is over")
    func once() async throws {
        let shared = work { $0.timeToLive = .seconds(10) }
        let door = Door(), runs = Guarded(0)
        let all = Task {
            try await (0..<20).mapConcurrently(limit: 20) { _ in
                try await shared.value("a") {
                    runs.withLock { $0 += 1 }
                    await door.pass()
                    return 7
                }
            }
        }
        await until { await shared.counters.joined == 19 }
        door.open()
        #expect(try await all.value == Array(repeating: 7, count: 20))
        #expect(runs.withLock { $0 } == 1)
        #expect(try await shared.value("a") { 8 } == 7)
        hands.advance(.seconds(10))
        #expect(try await shared.value("a") { 8 } == 8)
        #expect(try await shared.value("a", .running) { 9 } == 9)
        #expect(await shared.counters.hits == 1)
    }

    @Test("No more run at a time than may, and no more wait than may")
    func bounded() async throws {
        let shared = work { ($0.concurrency, $0.queue) = (2, 3) }
        let door = Door(), runs = Guarded((now: 0, most: 0))
        let tasks = (0..<5).map { key in
            Task {
                try await shared.value("\(key)") {
                    runs.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                    await door.pass()
                    runs.withLock { $0.now -= 1 }
                    return key
                }
            }
        }
        await until { await shared.counters.misses == 5 && door.waiting == 2 }
        #expect(await shared.standing == (0, 2, 3))
        await #expect(throws: ResolutionError.self) { try await shared.value("one more") { 1 } }
        door.open()
        for (key, task) in tasks.enumerated() { #expect(try await task.value == key) }
        #expect(runs.withLock { $0.most } == 2)
    }

    @Test("A failure is remembered for a time that doubles up to a limit, and forgotten when it is over")
    func failures() async throws {
        let shared = work { ($0.firstBackOff, $0.longestBackOff) = (.seconds(1), .seconds(4)) }
        let runs = Guarded(0)
        func ask() async -> Duration? {
            do {
                _ = try await shared.value("a") {
                    runs.withLock { $0 += 1 }
                    throw Fault(.unavailable, "away")
                }
                return nil
            } catch .failed(_, let delay) { return delay } catch { return nil }
        }
        for (round, wanted) in [1, 2, 4, 4].enumerated() {
            #expect(await ask() == .seconds(wanted), "round \(round)")
            #expect(await ask() == .seconds(wanted))
            #expect(runs.withLock { $0 } == round + 1)
            hands.advance(.seconds(wanted))
        }
        #expect(try await shared.value("a") { 5 } == 5)
        #expect(await shared.counters.rememberedFailures == 4)
    }

    @Test("Whoever has no patience is told when it is done")
    func patience() async throws {
        let told = Guarded<Set<ObjectAddress>>([])
        let shared = work(notify: { addresses in told.withLock { $0.formUnion(addresses) } })
        let door = Door()
        let first = Task {
            try await shared.value("a", patience: .seconds(5), for: Self.address) {
                await door.pass()
                return 3
            }
        }
        await until { hands.sleeping == 1 && door.waiting == 1 }
        hands.advance(.seconds(5))
        await #expect(throws: ResolutionError.self) { try await first.value }
        #expect(told.withLock { $0 }.isEmpty)
        door.open()
        await until { told.withLock { $0 } == [Self.address] }
        #expect(try await shared.value("a") { 4 } == 3)
    }

    @Test("Whoever is cancelled waits no longer, and the work goes on for the others")
    func cancelled() async throws {
        let shared = work(), door = Door()
        let first = Task {
            try await shared.value("a") {
                await door.pass(); return 3
            }
        }
        await until { door.waiting == 1 }
        let second = Task { try await shared.value("a") { 0 } }
        await until { await shared.counters.joined == 1 }
        first.cancel()
        await #expect(throws: ResolutionError.self) { try await first.value }
        door.open()
        #expect(try await second.value == 3)
    }

    @Test("What was begun before a change is no answer for who asks after it, and is not kept")
    func changes() async throws {
        let shared = SharedWork<String, Int>(Work.Limits(), hands.clock, subject: { $0 })
        let before = Door(), after = Door()
        func ask(_ door: Door, _ value: Int) -> Task<Int, any Error> {
            Task {
                try await shared.value("a") {
                    await door.pass()
                    return value
                }
            }
        }
        let first = ask(before, 1)
        await until { before.waiting == 1 }
        await shared.noteChange(of: "b")
        let joining = ask(after, 0)
        await until { await shared.counters.joined == 1 }
        await shared.noteChange(of: "a")
        let later = ask(after, 2)
        await until { after.waiting == 1 }
        let last = ask(after, 0)
        await until { await shared.counters.joined == 2 }
        // Whoever asks now has the newer answer, in whatever order the two come.
        before.open()
        #expect(try await first.value == 1)
        #expect(try await joining.value == 1)
        #expect(await shared.known("a") == nil)
        after.open()
        #expect(try await later.value == 2)
        #expect(try await last.value == 2)
        #expect(try await shared.value("a") { 3 } == 2)
        await shared.noteChange(of: "a")
        #expect(try await shared.value("a") { 3 } == 3)
        #expect(await shared.standing.running == 0)
    }

    @Test("An older answer that comes last replaces nothing")
    func overtaken() async throws {
        let shared = SharedWork<String, Int>(Work.Limits(), hands.clock, subject: { $0 }), door = Door()
        let first = Task {
            try await shared.value("a") {
                await door.pass()
                throw Fault(.unavailable, "away")
            }
        }
        await until { door.waiting == 1 }
        await shared.noteChange(of: "a")
        #expect(try await shared.value("a") { 2 } == 2)
        door.open()
        await #expect(throws: ResolutionError.self) { try await first.value }
        #expect(try await shared.value("a") { 3 } == 2)
    }

    @Test("A failure before a change is not remembered after it, and work that has not begun is joined")
    func changesOfFailures() async throws {
        var limits = Work.Limits()
        limits.concurrency = 1
        let shared = SharedWork<String, Int>(limits, hands.clock, subject: { $0 }), door = Door()
        await #expect(throws: ResolutionError.self) { try await shared.value("a") { throw Fault(.notFound, "none") } }
        await #expect(throws: ResolutionError.self) { try await shared.value("a") { 1 } }
        await shared.noteChange(of: "a")
        let other = Task {
            try await shared.value("b") {
                await door.pass()
                return 0
            }
        }
        await until { door.waiting == 1 }
        let queued = Task { try await shared.value("a") { 1 } }
        await until { await shared.standing.queued == 1 }
        await shared.noteChange(of: "a")
        let joining = Task { try await shared.value("a") { 2 } }
        await until { await shared.counters.joined == 1 }
        door.open()
        #expect(try await other.value == 0)
        #expect(try await queued.value == 1)
        #expect(try await joining.value == 1)
    }

    @Test("Who asks for what begins later does not join what runs")
    func begunLater() async throws {
        let shared = work(), door = Door()
        let first = Task {
            try await shared.value("a") {
                await door.pass()
                return 1
            }
        }
        await until { door.waiting == 1 }
        #expect(try await shared.value("a", .begunLater) { 2 } == 2)
        door.open()
        #expect(try await first.value == 1)
        #expect(try await shared.value("a") { 3 } == 2)
    }

    @Test("When too many changes are noted everything before counts as outdated, and nothing after")
    func forgottenChanges() {
        var marks = ChangeMarks(limit: 3)
        let before = marks.now
        for subject in ["a", "b", "c"] { marks.note(subject) }
        #expect(marks.isCurrent(before, "d"))
        #expect(!marks.isCurrent(before, "a"))
        let between = marks.now
        #expect(marks.isCurrent(between, "a"))
        marks.note("e")
        for subject in ["a", "b", "c", "d", "e"] {
            #expect(!marks.isCurrent(before, subject))
            #expect(!marks.isCurrent(between, subject))
            #expect(marks.isCurrent(marks.now, subject))
        }
        #expect(marks.isCurrent(before, nil))
    }

    @Test("What is kept never weighs more than the limit")
    func weight() async throws {
        var limits = SharedWork<String, [UInt8]>.Limits()
        limits.cacheWeight = 1000
        let shared = SharedWork<String, [UInt8]>(limits, hands.clock, weigh: { $0.count })
        for key in 0..<50 {
            _ = try await shared.value("\(key)") { [UInt8](repeating: 0, count: key == 25 ? 5000 : 100) }
            #expect(await shared.standing.weight <= 1000)
        }
        #expect(await shared.known("49") != nil)
        #expect(await shared.known("0") == nil)
    }
}
