// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Glibc

/// A moment in UTC with second precision, as RFC 3339 writes it: `2026-01-02T03:04:05Z`.
public struct Timestamp: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64

    /// A moment by its seconds since 1970.
    public init(seconds: Int64) { self.seconds = seconds }

    /// The present moment. Logic takes a clock instead; this is for `main`.
    public static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec))
    }

    /// Earlier moments come first.
    public static func < (a: Timestamp, b: Timestamp) -> Bool { a.seconds < b.seconds }

    /// RFC 3339 in UTC with `Z`.
    public var description: String {
        let civil = CivilTime(localSeconds: seconds)
        return "\(pad(civil.year, 4))-\(pad(civil.month, 2))-\(pad(civil.day, 2))T"
            + "\(pad(civil.hour, 2)):\(pad(civil.minute, 2)):\(pad(civil.second, 2))Z"
    }

    /// Parses RFC 3339 with any offset; fractions of a second are dropped. Nil when it is not that.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int64? {
            guard range.upperBound <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        guard bytes.count >= 20, bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[10] | 0x20 == 0x74,
            bytes[13] == 0x3A, bytes[16] == 0x3A, let year = number(0..<4), let month = number(5..<7),
            let day = number(8..<10), let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second <= 60
        else { return nil }
        var rest = 19
        if bytes[rest] == 0x2E {
            rest += 1
            while rest < bytes.count, (0x30...0x39).contains(bytes[rest]) { rest += 1 }
        }
        guard rest < bytes.count else { return nil }
        var offset: Int64 = 0
        switch bytes[rest] {
        case 0x5A, 0x7A: guard rest + 1 == bytes.count else { return nil }
        case 0x2B, 0x2D:
            guard rest + 6 == bytes.count, bytes[rest + 3] == 0x3A, let hours = number(rest + 1..<rest + 3),
                let minutes = number(rest + 4..<rest + 6)
            else { return nil }
            offset = (hours * 3600 + minutes * 60) * (bytes[rest] == 0x2B ? 1 : -1)
        default: return nil
        }
        let days = CivilDate(year: Int(year), month: Int(month), day: Int(day)).daysSince1970
        seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
    }

    private func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
