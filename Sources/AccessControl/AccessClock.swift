// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// The times that access depends on; tests hand in their own.
public struct AccessClock: Sendable {
    /// The present moment, against which certificates and tokens are checked.
    public let now: @Sendable () -> Timestamp
    /// Milliseconds since some moment. Never goes back, so that a wrong clock neither locks nor unlocks anybody.
    public let uptime: @Sendable () -> Int64
    /// Waits for so many milliseconds, or until the task is cancelled.
    public let pause: @Sendable (Int64) async -> Void

    /// A clock of one's own.
    public init(
        now: @escaping @Sendable () -> Timestamp, uptime: @escaping @Sendable () -> Int64,
        pause: @escaping @Sendable (Int64) async -> Void
    ) {
        (self.now, self.uptime, self.pause) = (now, uptime, pause)
    }

    /// The system's clocks.
    public static let system = AccessClock(
        now: { Timestamp.now() },
        uptime: {
            var time = timespec()
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        }, pause: { try? await Task.sleep(nanoseconds: UInt64(max(0, $0)) * 1_000_000) })
}
