// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Cryptography
internal import Storage

/// A store as it was at a revision, in a file, with its digest in a file beside it: `NAME` and `NAME.sha256`.
public struct StoreSnapshot: Sendable, Hashable {
    /// Where it is.
    public let path: String
    /// The revision whose state it holds.
    public let revision: Int64
    /// SHA-256 of the file.
    public let digest: Digest

    /// Where the digest of a snapshot is.
    static func digestPath(_ path: String) -> String { "\(path).sha256" }
}

extension ObjectStore {
    /// Writes the store as it is at one revision into a file, while it is used.
    ///
    /// The file appears whole, for its owner alone, with its digest beside it in the form of `sha256sum`. Sealed values stay
    /// sealed; keep the key file elsewhere. Throws `.conflict` when something has the name.
    public func snapshot(to path: String) async throws -> StoreSnapshot {
        let file = SnapshotFile(path)
        // SQLite waits for the disk.
        return try await withTaskExecutorPreference(DiskExecutor.shared) { try file.write(from: readers) }
    }
}

/// A snapshot in the making.
struct SnapshotFile: Sendable {
    let path: String
    /// What it is called until it is whole.
    let temporary: String

    init(_ path: String) {
        self.path = path
        temporary = FileSystem.join(
            FileSystem.folder(of: path), ".tmp-\(String(UInt64.random(in: .min ... .max), radix: 36))")
    }

    /// Throws `.conflict` when something has one of the names.
    func checkFree() throws(Fault) {
        for taken in [path, StoreSnapshot.digestPath(path)] where FileSystem.exists(taken) {
            throw Fault(.conflict, "\(taken) exists already", fix: "choose another name, or remove it")
        }
    }

    func write(from readers: SQLiteReaders) throws(Fault) -> StoreSnapshot {
        try checkFree()
        defer { removeTemporary() }
        // SQLite fills an empty file, and leaves its permissions.
        _ = try FileHandle(creating: temporary, mode: 0o600)
        try readers.read { database throws(Fault) in _ = try database.run("VACUUM INTO ?", .text(temporary)) }
        return try finish(digest: fileDigest(temporary))
    }

    func removeTemporary() {
        for end in ["", "-journal", "-wal", "-shm"] { try? FileSystem.removeFile(temporary + end) }
    }

    /// Gives the file its name when it is whole, with the digest beside it.
    func finish(digest: Digest) throws(Fault) -> StoreSnapshot {
        let folder = FileSystem.folder(of: path)
        let revision = try SQLiteConnection(temporary, mode: .readOnly).snapshotRevision()
        try FileHandle(reading: temporary).synchronize()
        let line = "\(digest.hex)  \(FileSystem.lastPart(of: path))\n"
        try FileSystem.write(Array(line.utf8), to: StoreSnapshot.digestPath(path), mode: 0o600)
        try FileSystem.rename(temporary, to: path)
        try FileSystem.synchronize(folder: folder)
        return StoreSnapshot(path: path, revision: revision, digest: digest)
    }
}

/// SHA-256 of a file, read in pieces.
func fileDigest(_ path: String) throws(Fault) -> Digest {
    let file = try FileHandle(reading: path)
    var hasher = DigestHasher()
    while true {
        let piece = try file.readNext(upTo: 1 << 20)
        if piece.isEmpty { return hasher.finalize() }
        hasher.update(piece[...])
    }
}

extension SQLiteConnection {
    /// The revision of a store that nobody changes.
    func snapshotRevision() throws(Fault) -> Int64 { try StoreTables.state(self).revision }
}
