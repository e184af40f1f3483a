// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Storage

extension RegistryFolder {
    /// Begins a new segment of the records with all that is true, and removes the old one; does nothing while another call
    /// does so.
    ///
    /// The state is written beside the running registry, from a view of the index that stands still; then the writer adds
    /// what came in between. It happens by itself when records have become much longer than what they say (`RegistryLimits`).
    public func compactRecords() async throws(Fault) { try await compactRecords { _ in } }

    func compactRecords(at step: @escaping @Sendable (RecordKeeper.Step) throws(Fault) -> Void) async throws(Fault) {
        guard upkeep.beginCompacting() else { return }
        defer { upkeep.endCompacting() }
        try await onDisk { try await beginSegment(at: step) }
    }

    private func beginSegment(
        at step: @escaping @Sendable (RecordKeeper.Step) throws(Fault) -> Void
    ) async throws(Fault) {
        let draft = try await writer.alone { _, keeper throws(Fault) in keeper.draftPath }
        do throws(Fault) {
            try FileSystem.removeFile(draft)
            let (seen, state) = try writeState(draft, at: step)
            try await writer.alone { database, keeper throws(Fault) in
                guard keeper.segment == seen.segment, keeper.log.failure == nil else { return }
                var position = try RegistryIndex.position(database)
                var file = try RecordLogWriter(continuing: draft)
                try file.copy(keeper.path(seen.segment), seen.place..<position.place)
                position.segment = state.segment
                (position.place, position.base) = (file.length, state.base)
                try keeper.adopt(file, position, database, at: step)
            }
        } catch {
            try? FileSystem.removeFile(draft)
            throw error
        }
        try? FileSystem.removeFile(draft)
    }

    /// Writes what is true at one moment; returns where the index stood, and what a new segment begins with.
    private func writeState(
        _ path: String, at step: (RecordKeeper.Step) throws(Fault) -> Void
    ) throws(Fault) -> (RegistryIndex.Position, RegistryIndex.Position) {
        try readers.read { database throws(Fault) in
            try database.script("BEGIN")
            defer { try? database.script("COMMIT") }
            let seen = try RegistryIndex.position(database)
            var file = try RecordLogWriter(creating: path)
            try step(.begun)
            let state = try RegistrySnapshot.write(database, to: &file, segment: seen.segment + 1)
            // Most is on the disk then, and the writer is held up for the rest only.
            try file.synchronize()
            try step(.stateWritten)
            return (seen, state)
        }
    }
}
