// SPDX-License-Identifier: Apache-2.0

/// Lets one operation at a time run for each key, also while it waits for something.
///
/// The others wait in the order of asking, and the next goes on when the one before has ended, well or not. Whoever is
/// cancelled waits no longer.
public actor KeyedGate<Key: Hashable & Sendable> {
    /// Who waits, for each key that somebody holds.
    private var waiting: [Key: [(id: Int, continuation: CheckedContinuation<Void, any Error>)]] = [:]
    private var lastID = 0

    /// An open gate.
    public init() {}

    /// How many keys are held.
    public var heldCount: Int { waiting.count }
    /// How many wait, for whatever key.
    public var waitingCount: Int { waiting.values.reduce(0) { $0 + $1.count } }
    /// How many wait for a key.
    public func waitingCount(for key: Key) -> Int { waiting[key]?.count ?? 0 }

    /// Runs `operation` while nobody else runs one for the key.
    ///
    /// - Throws: what `operation` throws; when the task is cancelled while it waits, `CancellationError`.
    public nonisolated func run<Value: Sendable>(
        _ key: Key, _ operation: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await enter(key)
        do {
            let value = try await operation()
            await leave(key)
            return value
        } catch {
            await leave(key)
            throw error
        }
    }

    private func enter(_ key: Key) async throws {
        try Task.checkCancellation()
        guard waiting[key] != nil else {
            waiting[key] = []
            return
        }
        lastID += 1
        let id = lastID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // The cancellation may have come before this, when there was nothing to take out.
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting[key, default: []].append((id, continuation))
            }
        } onCancel: {
            Task { await self.cancel(id, key) }
        }
    }

    private func leave(_ key: Key) {
        guard waiting[key]?.isEmpty == false else {
            waiting[key] = nil
            return
        }
        waiting[key]?.removeFirst().continuation.resume()
    }

    private func cancel(_ id: Int, _ key: Key) {
        guard let index = waiting[key]?.firstIndex(where: { $0.id == id }) else { return }
        waiting[key]?.remove(at: index).continuation.resume(throwing: CancellationError())
    }
}
