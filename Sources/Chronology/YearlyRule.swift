// SPDX-License-Identifier: Apache-2.0

/// Two offsets and the dates on which clocks change between them every year: a POSIX `TZ` text.
struct YearlyRule: Sendable {
    /// Seconds east of UTC in the ordinary part of the year.
    let standard: Int
    /// The other part of the year, for zones that have one.
    let summer: Summer?

    struct Summer: Sendable {
        /// Seconds east of UTC.
        let offset: Int
        /// When it starts, on a clock that shows standard time.
        let start: YearlyDate
        /// When it ends, on a clock that shows summer time.
        let end: YearlyDate
    }

    func offset(at seconds: Int64) -> Int {
        guard let summer else { return standard }
        let year = CivilDate(daysSince1970: seconds.dividedFlooring(by: secondsPerDay).quotient).year
        // The last change before the moment counts. Changes near New Year belong to another year in UTC, so three
        // years are looked at; of two changes at once, which is how summer without end is written, the start wins.
        var latest: (time: Int64, offset: Int) = (.min, standard)
        for year in year - 1...year + 1 {
            let changes = [
                (summer.end.seconds(in: year) - Int64(summer.offset), standard),
                (summer.start.seconds(in: year) - Int64(standard), summer.offset),
            ]
            for (time, offset) in changes where time <= seconds && time >= latest.time { latest = (time, offset) }
        }
        return latest.offset
    }
}

/// A time of day on a day of every year.
struct YearlyDate: Sendable {
    enum Day: Sendable {
        /// 1…365; the 29th of February is not counted.
        case ofCommonYear(Int)
        /// 0…365.
        case ofYear(Int)
        /// A weekday, 0 is Sunday, in a week 1…5 of a month; 5 is the last.
        case ofMonth(Int, week: Int, weekday: Int)
    }
    let day: Day
    /// Seconds after midnight; may be negative or beyond the day.
    let time: Int

    /// Seconds since 1970 on the local clock.
    func seconds(in year: Int) -> Int64 {
        let newYear = CivilDate(year: year, month: 1, day: 1).daysSince1970
        let number: Int64
        switch day {
        case .ofCommonYear(let day): number = newYear + Int64(day - 1 + (day >= 60 && CivilDate.isLeap(year) ? 1 : 0))
        case .ofYear(let day): number = newYear + Int64(day)
        case .ofMonth(let month, let week, let weekday):
            let first = CivilDate(year: year, month: month, day: 1).daysSince1970
            let firstSuch = (weekday - Chronology.weekday(ofDay: first) + 7) % 7
            let day = firstSuch + 7 * (week - 1)
            number = first + Int64(day < CivilDate.days(inMonth: month, of: year) ? day : day - 7)
        }
        return number * secondsPerDay + Int64(time)
    }
}
