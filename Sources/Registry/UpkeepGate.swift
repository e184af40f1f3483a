// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Storage

/// Lets one kind of upkeep of a registry run at a time.
final class UpkeepGate: Sendable {
    private struct State {
        var running: String?
        var isCompacting = false
        var isClosed = false
        var compact: (@Sendable () -> Void)?
    }
    private let state = Guarded(State())

    /// Begins something; throws `.conflict` while something else runs. Who began it calls `end`.
    func begin(_ name: String) throws(Fault) {
        try state.withLock { state throws(Fault) in
            if let other = state.running {
                throw Fault(.conflict, "the registry \(other) already", fix: "wait until that is done")
            }
            state.running = name
        }
    }

    func end() { state.withLock { $0.running = nil } }

    /// What to do when records have become long.
    func whenRecordsGrow(_ compact: @escaping @Sendable () -> Void) { state.withLock { $0.compact = compact } }

    /// Has the records compacted, unless they are already.
    func recordsHaveGrown() { state.withLock { $0.isCompacting ? nil : $0.compact }?() }

    /// Whether the caller is the one to compact records; he calls `endCompacting` then.
    func beginCompacting() -> Bool {
        state.withLock { state in
            guard !state.isCompacting, !state.isClosed else { return false }
            state.isCompacting = true
            return true
        }
    }

    func endCompacting() { state.withLock { $0.isCompacting = false } }

    /// Lets no compaction begin any more, and waits for the one that runs: the next process must not meet its files.
    func close() async {
        state.withLock { $0.isClosed = true }
        while state.withLock({ $0.isCompacting }) { try? await Task.sleep(for: .milliseconds(5)) }
    }
}

extension RegistryFolder {
    /// Runs `body` on the threads that wait for disks.
    func onDisk<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws(Fault) -> Result {
        do {
            return try await withTaskExecutorPreference(DiskExecutor.shared) { try await body() }
        } catch { throw Fault(wrapping: error) }
    }
}
