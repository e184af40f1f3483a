// SPDX-License-Identifier: Apache-2.0

/// What a calendar and a clock on the wall show, in the proleptic Gregorian calendar.
public struct CivilTime: Hashable, Sendable {
    /// The year; of a moment, 0 and 10000 appear only where an offset leads out of its years 1…9999.
    public let year: Int
    /// The month, 1…12.
    public let month: Int
    /// The day of the month, 1…31.
    public let day: Int
    /// The hour, 0…23.
    public let hour: Int
    /// The minute, 0…59.
    public let minute: Int
    /// The second, 0…59; leap seconds do not appear.
    public let second: Int
    /// The fraction of the second, 0…999 999 999.
    public let nanosecond: Int
    /// The day of the year, 0…365.
    public let dayOfYear: Int
    /// The day of the week, 0…6 from Sunday.
    public let dayOfWeek: Int

    /// Splits seconds since 1970 on the local clock.
    public init(localSeconds: Int64, nanosecond: Int = 0) {
        let (days, time) = localSeconds.dividedFlooring(by: secondsPerDay)
        let date = CivilDate(daysSince1970: days)
        (year, month, day) = (date.year, date.month, date.day)
        (hour, minute, second) = (Int(time / 3600), Int(time / 60 % 60), Int(time % 60))
        self.nanosecond = nanosecond
        dayOfYear = Int(days - CivilDate(year: year, month: 1, day: 1).daysSince1970)
        dayOfWeek = weekday(ofDay: days)
    }
}

let secondsPerDay: Int64 = 86_400

/// The day of the week of a day counted from 1970-01-01, which was a Thursday; 0 is Sunday.
func weekday(ofDay days: Int64) -> Int { Int((days + 4).dividedFlooring(by: 7).remainder) }

extension Int64 {
    /// Division whose remainder is never negative.
    func dividedFlooring(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
