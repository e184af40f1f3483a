// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Turns SIGINT and SIGTERM into the cancellation of a task; a second one ends the process at once.
enum Signals {
    static func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        // All threads made from here on inherit the mask, so that only the waiting thread gets these signals.
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
        let task = Task { try await work() }
        startThread {
            var waited = sigset_t()
            unsafe sigemptyset(&waited)
            unsafe sigaddset(&waited, SIGINT)
            unsafe sigaddset(&waited, SIGTERM)
            var number: Int32 = 0
            unsafe sigwait(&waited, &number)
            task.cancel()
            unsafe sigwait(&waited, &number)
            _exit(ExitCode.interrupted.rawValue)
        }
        return try await task.value
    }
}
