// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// The service's log on stderr, and the signal that ends it.
public enum Journal {
    /// Writes one line with the time.
    public static func note(_ line: String) {
        let text = "\(Timestamp.now()) \(line.filter { !$0.isNewline })\n"
        let bytes = Array(text.utf8)
        _ = unsafe write(2, bytes, bytes.count)
    }

    /// Keeps SIGTERM and SIGINT for `untilTerminated`. Called before any thread is made: threads inherit the mask.
    public static func holdSignals() {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, SIGTERM)
        unsafe sigaddset(&set, SIGINT)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Waits for SIGTERM or SIGINT.
    public static func untilTerminated() async {
        await withCheckedContinuation { continuation in
            startThread {
                var waited = sigset_t()
                unsafe sigemptyset(&waited)
                unsafe sigaddset(&waited, SIGTERM)
                unsafe sigaddset(&waited, SIGINT)
                var number: Int32 = 0
                unsafe sigwait(&waited, &number)
                continuation.resume()
            }
        }
    }
}
