// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

extension ObjectStore {
    /// How many revisions lie between a snapshot and what is restored from it. A store that makes ten thousand changes in
    /// each second needs more than three years for as many.
    static let revisionGap: Int64 = 1 << 40

    /// Makes the store at a path from a snapshot; returns the revision that it begins with.
    ///
    /// That revision is higher than any that was handed out before, and everything before it is forgotten: clients that
    /// watch or list from an older one are told that it has expired, and begin anew. What was changed after the snapshot is
    /// lost. What stood at the path is kept beside it under a name with `.replaced-`.
    ///
    /// Throws `.conflict` when the store is in use, or when there is one and `isReplacing` is false; `.mismatch` when the
    /// snapshot is not what its digest says, `.corrupt` when it is no store; nothing has changed then.
    public static func restore(
        _ snapshot: String, to path: String, isReplacing: Bool = false
    ) async throws -> Int64 {
        try await withTaskExecutorPreference(DiskExecutor.shared) {
            try Restoration(snapshot: snapshot, path: path, isReplacing: isReplacing).run()
        }
    }
}

private struct Restoration: Sendable {
    let snapshot: String
    let path: String
    let isReplacing: Bool
    private static let ends = ["", "-journal", "-wal", "-shm"]

    func run() throws(Fault) -> Int64 {
        let lock = try StoreLock(path)
        defer { lock.release() }
        guard isReplacing || !FileSystem.exists(path) else {
            throw Fault(
                .conflict, "there is a store at \(path)",
                fix: "say that it is to be replaced, or choose another place")
        }
        let temporary = FileSystem.join(
            FileSystem.folder(of: path), ".tmp-\(String(UInt64.random(in: .min ... .max), radix: 36))")
        defer { for end in Self.ends { try? FileSystem.removeFile(temporary + end) } }
        try copy(to: temporary)
        // The revision of the store that is there, if it can be read, counts as well.
        let revision = try prepare(temporary, above: FileSystem.exists(path) ? oldRevision() : 0)
        try FileHandle(reading: temporary).synchronize()
        try setAside()
        try FileSystem.rename(temporary, to: path)
        try FileSystem.synchronize(folder: FileSystem.folder(of: path))
        return revision
    }

    /// Copies the snapshot, and compares what was copied with the digest beside it.
    private func copy(to temporary: String) throws(Fault) {
        let digestPath = StoreSnapshot.digestPath(snapshot)
        let line = String(decoding: try FileSystem.read(digestPath, limit: 4096), as: UTF8.self)
        guard let hex = line.split(separator: " ").first, let expected = try? Digest("sha256:\(hex)") else {
            throw Fault(.invalid, "\(digestPath) holds no digest", fix: "copy it again from where it was written")
        }
        let source = try FileHandle(reading: snapshot)
        let target = try FileHandle(creating: temporary, mode: 0o600)
        var hasher = DigestHasher()
        while true {
            let piece = try source.readNext(upTo: 1 << 20)
            if piece.isEmpty { break }
            hasher.update(piece[...])
            try target.write(piece[...])
        }
        let found = hasher.finalize()
        guard found == expected else {
            throw Fault(.mismatch, "\(snapshot) has the digest \(found), and \(digestPath) says \(expected)")
        }
    }

    /// Makes the copy a store whose history begins now.
    private func prepare(_ temporary: String, above old: Int64) throws(Fault) -> Int64 {
        do throws(Fault) {
            let database = try SQLiteConnection(temporary)
            let isSound = try database.first("PRAGMA integrity_check") { row throws(Fault) in row.text(0) } == "ok"
            let layout = try database.first("PRAGMA user_version") { row throws(Fault) in row.integer(0) } ?? 0
            guard isSound, layout == StoreTables.version else {
                throw Fault(
                    .corrupt, "\(snapshot) is damaged, or no snapshot of a store of this program",
                    fix: "restore another snapshot")
            }
            let state = try StoreTables.state(database)
            let (revision, isOver) = max(state.revision, old).addingReportingOverflow(ObjectStore.revisionGap)
            guard !isOver else {
                throw Fault(.limitExceeded, "\(snapshot) has used up all revisions", fix: "begin a new store")
            }
            try database.transaction { () throws(Fault) in
                try database.run("DELETE FROM changes")
                try database.run("UPDATE state SET revision = ?1, compacted = ?1", .integer(revision))
            }
            // All of it into the one file that gets the name.
            try database.script("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
            return revision
        } catch {
            throw error.code == .corrupt || error.code == .limitExceeded
                ? error
                : Fault(
                    .corrupt, "\(snapshot) is no snapshot of a store", fix: "restore another snapshot", cause: error)
        }
    }

    private func oldRevision() -> Int64 {
        guard let database = try? SQLiteConnection(path) else { return 0 }
        // Closing brings what stands in the log beside the file into it.
        return (try? StoreTables.state(database).revision) ?? 0
    }

    /// Keeps the old file under another name. It keeps its own as well until the new one takes it, so that no start in
    /// between finds nothing and begins an empty store.
    private func setAside() throws(Fault) {
        guard FileSystem.exists(path) else { return }
        var kept = "\(path).replaced-\(Timestamp.now().seconds)"
        while FileSystem.exists(kept) { kept += "+" }
        try FileSystem.link(path, to: kept)
        // The log of the old file must not be read into the new one.
        for end in Self.ends.dropFirst() where FileSystem.exists(path + end) {
            try FileSystem.rename(path + end, to: kept + end)
        }
    }
}
