// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Repositories

extension OperationContext {
    /// Moves a content to a target while its progress is told and counted.
    ///
    /// - Parameter thing: what messages call the content.
    public func moving<Result: Sendable>(
        _ thing: String, bytes: Int64?, to target: RepositoryLocator,
        _ move: @Sendable (PlacementObserver) async throws -> Result
    ) async throws -> Result {
        let (id, run) = (operation, run)
        run.observer(.started(id: id, name: thing, bytes: bytes))
        let watch = PlacementObserver(
            moved: { bytes in
                run.counts.withLock { $0[target.kind, default: MovedBytes()].moved += bytes }
                run.observer(.moved(id: id, bytes: bytes))
            },
            skipped: { bytes in
                run.counts.withLock { $0[target.kind, default: MovedBytes()].spared += bytes }
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

    /// What moved to a target.
    public func moved(to target: RepositoryLocator) -> MovedBytes {
        run.counts.withLock { $0[target.kind] ?? MovedBytes() }
    }
}

/// How much moved to one place.
public struct MovedBytes: Sendable {
    /// Bytes that moved.
    public internal(set) var moved: Int64 = 0
    /// Bytes that were there already, or were mounted.
    public internal(set) var spared: Int64 = 0
}
