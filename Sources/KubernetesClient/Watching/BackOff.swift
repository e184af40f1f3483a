// SPDX-License-Identifier: Apache-2.0

/// Waits that grow, up to a longest one, each shortened by chance so that many clients do not come back at once.
struct BackOff: Sendable {
    private let first: Duration
    private let longest: Duration
    private(set) var failures = 0

    init(first: Duration, longest: Duration) { (self.first, self.longest) = (first, longest) }

    /// The wait after one more failure: between half and all of `first`, doubled with each failure before, at most
    /// `longest`.
    mutating func next() -> Duration {
        failures += 1
        return Self.delay(failures, first: first, longest: longest)
    }

    /// Says that something went well.
    mutating func reset() { failures = 0 }

    static func delay(_ attempt: Int, first: Duration, longest: Duration) -> Duration {
        let whole = min(first * (1 << min(max(attempt - 1, 0), 20)), longest)
        return whole * Double.random(in: 0.5...1)
    }
}
