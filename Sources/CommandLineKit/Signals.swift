// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// Turns SIGINT and SIGTERM into the cancellation of a task; a second one ends the process at once.
enum Signals {
    /// Keeps the signals for `cancelling`. Called before any thread is made: threads inherit the mask, so that only the
    /// waiting one gets them.
    static func hold() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGINT)
        unsafe sigaddset(&set, SIGTERM)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    static func cancelling<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
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
