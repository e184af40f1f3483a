// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Glibc

/// What time it is; tests hand in their own.
public struct WallClock: Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z.
    public var nanoseconds: @Sendable () -> Int64

    /// A clock that a closure reads.
    public init(_ nanoseconds: @escaping @Sendable () -> Int64) { self.nanoseconds = nanoseconds }

    /// The system's clock.
    public static let system = WallClock {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

/// Appends nanoseconds since 1970 as RFC 3339 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
func appendMilliseconds(_ nanoseconds: Int64, to text: inout [UInt8]) {
    let seconds = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
    let civil = CivilTime(localSeconds: seconds)
    let milliseconds = Int((nanoseconds - seconds * 1_000_000_000) / 1_000_000)
    func put(_ value: Int, from divisor: Int, _ end: Unicode.Scalar) {
        var divisor = divisor
        while divisor > 0 {
            text.append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
        text.append(UInt8(ascii: end))
    }
    put(civil.year, from: 1000, "-")
    put(civil.month, from: 10, "-")
    put(civil.day, from: 10, "T")
    put(civil.hour, from: 10, ":")
    put(civil.minute, from: 10, ":")
    put(civil.second, from: 10, ".")
    put(milliseconds, from: 100, "Z")
}
