// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Keys that wait to be worked on, each once.
///
/// A key that is added while it is worked on waits until that is done, so nobody works on a key twice at a time, and
/// nothing that happened meanwhile is missed. Keys come out in the order in which they came in.
public actor WorkQueue<Key: Hashable & Sendable> {
    private let delays: RetryDelays
    private let now: @Sendable () -> ContinuousClock.Instant
    private var bucket: RetryBucket
    private var ready: [Key] = []
    private var head = 0
    /// Those in `ready`, and those that are to be there once their work is done.
    private var wanted: Set<Key> = []
    private var working: Set<Key> = []
    private var failures: [Key: Int] = [:]
    private var later: [Key: ContinuousClock.Instant] = [:]
    private var timer: (task: Task<Void, Never>, at: ContinuousClock.Instant)?
    private var workers: [(number: Int, continuation: CheckedContinuation<Key?, Never>)] = []
    private var lastWorker = 0
    private var isClosed = false

    /// An empty queue.
    public init(
        _ delays: RetryDelays = RetryDelays(), now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        (self.delays, self.now) = (delays, now)
        bucket = RetryBucket(delays, now: now())
    }

    /// How many keys wait now.
    public var depth: Int { ready.count - head }
    /// How many wait for a time to come.
    public var delayed: Int { later.count }

    /// Has a key worked on as soon as somebody is free.
    public func add(_ key: Key) {
        guard !isClosed else { return }
        later[key] = nil
        guard wanted.insert(key).inserted, !working.contains(key) else { return }
        push(key)
    }

    /// Has a key worked on after a while; the earliest of several times counts.
    public func add(_ key: Key, after delay: Duration) {
        guard delay > .zero else { return add(key) }
        guard !isClosed, !wanted.contains(key) else { return }
        let time = now() + delay
        if let known = later[key], known <= time { return }
        later[key] = time
        wake(at: time)
    }

    /// Has a key that failed worked on again, later with every failure; returns how long it waits.
    @discardableResult public func retry(_ key: Key) -> Duration {
        failures[key, default: 0] += 1
        let delay = max(delays.delay(failures: failures[key] ?? 1), bucket.take(at: now()))
        add(key, after: delay)
        return delay
    }

    /// Forgets that a key has failed.
    public func forget(_ key: Key) { failures[key] = nil }

    /// Forgets all about a key for which there is no work any more: its failures, and that it was to come later.
    public func drop(_ key: Key) { (failures[key], later[key]) = (nil, nil) }

    /// Whether nothing is kept of any key.
    var isEmpty: Bool { depth == 0 && wanted.isEmpty && working.isEmpty && failures.isEmpty && later.isEmpty }

    /// The next key; waits for one. Nil when the queue is closed or the task cancelled: then no key is lost, and others may
    /// go on. Whoever takes a key says when it is done.
    public func next() async -> Key? {
        guard !isClosed, !Task.isCancelled else { return nil }
        if let key = pop() { return key }
        lastWorker += 1
        let number = lastWorker
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: nil) }
                workers.append((number, continuation))
            }
        } onCancel: {
            Task { await self.leave(number) }
        }
    }

    /// Lets one go who waits.
    private func leave(_ number: Int) {
        guard let place = workers.firstIndex(where: { $0.number == number }) else { return }
        workers.remove(at: place).continuation.resume(returning: nil)
    }

    /// Says that the work on a key is done.
    public func done(_ key: Key) {
        working.remove(key)
        if wanted.contains(key), !isClosed { push(key) }
    }

    /// Hands out nothing more, and lets those go who wait.
    public func close() {
        isClosed = true
        timer?.task.cancel()
        for worker in workers { worker.continuation.resume(returning: nil) }
        (workers, ready, head, later) = ([], [], 0, [:])
    }

    private func push(_ key: Key) {
        guard !workers.isEmpty else { return ready.append(key) }
        begin(key)
        workers.removeFirst().continuation.resume(returning: key)
    }

    private func pop() -> Key? {
        guard head < ready.count else { return nil }
        let key = ready[head]
        head += 1
        if head > 1024, head * 2 > ready.count {
            ready.removeFirst(head)
            head = 0
        }
        begin(key)
        return key
    }

    private func begin(_ key: Key) {
        wanted.remove(key)
        working.insert(key)
    }

    private func wake(at time: ContinuousClock.Instant) {
        if let timer, timer.at <= time { return }
        timer?.task.cancel()
        let delay = max(time - now(), .zero)
        let task = Task { [weak self] in
            guard (try? await Task.sleep(for: delay)) != nil else { return }
            await self?.ring(time)
        }
        timer = (task, time)
    }

    /// Adds what is due. A timer that was replaced while it rang does nothing: the new one is earlier.
    private func ring(_ time: ContinuousClock.Instant) {
        guard timer?.at == time else { return }
        timer = nil
        let moment = now()
        let due = later.filter { $0.value <= moment }.sorted { $0.value < $1.value }
        for (key, _) in due { add(key) }
        if let next = later.values.min() { wake(at: next) }
    }
}
