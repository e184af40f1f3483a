// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Repositories

extension OperationContext {
    /// Moves a content while its progress is told, and counted for this operation.
    ///
    /// - Parameter thing: what messages call the content.
    public func moving<Result: Sendable>(
        _ thing: String, bytes: Int64?,
        _ move: @Sendable (PlacementObserver) async throws -> Result
    ) async throws -> Result {
        let (id, run) = (operation, run)
        run.observer(.started(id: id, name: thing, bytes: bytes))
        let watch = PlacementObserver(
            moved: { bytes in
                run.counts.withLock { $0[id, default: MovedBytes()].moved += bytes }
                run.observer(.moved(id: id, bytes: bytes))
            },
            skipped: { bytes in
                run.counts.withLock { $0[id, default: MovedBytes()].spared += bytes }
                run.observer(.moved(id: id, bytes: bytes))
            })
        do {
            let result = try await move(watch)
            run.observer(.finished(id: id))
            return result
        } catch {
            guard !(error is CancellationError) else { throw error }
            throw Fault(wrapping: error).about(thing)
        }
    }

    /// What some operations of the run moved, all together.
    public func moved(by operations: some Sequence<String>) -> MovedBytes {
        run.counts.withLock { counts in
            operations.reduce(into: MovedBytes()) { sum, id in
                sum.moved += counts[id]?.moved ?? 0
                sum.spared += counts[id]?.spared ?? 0
            }
        }
    }
}

/// How much operations moved.
public struct MovedBytes: Sendable {
    /// Bytes that moved.
    public internal(set) var moved: Int64 = 0
    /// Bytes that were there already, or were mounted.
    public internal(set) var spared: Int64 = 0
}
