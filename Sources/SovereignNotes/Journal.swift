// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc

/// The service's log on stderr, and the signal that ends it.
public enum Journal {
    /// Writes one line with the time, without control characters: no client can forge a line or drive a terminal.
    public static func note(_ line: String) {
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: line.unicodeScalars.filter { $0.properties.generalCategory != .control })
        let text = "\(Timestamp.now()) \(String(kept))\n"
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
