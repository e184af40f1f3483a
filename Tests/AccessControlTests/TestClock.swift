// SPDX-License-Identifier: Apache-2.0

import Basics

@testable import AccessControl

/// A clock that stands until it is told to go on.
final class TestClock: Sendable {
    private struct State {
        var now: Int64 = 1_800_000_000
        var uptime: Int64 = 1_000_000
        var pauses: [Int64] = []
    }

    private let state = Guarded(State())

    /// How long was waited, each time.
    var pauses: [Int64] { state.withLock { $0.pauses } }

    var access: AccessClock {
        AccessClock(
            now: { Timestamp(seconds: self.state.withLock { $0.now }) }, uptime: { self.state.withLock { $0.uptime } },
            pause: { milliseconds in self.state.withLock { $0.pauses.append(milliseconds) } })
    }

    func advance(seconds: Int64) {
        state.withLock { state in
            state.now += seconds
            state.uptime += 1000 * seconds
        }
    }

    /// Sets the time of day only, as an administrator does.
    func setDay(_ seconds: Int64) { state.withLock { $0.now = seconds } }
}
