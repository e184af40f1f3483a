// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents

/// Lengths of time as tables show them: `45s`, `5m30s`, `3h12m`, `2d4h`, `400d`, `3y12d`.
enum HumanDuration {
    /// Up to two seconds before zero are nothing, since clocks differ; more is `<invalid>`.
    static func text(_ span: TimeSpan) -> String {
        let seconds = span.nanoseconds / 1_000_000_000
        let (minutes, hours) = (seconds / 60, seconds / 3600)
        let (days, year) = (hours / 24, Int64(365))
        return switch true {
        case seconds < -1: "<invalid>"
        case seconds < 0: "0s"
        case seconds < 120: "\(seconds)s"
        case minutes < 10: pair(minutes, "m", seconds % 60, "s")
        case minutes < 180: "\(minutes)m"
        case hours < 8: pair(hours, "h", minutes % 60, "m")
        case hours < 48: "\(hours)h"
        case hours < 192: pair(days, "d", hours % 24, "h")
        case hours < 24 * year * 2: "\(days)d"
        case hours < 24 * year * 8: pair(days / year, "y", days % year, "d")
        default: "\(days / year)y"
        }
    }

    /// The time since a moment of an object; `<unknown>` when it is not given.
    static func since(_ moment: JSON?, now: Moment) -> String {
        guard let text = moment?.string, !text.isEmpty else { return "<unknown>" }
        guard let moment = Moment(rfc3339: text) else { return "<invalid>" }
        return Self.text(between(moment, now))
    }

    /// The span between moments; Go's spans end at 292 years.
    static func between(_ start: Moment, _ end: Moment) -> TimeSpan {
        end.since(start) ?? TimeSpan(nanoseconds: end < start ? .min : .max)
    }

    private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(smallUnit)"
    }
}
