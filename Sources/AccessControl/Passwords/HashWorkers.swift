// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Threads for work that computes for long, a bounded number, with a bounded queue before them.
///
/// Tasks of the cooperative pool and threads of a server go on meanwhile. Threads start with the first work and end with
/// their owner.
final class HashWorkers: Sendable {
    private struct Work: Sendable {
        let body: @Sendable () -> Bool
        let result: Guarded<Bool?>
        let continuation: CheckedContinuation<Void, Never>

        func run() {
            let value = body()
            result.withLock { $0 = value }
            continuation.resume()
        }
    }

    private enum Admission {
        case refused
        case queued
        case queuedForNewThread
    }

    private struct State {
        var waiting: [Work] = []
        var next = 0
        var threads = 0
        var isEnded = false

        mutating func admit(_ work: Work, _ queueLimit: Int, _ threadLimit: Int) -> Admission {
            guard waiting.count - next < queueLimit else { return .refused }
            waiting.append(work)
            guard threads < threadLimit else { return .queued }
            threads += 1
            return .queuedForNewThread
        }

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
                if let work {
                    work.run()
                } else if isEnded {
                    return
                }
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
    ///
    /// The result goes past the continuation, and the function runs where no caller's isolation matters: Swift 6.3 frees
    /// the buffer of a continuation's result in the wrong order here (“freed pointer was not the last allocation”).
    @concurrent func run(_ body: @escaping @Sendable () -> Bool) async -> Bool? {
        let result = Guarded<Bool?>(nil)
        await withCheckedContinuation { enqueue(Work(body: body, result: result, continuation: $0)) }
        return result.withLock { $0 }
    }

    private func enqueue(_ work: Work) {
        let admission = core.state.withLock { $0.admit(work, queueLimit, threadLimit) }
        switch admission {
        case .refused: return work.continuation.resume()
        case .queued: break
        case .queuedForNewThread: startThread { [core] in core.run() }
        }
        core.semaphore.signal()
    }
}
