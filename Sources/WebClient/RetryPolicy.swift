// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// When a request is tried again, and after how long.
public struct RetryPolicy: Sendable {
    /// How often a request is sent at the most.
    public var attempts = 5
    /// How often a server that cannot be reached at all is tried at the most: who mistypes a name waits less.
    public var connectAttempts = 3
    /// The wait before the second attempt; each further one is twice as long.
    public var firstDelay: Duration = .milliseconds(250)
    /// The longest wait of our own choice.
    public var longestDelay: Duration = .seconds(10)
    /// The longest wait that a server may ask for; one that asks for more is not tried again.
    public var longestRetryAfter: Duration = .seconds(60)
    /// How waiting is done; tests hand in their own.
    public var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    /// What time it is in seconds since 1970, for dates in `Retry-After`.
    public var now: @Sendable () -> Int64 = { Timestamp.now().seconds }

    /// The defaults above.
    public init() {}

    /// Whether a status may be better the next time: 408, 429, 500, 502, 503, 504.
    public func isTransient(_ status: Int) -> Bool { [408, 429, 500, 502, 503, 504].contains(status) }

    /// How long to wait after an attempt; nil when the server asks for more patience than we have.
    ///
    /// `Retry-After` counts, in seconds or as a date (RFC 9110 section 10.2.3). Our own waits grow, and get up to a
    /// tenth more, so that many clients do not come back at the same moment.
    public func delay(afterAttempt attempt: Int, retryAfter: String?) -> Duration? {
        if let retryAfter, let seconds = seconds(retryAfter) {
            return seconds > longestRetryAfter / .seconds(1) ? nil : .seconds(max(seconds, 0))
        }
        let doubled = min(firstDelay * (1 << min(max(attempt - 1, 0), 10)), longestDelay)
        return doubled + doubled * Double.random(in: 0...0.1)
    }

    private func seconds(_ text: String) -> Double? {
        let text = text.trimmed
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Double(text) }
        return HTTPDate.seconds(text).map { Double($0 - now()) }
    }
}
