// SPDX-License-Identifier: Apache-2.0

/// Notices when a transfer hardly moves, without reading a clock for every piece.
///
/// Header bytes do not count, so that a server cannot hold a client forever by sending one from time to time.
struct StallWatch {
    private let limit: Duration
    private let least: Int
    private var since: ContinuousClock.Instant
    private var moved = 0

    /// Watches that within every `limit` at least `bytesPerSecond` is moved on average.
    init(limit: Duration, bytesPerSecond: Int, now: ContinuousClock.Instant) {
        self.limit = limit
        least = max(1, Int(Double(bytesPerSecond) * (limit / .seconds(1))))
        since = now
    }

    /// So many bytes went either way.
    mutating func moved(_ count: Int) { moved += count }

    /// Whether too little has moved for too long.
    ///
    /// - Parameters:
    ///   - isExcused: the other side is not to blame: it is we who are slow.
    ///   - grace: time it gets on top.
    mutating func isStalled(at now: ContinuousClock.Instant, isExcused: Bool, grace: Duration) -> Bool {
        if isExcused || moved >= least {
            (since, moved) = (now, 0)
            return false
        }
        return now - since > limit + grace
    }
}
