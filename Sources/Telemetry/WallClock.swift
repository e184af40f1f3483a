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

/// Nanoseconds since 1970 as RFC 3339 in UTC with milliseconds: `2026-01-02T03:04:05.678Z`.
func millisecondText(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds >= 0 ? nanoseconds / 1_000_000_000 : (nanoseconds - 999_999_999) / 1_000_000_000
    let civil = CivilTime(localSeconds: seconds)
    let milliseconds = Int((nanoseconds - seconds * 1_000_000_000) / 1_000_000)
    var text: [UInt8] = []
    text.reserveCapacity(24)
    func put(_ value: Int, _ width: Int, _ end: Character) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            text.append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
        text.append(end.asciiValue ?? 0x3F)
    }
    put(civil.year, 4, "-")
    put(civil.month, 2, "-")
    put(civil.day, 2, "T")
    put(civil.hour, 2, ":")
    put(civil.minute, 2, ":")
    put(civil.second, 2, ".")
    put(milliseconds, 3, "Z")
    return String(decoding: text, as: UTF8.self)
}
