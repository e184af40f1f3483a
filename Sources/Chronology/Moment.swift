// SPDX-License-Identifier: Apache-2.0

/// A moment between 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999999999Z.
///
/// It remembers the offset it was written with, which is no part of equality, order or hash.
public struct Moment: Hashable, Comparable, Sendable {
    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public let seconds: Int64
    /// What the seconds leave, 0…999 999 999.
    public let nanoseconds: Int32
    /// The offset from UTC it was written with, −1439…1439; for descriptions only.
    public let offsetMinutes: Int16

    /// A moment by its parts; nil when one of them is outside its range.
    public init?(seconds: Int64, nanoseconds: Int32 = 0, offsetMinutes: Int16 = 0) {
        guard Self.range.contains(seconds), (0..<1_000_000_000).contains(nanoseconds),
            (-1439...1439).contains(offsetMinutes)
        else { return nil }
        (self.seconds, self.nanoseconds, self.offsetMinutes) = (seconds, nanoseconds, offsetMinutes)
    }

    /// The seconds from the start of the year 1 to the end of the year 9999.
    static let range: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    /// Whether both are the same moment, whatever their offsets.
    public static func == (a: Moment, b: Moment) -> Bool {
        (a.seconds, a.nanoseconds) == (b.seconds, b.nanoseconds)
    }

    /// Hashes the moment without its offset.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(seconds)
        hasher.combine(nanoseconds)
    }

    /// Earlier moments come first.
    public static func < (a: Moment, b: Moment) -> Bool { (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds) }
}

extension Moment {
    /// The moment a span later, with the same offset; nil outside the range.
    public func adding(_ span: TimeSpan) -> Moment? { moved(by: Int128(span.nanoseconds)) }

    /// The moment a span earlier, with the same offset; nil outside the range.
    public func subtracting(_ span: TimeSpan) -> Moment? { moved(by: -Int128(span.nanoseconds)) }

    /// The span from another moment to this one; nil when 64 bits of nanoseconds do not hold it (292 years).
    public func since(_ other: Moment) -> TimeSpan? {
        Int64(exactly: total - other.total).map(TimeSpan.init(nanoseconds:))
    }

    /// What calendar and clock show where these rules hold.
    public func civil(in zone: TimeZoneRules) -> CivilTime { civil(offsetSeconds: zone.offsetSeconds(at: seconds)) }

    /// What calendar and clock show at an offset from UTC, which is kept within ±26 hours.
    public func civil(offsetSeconds: Int = 0) -> CivilTime {
        let offset = Int64(min(max(offsetSeconds, -93_600), 93_600))
        return CivilTime(localSeconds: seconds + offset, nanosecond: Int(nanoseconds))
    }

    /// Nanoseconds since 1970; the range of moments needs 70 bits.
    private var total: Int128 { Int128(seconds) * Int128(nanosecondsPerSecond) + Int128(nanoseconds) }

    private func moved(by distance: Int128) -> Moment? {
        let sum = total + distance
        let fraction = Int32(truncatingIfNeeded: sum % Int128(nanosecondsPerSecond))
        let positive = fraction < 0 ? fraction + 1_000_000_000 : fraction
        let whole = (sum - Int128(positive)) / Int128(nanosecondsPerSecond)
        return Moment(
            seconds: Int64(truncatingIfNeeded: whole), nanoseconds: positive, offsetMinutes: offsetMinutes)
    }
}
