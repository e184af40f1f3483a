// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Web

/// When a request is tried again, and after how long.
public struct RetryPolicy: Sendable {
    /// How often a request is sent at the most.
    public var attempts = 5
    /// The wait before the second attempt; each further one is twice as long.
    public var firstDelay: Duration = .milliseconds(250)
    /// The longest wait, whatever a server asks for.
    public var longestDelay: Duration = .seconds(30)
    /// How waiting is done; tests hand in their own.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// What time it is, for dates in `Retry-After`.
    public var now: @Sendable () -> Int64 = { Timestamp.now().seconds }

    /// The defaults above.
    public init() {}

    /// Whether a status may be better the next time: 408, 429, 500, 502, 503, 504.
    public func isTransient(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

    /// How long to wait after an attempt; `Retry-After` in seconds or as a date (RFC 9110 section 10.2.3) counts.
    public func delay(afterAttempt attempt: Int, retryAfter: String?) -> Duration {
        if let retryAfter, let seconds = Int64(retryAfter.trimmed) ?? HTTPDate.seconds(retryAfter).map({ $0 - now() }) {
            return min(max(.seconds(seconds), .zero), longestDelay)
        }
        let doubled = firstDelay * (1 << min(attempt - 1, 10))
        // Up to a tenth more, so that many clients do not come back at the same moment.
        let jitter = doubled * Int.random(in: 0...100) / 1000
        return min(doubled + jitter, longestDelay)
    }
}

/// Dates of HTTP headers (RFC 9110 section 5.6.7).
enum HTTPDate {
    /// Seconds since 1970 of a date such as `Sun, 06 Nov 1994 08:49:37 GMT`; nil for another form.
    static func seconds(_ text: String) -> Int64? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let twoDigits = month + 1 < 10 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(parts[3])-\(twoDigits)-\(parts[1])T\(parts[4])Z")?.seconds
    }
}
