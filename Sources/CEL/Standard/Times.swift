// SPDX-License-Identifier: Apache-2.0

internal import Chronology

extension Function {
    /// The parts of moments, in UTC or a time zone, and of spans.
    static let times: [Function] = [
        time("getFullYear", "year") { Int64($0.year) },
        time("getMonth", "month") { Int64($0.month - 1) },
        time("getDate", "day_of_month_1_based") { Int64($0.day) },
        time("getDayOfMonth", "day_of_month") { Int64($0.day - 1) },
        time("getDayOfYear", "day_of_year") { Int64($0.dayOfYear) },
        time("getDayOfWeek", "day_of_week") { Int64($0.dayOfWeek) },
        time("getHours", "hours", span: 3_600_000_000_000) { Int64($0.hour) },
        time("getMinutes", "minutes", span: 60_000_000_000) { Int64($0.minute) },
        time("getSeconds", "seconds", span: 1_000_000_000) { Int64($0.second) },
        Function(
            "getMilliseconds",
            overloads: ofMoment("milliseconds") { Int64($0.nanosecond / 1_000_000) } + [
                .method("duration_to_milliseconds") { (span: TimeSpan, _) in
                    span.nanoseconds / 1_000_000 % 1000
                }
            ]),
    ]

    private static func time(
        _ name: String, _ part: String, span unit: Int64? = nil, _ read: @escaping @Sendable (CivilTime) -> Int64
    ) -> Function {
        var overloads = ofMoment(part, read)
        if let unit {
            overloads.append(
                .method("duration_to_\(part)") { (span: TimeSpan, _) in span.nanoseconds / unit })
        }
        return Function(name, overloads: overloads)
    }

    private static func ofMoment(
        _ part: String, _ read: @escaping @Sendable (CivilTime) -> Int64
    ) -> [Overload] {
        [
            .method("timestamp_to_\(part)") { (moment: Moment, _) in read(moment.civil()) },
            .method("timestamp_to_\(part)_with_tz") { (moment: Moment, zone: String, budget) throws(EvaluationError) in
                // A zone that was not asked for before is looked for in files.
                try budget.spend(200)
                guard let rules = TimeZoneRules.find(zone) else { throw .invalid("unknown time zone \(zone)") }
                return read(moment.civil(in: rules))
            },
        ]
    }
}

extension Overload {
    /// `getMilliseconds()` of a duration as cel-go has it: all of it.
    static let totalMilliseconds = Overload.method("duration_to_milliseconds") { (span: TimeSpan, _) in
        span.nanoseconds / 1_000_000
    }
}
