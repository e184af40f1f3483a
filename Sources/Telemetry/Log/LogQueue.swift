// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Lines on their way from the threads that log to the one that writes.
final class LogQueue: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var lines = 0
        /// Lines taken in since the start, and of them those that were written or failed to be.
        var accepted = 0
        var finished = 0
        /// Lines dropped since the start, and of them those that no line of the log tells of yet.
        var dropped = 0
        var untold = 0
        var isStopped = false
    }
    private let state = Guarded(State())
    private let work = Semaphore()
    private let file: FileHandle
    private let queueBytes: Int
    private let notice: @Sendable (Int) -> [UInt8]

    /// - Parameter notice: the line that says how many were dropped.
    init(_ file: consuming FileHandle, queueBytes: Int, notice: @escaping @Sendable (Int) -> [UInt8]) {
        self.file = file
        (self.queueBytes, self.notice) = (queueBytes, notice)
    }

    var accepted: Int { state.withLock { $0.accepted } }
    var finished: Int { state.withLock { $0.finished } }
    var dropped: Int { state.withLock { $0.dropped } }

    func add(_ line: [UInt8]) {
        let isFirst = state.withLock { state in
            guard state.bytes.count + line.count <= queueBytes else {
                state.dropped += 1
                state.untold += 1
                return false
            }
            let isFirst = state.bytes.isEmpty
            state.bytes += line
            state.lines += 1
            state.accepted += 1
            return isFirst
        }
        if isFirst { work.signal() }
    }

    /// Lets `run` return when everything is written.
    func stop() {
        state.withLock { $0.isStopped = true }
        work.signal()
    }

    /// Writes until stopped: what the writer's thread does.
    func run() {
        // A pipe whose reader is gone shall be an error of write(2), not the end of the process.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe sigaddset(&signals, SIGPIPE)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        var isBroken = false
        while true {
            let (batch, isStopped) = state.withLock { state in
                let batch = (bytes: state.bytes, lines: state.lines, untold: state.untold)
                (state.bytes, state.lines) = ([], 0)
                if batch.lines > 0 { state.untold = 0 }
                return (batch, state.isStopped)
            }
            // Lines are only dropped while others wait, or after a failure: then the next line brings the number along.
            guard batch.lines > 0 else {
                if isStopped { return }
                work.wait()
                continue
            }
            var bytes = batch.bytes
            if batch.untold > 0 { bytes += notice(batch.untold) }
            // What failed may have left half a line behind; the next one must not seem to be its end.
            if isBroken { bytes.insert(0x0A, at: 0) }
            let isWritten: Bool
            do throws(Fault) {
                try file.write(bytes[...])
                isWritten = true
            } catch {
                isWritten = false
            }
            isBroken = !isWritten
            state.withLock { state in
                state.finished += batch.lines
                guard !isWritten else { return }
                state.dropped += batch.lines
                state.untold += batch.lines + batch.untold
            }
        }
    }
}
