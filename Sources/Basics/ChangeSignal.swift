// SPDX-License-Identifier: Apache-2.0

/// Tells waiting tasks that something has changed, wherever that something is kept.
///
/// Whoever waits remembers `count`, looks whether he has to wait, and waits past that count: no change between the look
/// and the wait is missed. Waiting ends with the task that waits.
public final class ChangeSignal: Sendable {
    private struct State {
        var count: UInt64 = 0
        var lastID: UInt64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }
    private let state = Guarded(State())

    /// Nothing has changed yet.
    public init() {}

    /// How often something has changed.
    public var count: UInt64 { state.withLock { $0.count } }

    /// Something has changed.
    public func change() {
        let waiters = state.withLock { state in
            state.count += 1
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there were more changes than these; throws `CancellationError` when the task is cancelled.
    public func wait(past seen: UInt64) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let mustWait = state.withLock { state in
                    // Cancelled before, the handler below has found nobody to wake.
                    guard state.count == seen, !Task.isCancelled else { return false }
                    state.waiters[id] = waiter
                    return true
                }
                if !mustWait { waiter.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
        try Task.checkCancellation()
    }
}
