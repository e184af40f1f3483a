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

    /// Waits for SIGTERM or SIGINT.
    public static func untilTerminated() async {
        TerminationSignal.hold()
        await withCheckedContinuation { continuation in
            startThread {
                TerminationSignal.wait()
                continuation.resume()
            }
        }
    }
}
