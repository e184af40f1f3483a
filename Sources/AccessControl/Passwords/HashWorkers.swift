// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Threads for work that computes for long, a bounded number, with a bounded queue before them.
///
/// Tasks of the cooperative pool and threads of a server go on meanwhile. Threads start with the first work and end with
/// their owner.
final class HashWorkers: Sendable {
    private typealias Work = @Sendable () -> Void

    private struct State {
        var waiting: [Work] = []
        var next = 0
        var threads = 0
        var isEnded = false

        var count: Int { waiting.count - next }

        mutating func take() -> Work? {
            guard next < waiting.count else { return nil }
            defer {
                next += 1
                if next == waiting.count { (waiting, next) = ([], 0) }
            }
            return waiting[next]
        }
    }

    /// What threads hold, so that they do not hold the owner.
    private final class Core: Sendable {
        let state = Guarded(State())
        let semaphore = Semaphore()

        func run() {
            while true {
                semaphore.wait()
                let (work, isEnded) = state.withLock { ($0.take(), $0.isEnded) }
                work?()
                if work == nil && isEnded { return }
            }
        }
    }

    private let core = Core()
    private let threadLimit: Int
    private let queueLimit: Int

    /// - Parameters:
    ///   - threads: how many work at a time.
    ///   - queue: how many may wait.
    init(threads: Int, queue: Int) { (threadLimit, queueLimit) = (max(1, threads), queue) }

    deinit {
        core.state.withLock { $0.isEnded = true }
        // Each thread wakes once for each of these and ends when nothing is left to do.
        for _ in 0..<threadLimit { core.semaphore.signal() }
    }

    /// The result of some work; nil when too much waits already.
    func run(_ body: @escaping @Sendable () -> Bool) async -> Bool? {
        await withCheckedContinuation { (continuation: CheckedContinuation<Bool?, Never>) in
            let (isTaken, needsThread) = core.state.withLock { state -> (Bool, Bool) in
                guard state.count < queueLimit else { return (false, false) }
                state.waiting.append { continuation.resume(returning: body()) }
                guard state.threads < threadLimit else { return (true, false) }
                state.threads += 1
                return (true, true)
            }
            guard isTaken else { return continuation.resume(returning: nil) }
            if needsThread { startThread { [core] in core.run() } }
            core.semaphore.signal()
        }
    }
}
