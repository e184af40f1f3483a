// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What time it is for a registry: a clock that is set when the registry is opened, and neither leaps nor goes back.
///
/// The machine's clock may be wrong, and be set while the process runs. Records have times of this one, which is never
/// before that of the newest record. What is removed because it is old is old by what has passed for sure: what this
/// process has seen pass (CLOCK_BOOTTIME, which nobody sets), and for what is older than the process, what lies between it
/// and the newest record that was there. So garbage may stay longer, and nothing young goes.
struct RegistryClock: Sendable {
    /// Milliseconds since 1970, as this machine believes.
    private let wall: @Sendable () -> Int64
    private let steady: @Sendable () -> Int64
    private let steadyStart: Int64
    private let start: Int64
    private let newest: Int64

    /// - Parameter newest: the time of the newest record, nil when there is none.
    init(wall: @escaping @Sendable () -> Int64, steady: @escaping @Sendable () -> Int64, newest: Int64?) {
        (self.wall, self.steady, steadyStart) = (wall, steady, steady())
        start = max(wall(), newest ?? .min)
        self.newest = newest ?? start
    }

    /// Milliseconds since 1970 by this clock.
    var now: Int64 { start + max(0, steady() - steadyStart) }

    /// Which moments lie so many milliseconds back.
    struct Cutoff: Sendable {
        /// Moments up to here do.
        let before: Int64
        /// Moments from here…
        let start: Int64
        /// …to here do as well.
        let after: Int64

        func covers(_ moment: Int64) -> Bool { moment <= before || (moment >= start && moment <= after) }
    }

    /// - Parameter isTrusted: whether to go by the clock on the wall.
    func cutoff(_ age: Int64, isTrusted: Bool) -> Cutoff {
        if isTrusted { return Cutoff(before: wall() - age, start: .max, after: .min) }
        let passed = now - start
        return Cutoff(before: newest + passed - age, start: start, after: start + passed - age)
    }

    /// Whether a moment of the machine's clock, such as a file's, is one that no clock of here has come to.
    func isAhead(_ moment: Int64) -> Bool { moment > max(wall(), now) + Self.tolerance }

    /// Clocks of machines that are kept right differ by less.
    private static let tolerance: Int64 = 300_000

    /// Milliseconds since the machine was started.
    static func sinceBoot() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
