// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Reconciling

/// Work that many ask for and that is done once: what runs is shared, what came of it is kept for a while, and what
/// failed is not tried again at once.
///
/// At most so much runs at a time; the rest waits in the order of asking. Whoever asks waits only as long as it has
/// patience; the work goes on, and whoever left its address is told of its end.
actor SharedWork<Key: Hashable & Sendable, Value: Sendable> {
    struct Limits: Sendable {
        /// How many run at a time.
        var concurrency = 10
        /// How many may wait to run.
        var queue = 1000
        /// How much results weigh that are kept, all together.
        var cacheWeight = 1000
        /// How long a result is kept.
        var timeToLive = Duration.seconds(1800)
        /// How long a failure is remembered, the first time and at most; each in a row doubles it.
        var firstBackOff = Duration.seconds(1), longestBackOff = Duration.seconds(120)
    }

    struct Counters: Sendable {
        var hits: UInt64 = 0, misses: UInt64 = 0, joined: UInt64 = 0, failures: UInt64 = 0,
            rememberedFailures: UInt64 = 0
    }

    private struct Failure: Sendable {
        let fault: Fault
        let until: Duration
        let count: Int
    }
    typealias Work = @Sendable () async throws -> Value
    private typealias Waiter = CheckedContinuation<Result<Value, Fault>?, Never>

    private let limits: Limits
    private let clock: ResolutionClock
    private let notify: @Sendable (Set<ObjectAddress>) -> Void
    private var results: BoundedTable<Key, (value: Value, until: Duration, weight: Int)>
    private var failures = BoundedTable<Key, Failure>(limit: 20_000)
    private var queue: [(key: Key, work: Work)] = []
    private var running: [Key: Task<Void, Never>] = [:]
    private var begun: Set<Key> = []
    private var waiters: [Key: [Int: Waiter]] = [:]
    private var subscribers: [Key: Set<ObjectAddress>] = [:]
    private var lastID = 0
    private(set) var counters = Counters()
    private let weigh: @Sendable (Value) -> Int

    init(
        _ limits: Limits, _ clock: ResolutionClock, weigh: @escaping @Sendable (Value) -> Int = { _ in 1 },
        notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) {
        (self.limits, self.clock, self.weigh, self.notify) = (limits, clock, weigh, notify)
        results = BoundedTable(limit: limits.cacheWeight) { $0.weight }
    }

    deinit { for task in running.values { task.cancel() } }

    /// How much is kept, how much runs and how much waits.
    var standing: (weight: Int, running: Int, queued: Int) { (results.weight, running.count, queue.count) }

    /// What is kept of a key.
    func known(_ key: Key) -> Value? {
        guard let kept = results.find(key) else { return nil }
        guard kept.until > clock.now() else {
            results.remove(key)
            return nil
        }
        return kept.value
    }

    /// Keeps a value that is known from elsewhere.
    func keep(_ value: Value, for key: Key) {
        results.set(key, to: (value, clock.now() + limits.timeToLive, weigh(value)))
        failures.remove(key)
    }

    /// The value of a key: what is kept, what runs already, or what the work gives.
    ///
    /// - Parameters:
    ///   - isFresh: whether what is kept and what has failed does not count. What runs already counts.
    ///   - patience: how long to wait; nil for as long as it takes.
    ///   - subscriber: whom to tell of the end when patience was not enough.
    func value(
        _ key: Key, isFresh: Bool = false, patience: Duration? = nil, for subscriber: ObjectAddress? = nil,
        _ work: @escaping Work
    ) async throws(ResolutionError) -> Value {
        if !isFresh {
            if let value = known(key) {
                counters.hits += 1
                return value
            }
            if let failure = failures.find(key), failure.until > clock.now(), !begun.contains(key) {
                counters.rememberedFailures += 1
                throw .failed(failure.fault, retryAfter: failure.until - clock.now())
            }
        }
        if begun.contains(key) {
            counters.joined += 1
        } else {
            counters.misses += 1
            guard queue.count < limits.queue else {
                throw .failed(
                    Fault(
                        .unavailable, "more than \(limits.queue) component versions wait to be read",
                        fix: "it goes on by itself; raise the number of workers if it lasts"),
                    retryAfter: limits.longestBackOff)
            }
            begun.insert(key)
            queue.append((key, work))
            startNext()
        }
        switch await wait(for: key, patience) {
        case .success(let value)?: return value
        case .failure(let fault)?: throw .failed(fault, retryAfter: backOff(failures.find(key)?.count ?? 1))
        case nil:
            if let subscriber, begun.contains(key) { subscribers[key, default: []].insert(subscriber) }
            throw .inProgress
        }
    }

    private func startNext() {
        while running.count < limits.concurrency, !queue.isEmpty {
            let (key, work) = queue.removeFirst()
            running[key] = Task { [weak self] in
                let result: Result<Value, any Error>
                do { result = .success(try await work()) } catch { result = .failure(error) }
                await self?.finish(key, result)
            }
        }
    }

    private func finish(_ key: Key, _ result: Result<Value, any Error>) {
        running[key] = nil
        begun.remove(key)
        let told: Result<Value, Fault>
        switch result {
        case .success(let value):
            keep(value, for: key)
            told = .success(value)
        case .failure(let error):
            counters.failures += 1
            let count = (failures.find(key)?.count ?? 0) + 1
            let fault = Fault(wrapping: error)
            failures.set(key, to: Failure(fault: fault, until: clock.now() + backOff(count), count: count))
            results.remove(key)
            told = .failure(fault)
        }
        for waiter in (waiters.removeValue(forKey: key) ?? [:]).values { waiter.resume(returning: told) }
        if let interested = subscribers.removeValue(forKey: key) { notify(interested) }
        startNext()
    }

    private func backOff(_ count: Int) -> Duration {
        min(limits.firstBackOff * (1 << min(count - 1, 20)), limits.longestBackOff)
    }

    /// What comes of a key, or nil when patience or the task ends before.
    private func wait(for key: Key, _ patience: Duration?) async -> Result<Value, Fault>? {
        lastID += 1
        let id = lastID
        let alarm = patience.map { patience in
            Task { [clock, weak self] in
                try? await clock.sleep(patience)
                await self?.wake(key, id)
            }
        }
        defer { alarm?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                guard !Task.isCancelled else { return waiter.resume(returning: nil) }
                waiters[key, default: [:]][id] = waiter
            }
        } onCancel: {
            Task { await self.wake(key, id) }
        }
    }

    private func wake(_ key: Key, _ id: Int) { waiters[key]?.removeValue(forKey: id)?.resume(returning: nil) }
}

/// Time as the resolution sees it.
public struct ResolutionClock: Sendable {
    /// How long it has been since some moment in the past; never goes back.
    public var now: @Sendable () -> Duration
    /// Waits.
    public var sleep: @Sendable (Duration) async throws -> Void

    /// A clock.
    public init(
        now: @escaping @Sendable () -> Duration, sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        (self.now, self.sleep) = (now, sleep)
    }

    /// The clock of the system.
    public static let system: ResolutionClock = {
        let clock = ContinuousClock()
        let start = clock.now
        return ResolutionClock(now: { start.duration(to: clock.now) }, sleep: { try await clock.sleep(for: $0) })
    }()
}

/// Why something is not resolved.
public enum ResolutionError: Error, Sendable {
    /// It is being resolved; whoever asked is told when it is done.
    case inProgress
    /// It failed; trying again before `retryAfter` gives the same.
    case failed(Fault, retryAfter: Duration)
}
