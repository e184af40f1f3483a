// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Where readers of several streams hand over what they have read, one thing at a time, to one who takes.
final class MessageMeeting: Sendable {
    private struct State {
        var waiting: PodMessage?
        var givers = 0
    }
    private let state = Guarded(State())
    private let changed = ChangeSignal()

    /// One more gives.
    func join() { state.withLock { $0.givers += 1 } }

    /// One gives nothing more.
    func leave() {
        state.withLock { $0.givers -= 1 }
        changed.change()
    }

    /// Hands something over, when there is room.
    func put(_ message: PodMessage) async throws {
        while true {
            let seen = changed.count
            let isPut = state.withLock { state in
                guard state.waiting == nil else { return false }
                state.waiting = message
                return true
            }
            if isPut { return changed.change() }
            try await changed.wait(past: seen)
        }
    }

    /// What is handed over next; nil when nobody gives anything more.
    func next() async throws -> PodMessage? {
        while true {
            let seen = changed.count
            let (message, isOver) = state.withLock { state in
                defer { state.waiting = nil }
                return (state.waiting, state.waiting == nil && state.givers == 0)
            }
            if let message {
                changed.change()
                return message
            }
            if isOver { return nil }
            try await changed.wait(past: seen)
        }
    }
}
