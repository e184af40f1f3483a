// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Bytes of memory that moving contents share: who wants some waits until it is there, in the order of asking.
public actor MemoryBudget {
    /// All there is to share.
    public nonisolated let total: Int64
    private var free: Int64
    private var waiting: [(id: Int, bytes: Int64, continuation: CheckedContinuation<Void, any Error>)] = []
    private var lastID = 0

    /// A budget of so many bytes.
    public init(_ total: Int64) { (self.total, free) = (total, total) }

    /// What nobody has now.
    public var available: Int64 { free }
    /// How many wait.
    public var waitingCount: Int { waiting.count }

    /// Runs `body` with so many bytes reserved.
    ///
    /// - Throws: `limitExceeded` when there will never be so many; what `body` throws; when the task is cancelled while
    ///   it waits, `CancellationError`.
    public nonisolated func with<Result: Sendable>(
        _ bytes: Int64, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        try await reserve(bytes)
        do {
            let result = try await body()
            await release(bytes)
            return result
        } catch {
            await release(bytes)
            throw error
        }
    }

    private func reserve(_ bytes: Int64) async throws {
        guard bytes <= total else {
            throw Fault(
                .limitExceeded, "\(ByteCount(bytes)) of memory are needed at once, and \(ByteCount(total)) are there",
                fix: "raise --max-memory")
        }
        try Task.checkCancellation()
        if waiting.isEmpty, bytes <= free {
            free -= bytes
            return
        }
        lastID += 1
        let id = lastID
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                // The cancellation may have come before this, when there was nothing to take out.
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting.append((id, bytes, continuation))
            }
        } onCancel: {
            Task { await self.cancel(id) }
        }
    }

    private func release(_ bytes: Int64) {
        free += bytes
        serve()
    }

    /// Serves from the front, so that one who wants much is not passed by for ever.
    private func serve() {
        while let first = waiting.first, first.bytes <= free {
            waiting.removeFirst()
            free -= first.bytes
            first.continuation.resume()
        }
    }

    private func cancel(_ id: Int) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
        serve()
    }
}
