// SPDX-License-Identifier: Apache-2.0

/// How long what failed waits before it is tried again.
public struct RetryDelays: Sendable {
    /// The wait after the first failure; it doubles with each further one.
    public var first = Duration.milliseconds(5)
    /// The longest wait.
    public var longest = Duration.seconds(300)
    /// How many retries of all keys together may happen in a second, once `burst` of them have.
    public var perSecond = 10.0
    /// How many may happen at once.
    public var burst = 100.0

    /// The waits above.
    public init() {}

    /// The wait of a key behind so many failures.
    func delay(failures: Int) -> Duration {
        min(first * (1 << min(max(failures - 1, 0), 24)), longest)
    }
}

/// A bucket out of which retries take what they need, and which fills again by itself.
struct RetryBucket: Sendable {
    private let delays: RetryDelays
    private var level: Double
    private var filled: ContinuousClock.Instant

    init(_ delays: RetryDelays, now: ContinuousClock.Instant) {
        (self.delays, level, filled) = (delays, delays.burst, now)
    }

    /// How long one more has to wait for its turn.
    mutating func take(at now: ContinuousClock.Instant) -> Duration {
        let passed = max(0, (now - filled) / .seconds(1))
        (level, filled) = (min(delays.burst, level + passed * delays.perSecond) - 1, now)
        return level >= 0 ? .zero : .seconds(-level / delays.perSecond)
    }
}
