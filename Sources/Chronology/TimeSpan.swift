// SPDX-License-Identifier: Apache-2.0

/// A length of time in whole nanoseconds, up to about 292 years in both directions: Go's `time.Duration`.
public struct TimeSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The length; negative spans point back in time.
    public let nanoseconds: Int64

    /// A span by its nanoseconds.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// A span by its whole seconds; nil when 64 bits of nanoseconds do not hold it.
    public init?(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: nanosecondsPerSecond)
        guard !overflow else { return nil }
        nanoseconds = product
    }

    /// No time at all.
    public static let zero = TimeSpan(nanoseconds: 0)

    /// Shorter spans come first, and negative ones before them.
    public static func < (a: TimeSpan, b: TimeSpan) -> Bool { a.nanoseconds < b.nanoseconds }

    /// The sum; nil when 64 bits do not hold it.
    public func adding(_ other: TimeSpan) -> TimeSpan? {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(other.nanoseconds)
        return overflow ? nil : TimeSpan(nanoseconds: sum)
    }

    /// The difference; nil when 64 bits do not hold it.
    public func subtracting(_ other: TimeSpan) -> TimeSpan? {
        let (difference, overflow) = nanoseconds.subtractingReportingOverflow(other.nanoseconds)
        return overflow ? nil : TimeSpan(nanoseconds: difference)
    }

    /// The same length in the other direction; nil for the one negative span that has no counterpart.
    public var negated: TimeSpan? { TimeSpan.zero.subtracting(self) }

    /// As `goText`.
    public var description: String { goText }
}

let nanosecondsPerSecond: Int64 = 1_000_000_000
