// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// SIGINT and SIGTERM as something to wait for.
///
/// A handler is needed, masking does not suffice: Dispatch parks the main thread in sigsuspend(2) with an empty mask.
public enum TerminationSignal {
    // Posted by the handler, which may call nothing but sem_post(3). Made before the handler is installed, never freed.
    private static let arrived = Semaphore()

    /// From now on the signals are kept for `wait` instead of ending the process. SIGPIPE becomes an error of write(2).
    public static func hold() {
        _ = arrived
        signal(SIGPIPE, SIG_IGN)
        for number in [SIGINT, SIGTERM] { signal(number, { _ in TerminationSignal.arrived.signal() }) }
    }

    /// Sleeps until one of the signals comes. Blocks its thread: for threads of our own.
    public static func wait() { arrived.wait() }
}
