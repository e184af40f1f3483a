// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Runs an actor's jobs on the one thread that also drives libcurl: isolation and libcurl's rule are one fact.
///
/// Thread and libcurl come about with the first job, so that a program that needs no network does not pay for it.
final class CurlExecutor: SerialExecutor {
    private struct State {
        var jobs: [UnownedJob] = []
        /// Transfers that go on.
        var unpaused: [Int] = []
        var hasStarted = false
        var isStopping = false
        /// Whether the thread waits for the network and has to be woken for a job.
        var isWaiting = false
        var thread: ThreadID?
        var multi: CurlMulti?
    }
    private let state = Guarded(State())
    private static let roundsBeforeDelivery = 4

    /// The running transfers; for the actor's jobs only, since they run on the thread that made it.
    var multi: CurlMulti {
        guard let multi = state.withLock({ $0.multi }) else { preconditionFailure("this is not the HTTP thread") }
        return multi
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (mustStart, sleeper) = state.withLock { state in
            state.jobs.append(job)
            defer { state.hasStarted = true }
            return (!state.hasStarted, state.isWaiting ? state.multi : nil)
        }
        if mustStart { startThread { [self] in run() } }
        sleeper?.wakeup()
    }

    /// Lets a paused transfer go on, without waiting for it.
    func unpause(_ id: Int) {
        state.withLock { state in
            state.unpaused.append(id)
            return state.isWaiting ? state.multi : nil
        }?.wakeup()
    }

    /// Ends the thread after the jobs that are there; transfers that still run are given up.
    func stop() {
        state.withLock { state in
            state.isStopping = true
            return state.multi
        }?.wakeup()
    }

    /// Lets isolation checks succeed inside a libcurl callback, where no Swift job is running.
    func checkIsolated() { precondition(state.withLock { $0.thread } == .current, "this is not the HTTP thread") }

    private func run() {
        Self.blockBrokenPipeSignal()
        let multi = CurlMulti()
        state.withLock { ($0.thread, $0.multi) = (.current, multi) }
        var isStopping = false
        var round = 0
        while !isStopping {
            let (jobs, unpaused) = state.withLock { state in
                defer { (state.jobs, state.unpaused) = ([], []) }
                return (state.jobs, state.unpaused)
            }
            for job in jobs { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
            for id in unpaused { multi.unpause(id) }
            multi.perform()
            // While the network has more to do, readers are not woken for every few KiB; but a busy transfer must not
            // keep the others' readers waiting.
            round += 1
            if round < Self.roundsBeforeDelivery && multi.isReady() { continue }
            round = 0
            multi.deliver()
            let mayWait = state.withLock { state in
                state.isWaiting = state.jobs.isEmpty && state.unpaused.isEmpty && !state.isStopping
                isStopping = state.isStopping && state.jobs.isEmpty
                return state.isWaiting
            }
            guard mayWait else { continue }
            multi.wait()
            state.withLock { $0.isWaiting = false }
        }
        multi.removeAll()
        state.withLock { ($0.thread, $0.multi) = (nil, nil) }
    }

    /// OpenSSL writes to sockets without MSG_NOSIGNAL: a server that hangs up would end the process.
    static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
