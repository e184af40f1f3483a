// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A thread that takes what was asked for since the last time, all at once, until it is told to end: what makes one flush
/// serve many.
public final class BatchThread<Job: Sendable>: Sendable {
    private struct State {
        var jobs: [Job] = []
        var isEnding = false
        var ended: CheckedContinuation<Void, Never>?
    }
    private let state = Guarded(State())
    private let work = Semaphore()

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - limit: how many jobs are taken at once, at the most.
    ///   - run: does them, in the order in which they were asked for. It runs on the thread alone.
    public init(most limit: Int, _ run: @escaping @Sendable ([Job]) -> Void) {
        // The thread holds what it needs, and not this object, so that nobody has to end it who never used it.
        startThread { [state, work] in
            while true {
                work.wait()
                let (jobs, isOver) = state.withLock { state in
                    let jobs = Array(state.jobs.prefix(limit))
                    state.jobs.removeFirst(jobs.count)
                    return (jobs, state.isEnding && jobs.isEmpty)
                }
                if isOver { break }
                if !jobs.isEmpty { run(jobs) }
                if state.withLock({ $0.isEnding && $0.jobs.isEmpty }) { work.signal() }
            }
            state.withLock { $0.ended.take() }?.resume()
        }
    }

    /// How many jobs wait.
    public var waiting: Int { state.withLock { $0.jobs.count } }

    /// Asks for a job; false when the thread is ending, and the job will not be done.
    public func submit(_ job: Job) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isEnding { state.jobs.append(job) }
            return !state.isEnding
        }
        if isTaken { work.signal() }
        return isTaken
    }

    /// Does what was asked for, takes nothing more, and ends.
    public func end() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if state.isEnding { return true }
                state.isEnding = true
                state.ended = continuation
                return false
            }
            if hasEnded { continuation.resume() } else { work.signal() }
        }
    }
}
