// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Turns SIGINT and SIGTERM into the cancellation of a task; a second one ends the process at once.
enum Signals {
    static func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        TerminationSignal.hold()
        let task = Task { try await work() }
        startThread {
            TerminationSignal.wait()
            task.cancel()
            TerminationSignal.wait()
            _exit(ExitCode.interrupted.rawValue)
        }
        return try await task.value
    }
}
