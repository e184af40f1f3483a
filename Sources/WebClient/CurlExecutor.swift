// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl

/// Runs an actor's jobs on the one thread that also drives libcurl: isolation and libcurl's rule are one fact.
final class CurlExecutor: SerialExecutor {
    let multi = CurlMulti()
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopping = false
        var thread: ThreadID?
    }
    private let state = Guarded(State())

    func start(_ finished: @escaping @Sendable (_ id: Int, _ code: CURLcode) -> Void) {
        startThread { [self] in
            state.withLock { $0.thread = .current }
            loop(finished)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.jobs.append(job) }
        multi.wakeup()
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        multi.wakeup()
    }

    /// Lets `assumeIsolated` succeed inside a libcurl callback, where no Swift job is running.
    func checkIsolated() { precondition(state.withLock { $0.thread } == .current, "this is not the HTTP thread") }

    private func loop(_ finished: (Int, CURLcode) -> Void) {
        while true {
            let (jobs, isStopping) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isStopping)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isStopping && jobs.isEmpty { return }
            multi.runOnce(finished)
        }
    }
}
