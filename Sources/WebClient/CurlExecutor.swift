// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CCurl

/// Runs an actor's jobs on the one thread that also drives libcurl: isolation and libcurl's rule are one fact.
final class CurlExecutor: SerialExecutor {
    typealias Finished = @Sendable (_ id: Int, _ code: CURLcode) -> Void
    private struct State {
        var jobs: [UnownedJob] = []
        var isStopping = false
        var isStarted = false
        var thread: ThreadID?
        var wakeup: CurlMulti?
        var finished: Finished?
    }
    private let state = Guarded(State())

    /// Says where the ends of transfers are reported. Called on the thread.
    func attach(_ finished: @escaping Finished) {
        state.withLock { $0.finished = $0.finished ?? finished }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (isFirst, multi) = state.withLock { state -> (Bool, CurlMulti?) in
            state.jobs.append(job)
            defer { state.isStarted = true }
            return (!state.isStarted, state.wakeup)
        }
        if isFirst {
            startThread { [self] in
                let multi = CurlMulti()
                self.state.withLock { state in
                    state.thread = .current
                    state.wakeup = multi
                }
                self.loop(multi)
            }
        } else {
            multi?.wakeup()
        }
    }

    func stop() {
        let multi = state.withLock { state -> CurlMulti? in
            state.isStopping = true
            return state.wakeup
        }
        multi?.wakeup()
    }

    /// libcurl's side, for the actor's jobs; they only run once it is there.
    var current: CurlMulti {
        guard let multi = state.withLock({ $0.wakeup }) else { preconditionFailure("no job of the client has run yet") }
        return multi
    }

    /// Lets `assumeIsolated` succeed inside a libcurl callback, where no Swift job is running.
    func checkIsolated() { precondition(state.withLock { $0.thread } == .current, "this is not the HTTP thread") }

    // libcurl and TLS are initialised on this thread, with the first job: that takes longer than most commands do.
    private func loop(_ multi: CurlMulti) {
        while true {
            let (jobs, isStopping, finished) = state.withLock { state in
                defer { state.jobs = [] }
                return (state.jobs, state.isStopping, state.finished)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            if isStopping && jobs.isEmpty { return }
            // A job that came in the meantime has woken nobody if it came before the first wait.
            if state.withLock({ !$0.jobs.isEmpty }) { continue }
            multi.runOnce { id, code in finished?(id, code) }
        }
    }
}
