// SPDX-License-Identifier: Apache-2.0

public import Chronology

extension TimeSpan {
    /// The length as kubectl shows ages: `45s`, `5m30s`, `3h12m`, `2d4h`, `400d`, `3y12d`.
    ///
    /// Up to two seconds before zero are nothing, since clocks differ; more is `<invalid>`.
    public var humanText: String {
        let seconds = nanoseconds / 1_000_000_000
        let (minutes, hours) = (seconds / 60, seconds / 3600)
        let (days, year) = (hours / 24, Int64(365))
        switch true {
        case seconds < -1: return "<invalid>"
        case seconds < 0: return "0s"
        case seconds < 120: return "\(seconds)s"
        case minutes < 10: return Self.pair(minutes, "m", seconds % 60, "s")
        case minutes < 180: return "\(minutes)m"
        case hours < 8: return Self.pair(hours, "h", minutes % 60, "m")
        case hours < 48: return "\(hours)h"
        case hours < 192: return Self.pair(days, "d", hours % 24, "h")
        case hours < 24 * year * 2: return "\(days)d"
        case hours < 24 * year * 8: return Self.pair(days / year, "y", days % year, "d")
        default: return "\(days / year)y"
        }
    }

    private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
        small == 0 ? "\(large)\(unit)" : "\(large)\(unit)\(small)\(smallUnit)"
    }
}
