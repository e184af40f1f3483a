// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Reconciling

/// Work that many ask for and that is done once: what runs is shared, what came of it is kept for a while, and what
/// failed is not tried again at once.
///
/// At most so much runs at a time; the rest waits in the order of asking. Whoever asks waits only as long as it has
/// patience; the work goes on, and whoever left its address is told of its end.
///
/// Keys may be about a subject that changes. What was begun before a change was noted is no answer for who asks after
/// it: neither what runs, nor what is kept, nor what has failed.
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

    /// How new an answer must be.
    enum Freshness: Sendable {
        /// What is kept and what has failed a moment ago counts.
        case kept
        /// What runs already counts.
        case running
        /// Only what begins after the question.
        case begunLater
    }

    private struct Failure: Sendable {
        let fault: Fault
        let until: Duration
        let count: Int
        let began: UInt64
    }
    private struct Kept: Sendable {
        let value: Value
        let until: Duration
        let weight: Int
        let began: UInt64
    }
    /// Work on a key that is to be done or is being done, with those who wait for it.
    private struct Run {
        let key: Key
        let work: Work
        /// What had changed when it began; nil as long as it has not.
        var began: UInt64?
        var task: Task<Void, Never>?
        var waiters: [Int: Waiter] = [:]
        var subscribers: Set<ObjectAddress> = []
    }
    typealias Work = @Sendable () async throws -> Value
    private typealias Waiter = CheckedContinuation<Result<Value, Fault>?, Never>

    private let limits: Limits
    private let clock: ResolutionClock
    private let notify: @Sendable (Set<ObjectAddress>) -> Void
    private let subject: @Sendable (Key) -> String?
    private var changes = ChangeMarks()
    private var results: BoundedTable<Key, Kept>
    private var failures = BoundedTable<Key, Failure>(limit: 20_000)
    private var runs: [Int: Run] = [:]
    private var queue: [Int] = []
    /// The run of each key that those who ask now may join.
    private var current: [Key: Int] = [:]
    private var lastID = 0
    private(set) var counters = Counters()
    private let weigh: @Sendable (Value) -> Int

    /// - Parameters:
    ///   - subject: what a key is about, as changes name it; nil for what nobody tells changes of.
    ///   - weigh: what keeping a result takes.
    ///   - notify: told of those who had no patience, at the end of what they wait for.
    init(
        _ limits: Limits, _ clock: ResolutionClock, subject: @escaping @Sendable (Key) -> String? = { _ in nil },
        weigh: @escaping @Sendable (Value) -> Int = { _ in 1 },
        notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) {
        (self.limits, self.clock, self.subject) = (limits, clock, subject)
        (self.weigh, self.notify) = (weigh, notify)
        results = BoundedTable(limit: limits.cacheWeight) { $0.weight }
    }

    deinit { for run in runs.values { run.task?.cancel() } }

    /// How much is kept, how much runs and how much waits.
    var standing: (weight: Int, running: Int, queued: Int) {
        (results.weight, runs.count - queue.count, queue.count)
    }

    /// Notes that a subject is other than it was.
    func noteChange(of subject: String) { changes.note(subject) }

    /// What is kept of a key.
    func known(_ key: Key) -> Value? {
        guard let kept = results.find(key) else { return nil }
        guard kept.until > clock.now(), changes.isCurrent(kept.began, subject(key)) else {
            results.remove(key)
            return nil
        }
        return kept.value
    }

    /// Keeps a value that is known from elsewhere.
    func keep(_ value: Value, for key: Key) { keep(value, for: key, began: changes.now) }

    private func keep(_ value: Value, for key: Key, began: UInt64) {
        results.set(
            key, to: Kept(value: value, until: clock.now() + limits.timeToLive, weight: weigh(value), began: began))
        failures.remove(key)
    }

    /// The failure of a key that still counts.
    private func failure(_ key: Key) -> Failure? {
        guard let failure = failures.find(key) else { return nil }
        guard changes.isCurrent(failure.began, subject(key)) else {
            failures.remove(key)
            return nil
        }
        return failure
    }

    /// The value of a key: what is kept, what runs already, or what the work gives.
    ///
    /// - Parameters:
    ///   - freshness: what counts as an answer.
    ///   - patience: how long to wait; nil for as long as it takes.
    ///   - subscriber: whom to tell of the end when patience was not enough.
    func value(
        _ key: Key, _ freshness: Freshness = .kept, patience: Duration? = nil, for subscriber: ObjectAddress? = nil,
        _ work: @escaping Work
    ) async throws(ResolutionError) -> Value {
        let joined = joinable(key, freshness)
        if freshness == .kept {
            if let value = known(key) {
                counters.hits += 1
                return value
            }
            if joined == nil, let failure = failure(key), failure.until > clock.now() {
                counters.rememberedFailures += 1
                throw .failed(failure.fault, retryAfter: failure.until - clock.now())
            }
        }
        let run: Int
        if let joined {
            counters.joined += 1
            run = joined
        } else {
            counters.misses += 1
            guard queue.count < limits.queue else {
                throw .failed(
                    Fault(
                        .unavailable, "more than \(limits.queue) component versions wait to be read",
                        fix: "it goes on by itself; raise the number of workers if it lasts"),
                    retryAfter: limits.longestBackOff)
            }
            lastID += 1
            run = lastID
            runs[run] = Run(key: key, work: work)
            current[key] = run
            queue.append(run)
            startNext()
        }
        switch await wait(for: run, patience) {
        case .success(let value)?: return value
        case .failure(let fault)?: throw .failed(fault, retryAfter: backOff(failures.find(key)?.count ?? 1))
        case nil:
            if let subscriber { runs[run]?.subscribers.insert(subscriber) }
            throw .inProgress
        }
    }

    /// What is being done of a key and will be an answer; what has not begun yet always will.
    private func joinable(_ key: Key, _ freshness: Freshness) -> Int? {
        guard let run = current[key] else { return nil }
        guard let began = runs[run]?.began else { return run }
        return freshness != .begunLater && changes.isCurrent(began, subject(key)) ? run : nil
    }

    private func startNext() {
        while runs.count - queue.count < limits.concurrency, !queue.isEmpty {
            let run = queue.removeFirst()
            guard let work = runs[run]?.work else { continue }
            runs[run]?.began = changes.now
            runs[run]?.task = Task { [weak self] in
                let result: Result<Value, any Error>
                do { result = .success(try await work()) } catch { result = .failure(error) }
                await self?.finish(run, result)
            }
        }
    }

    private func finish(_ id: Int, _ result: Result<Value, any Error>) {
        guard let run = runs.removeValue(forKey: id) else { return }
        let key = run.key, began = run.began ?? 0
        // What is outdated, or followed by another run, says something to those who wait for it, and to nobody else.
        let counts = current[key] == id && changes.isCurrent(began, subject(key))
        if current[key] == id { current[key] = nil }
        let told: Result<Value, Fault>
        switch result {
        case .success(let value):
            if counts { keep(value, for: key, began: began) }
            told = .success(value)
        case .failure(let error):
            counters.failures += 1
            let fault = Fault(wrapping: error)
            if counts {
                let count = (failure(key)?.count ?? 0) + 1
                failures.set(
                    key, to: Failure(fault: fault, until: clock.now() + backOff(count), count: count, began: began))
                results.remove(key)
            }
            told = .failure(fault)
        }
        for waiter in run.waiters.values { waiter.resume(returning: told) }
        if !run.subscribers.isEmpty { notify(run.subscribers) }
        startNext()
    }

    /// Ends what only this subscriber waits for; what has not begun is not begun.
    func abandon(for subscriber: ObjectAddress) {
        for (id, run) in runs where run.subscribers == [subscriber] && run.waiters.isEmpty {
            runs[id]?.subscribers = []
            if current[run.key] == id { current[run.key] = nil }
            guard let task = run.task else {
                queue.removeAll { $0 == id }
                runs[id] = nil
                continue
            }
            task.cancel()
        }
        startNext()
    }

    private func backOff(_ count: Int) -> Duration {
        min(limits.firstBackOff * (1 << min(count - 1, 20)), limits.longestBackOff)
    }

    /// What comes of a run, or nil when patience or the task ends before.
    private func wait(for run: Int, _ patience: Duration?) async -> Result<Value, Fault>? {
        lastID += 1
        let id = lastID
        let alarm = patience.map { patience in
            Task { [clock, weak self] in
                try? await clock.sleep(patience)
                await self?.wake(run, id)
            }
        }
        defer { alarm?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                guard !Task.isCancelled, runs[run] != nil else { return waiter.resume(returning: nil) }
                runs[run]?.waiters[id] = waiter
            }
        } onCancel: {
            Task { await self.wake(run, id) }
        }
    }

    private func wake(_ run: Int, _ id: Int) {
        runs[run]?.waiters.removeValue(forKey: id)?.resume(returning: nil)
    }
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
