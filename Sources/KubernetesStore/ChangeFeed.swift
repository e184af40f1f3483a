// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes

/// The last changes in memory, for all that watch. Nobody has a queue of his own: who watches asks for what stands behind
/// the revision that he has, so one who is slow costs nothing, and falls back on the history on disk.
final class ChangeFeed: Sendable {
    /// The changes of a resource that are in memory: all behind `floor`.
    private struct Tail {
        var changes: [StoreChange] = []
        /// How many at the beginning are forgotten.
        var head = 0
        var floor: Int64
        var waiting: [Int: Waiter] = [:]

        var first: StoreChange? { head < changes.count ? changes[head] : nil }

        mutating func dropFirst() -> Int {
            let cost = changes[head].cost
            floor = changes[head].revision
            head += 1
            if head > 256, head * 2 > changes.count {
                changes.removeFirst(head)
                head = 0
            }
            return cost
        }
    }
    /// Who waits for a change.
    private struct Waiter {
        let continuation: CheckedContinuation<Void, Never>
        let deadline: ContinuousClock.Instant?
    }
    private struct State {
        var tails: [GroupResource: Tail] = [:]
        var revision: Int64
        var cost = 0
        var lastWaiter = 0
        var isOver = false
    }
    private let state: Guarded<State>
    /// How much memory the changes may take, about.
    private let limit: Int
    /// What was committed before the feed began is on disk only.
    private let start: Int64

    init(revision: Int64, limit: Int) {
        state = Guarded(State(revision: revision))
        (start, self.limit) = (revision, limit)
    }

    /// The revision of the last change that is committed.
    var revision: Int64 { state.withLock { $0.revision } }

    /// Takes changes that are committed, in their order, and wakes who waits for them.
    func publish(_ changes: [StoreChange?]) {
        let woken = state.withLock { state in
            var woken: [Waiter] = []
            for case let change? in changes {
                let resource = change.object.key.resource
                var tail = state.tails[resource].take() ?? Tail(floor: start)
                tail.changes.append(change)
                woken += tail.waiting.values
                tail.waiting = [:]
                state.tails[resource] = tail
                state.cost += change.cost
                state.revision = change.revision
            }
            while state.cost > limit, let oldest = Self.oldest(state.tails) {
                state.cost -= state.tails[oldest]?.dropFirst() ?? 0
            }
            return woken
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    private static func oldest(_ tails: [GroupResource: Tail]) -> GroupResource? {
        tails.min { ($0.value.first?.revision ?? .max) < ($1.value.first?.revision ?? .max) }?.key
    }

    /// What a watch finds.
    enum Found {
        /// The next changes; none when there are none yet. All up to the revision is known then.
        case changes([StoreChange], upTo: Int64)
        /// They are not in memory any more.
        case onDisk
        /// The store has ended.
        case over
    }

    /// The next changes of a resource behind a revision, at most so many.
    func changes(of resource: GroupResource, after revision: Int64, limit: Int) -> Found {
        state.withLock { state in
            if state.isOver { return .over }
            guard revision >= (state.tails[resource]?.floor ?? start) else { return .onDisk }
            guard let tail = state.tails[resource], let last = tail.changes.last, last.revision > revision else {
                return .changes([], upTo: max(revision, state.revision))
            }
            // The first behind the revision, by halves.
            var (low, high) = (tail.head, tail.changes.count)
            while low < high {
                let middle = (low + high) / 2
                if tail.changes[middle].revision > revision { high = middle } else { low = middle + 1 }
            }
            let end = min(tail.changes.count, low + limit)
            let upTo = end == tail.changes.count ? state.revision : tail.changes[end - 1].revision
            return .changes(Array(tail.changes[low..<end]), upTo: upTo)
        }
    }

    /// Waits until a resource has a change behind a revision, the task is cancelled, or the store ends; or until the
    /// first call of `expire` behind the deadline.
    func wait(for resource: GroupResource, after revision: Int64, until deadline: ContinuousClock.Instant?) async {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    var tail = state.tails[resource].take() ?? Tail(floor: start)
                    let isThere = state.isOver || Task.isCancelled || (tail.changes.last?.revision ?? 0) > revision
                    if !isThere { tail.waiting[number] = Waiter(continuation: continuation, deadline: deadline) }
                    state.tails[resource] = tail
                    return isThere
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.tails[resource]?.waiting.removeValue(forKey: number) }?.continuation.resume()
        }
    }

    /// Wakes those whose deadline is over.
    func expire(_ now: ContinuousClock.Instant) {
        let woken = state.withLock { state in
            var woken: [Waiter] = []
            for key in state.tails.keys {
                for (number, waiter) in state.tails[key]?.waiting ?? [:]
                where waiter.deadline.map({ $0 <= now }) ?? false {
                    woken.append(waiter)
                    state.tails[key]?.waiting[number] = nil
                }
            }
            return woken
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Wakes all who wait; nothing comes any more.
    func end() {
        let woken = state.withLock { state in
            state.isOver = true
            var woken: [Waiter] = []
            for key in state.tails.keys {
                woken += state.tails[key]?.waiting.values ?? [:].values
                state.tails[key]?.waiting = [:]
            }
            return woken
        }
        for waiter in woken { waiter.continuation.resume() }
    }
}
