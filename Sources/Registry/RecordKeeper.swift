// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Storage

/// The records as the writer's thread has them: the segment that grows, and how the next one takes its place.
///
/// A segment begins with all that was true when it was begun, so the newest is enough. It is written beside the others
/// (`00000002.new`), made durable, renamed to `00000002.log`, and from then on it counts; then the older one is removed. At
/// each moment in between, one whole segment is the newest.
final class RecordKeeper {
    /// The moments between the steps of a change of segments, where tests stop.
    enum Step: String, Sendable, CaseIterable {
        case begun, stateWritten, flushed, renamed, indexed, removed
    }
    private(set) var log: RecordLog
    private(set) var segment: Int64
    /// How long the state is that the segment began with.
    private(set) var base: Int64
    private let folder: String
    private let failing: (@Sendable (RecordLog.Moment) throws(Fault) -> Void)?

    init(
        _ log: RecordLog, segment: Int64, base: Int64, in folder: String,
        failing: (@Sendable (RecordLog.Moment) throws(Fault) -> Void)?
    ) {
        (self.log, self.segment, self.base) = (log, segment, base)
        (self.folder, self.failing) = (folder, failing)
    }

    /// Where a segment stands.
    func path(_ segment: Int64) -> String { "\(folder)/\(RecordSegments.fileName(segment))" }

    /// Where the next segment is written.
    var draftPath: String { "\(folder)/\(RecordSegments.draftName(segment + 1))" }

    /// Removes a segment that nobody has relied on yet. Unless it is surely gone, the old one must not grow behind it: after
    /// a power cut the newest counts.
    private func giveUp(_ fresh: String) {
        do throws(Fault) {
            try FileSystem.removeFile(fresh)
            try FileSystem.synchronize(folder: folder)
        } catch {
            log.stop(error)
        }
    }

    /// Makes a written draft the current segment. The writer's thread calls it between two transactions.
    ///
    /// - Parameter position: what the draft holds; its segment is the next one.
    func adopt(
        _ draft: consuming RecordLogWriter, _ position: RegistryIndex.Position, _ database: SQLiteConnection,
        at step: (Step) throws(Fault) -> Void
    ) throws(Fault) {
        try draft.synchronize()
        try step(.flushed)
        let (old, fresh) = (path(segment), path(position.segment))
        let next: RecordLog
        try FileSystem.rename(draftPath, to: fresh)
        do throws(Fault) {
            try FileSystem.synchronize(folder: folder)
            try step(.renamed)
            next = try RecordLog(fresh, failing: failing)
        } catch {
            giveUp(fresh)
            throw error
        }
        // From here on the new one is the truth, whatever fails.
        (log, segment, base) = (next, position.segment, position.base)
        // The index is to know the segment after a power cut too: it tells then what of it was seen whole.
        try database.script("PRAGMA synchronous = FULL")
        defer { try? database.script("PRAGMA synchronous = NORMAL") }
        try database.transaction { () throws(Fault) in try RegistryIndex.setPosition(database, position) }
        try step(.indexed)
        try FileSystem.removeFile(old)
        try step(.removed)
    }
}

/// The names of the files in `records/`.
enum RecordSegments {
    /// `00000001.log`.
    static func fileName(_ segment: Int64) -> String { number(segment) + ".log" }
    /// `00000001.new`.
    static func draftName(_ segment: Int64) -> String { number(segment) + ".new" }

    private static func number(_ segment: Int64) -> String {
        let digits = String(segment)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// The newest segment in a folder; the first one when there is none.
    static func current(_ folder: String) throws(Fault) -> (number: Int64, path: String) {
        let number = try numbers(folder).max() ?? 1
        return (number, "\(folder)/\(fileName(number))")
    }

    /// Removes drafts, and segments that a newer one has replaced.
    static func clean(_ folder: String) throws(Fault) {
        let current = try current(folder).number
        for number in try numbers(folder) where number < current {
            try FileSystem.removeFile("\(folder)/\(fileName(number))")
        }
        for name in try FileSystem.names(in: folder) where name.hasSuffix(".new") {
            try FileSystem.removeFile("\(folder)/\(name)")
        }
    }

    private static func numbers(_ folder: String) throws(Fault) -> [Int64] {
        try FileSystem.names(in: folder).compactMap { name in
            name.hasSuffix(".log") ? Int64(name.dropLast(4)) : nil
        }
    }
}
