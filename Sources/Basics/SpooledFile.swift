// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A temporary file without a name in the making, which vanishes with its last reader even when the process is killed.
///
/// It takes space of `DiskBudget.current` as long as it is there; bytes that the budget does not have are refused before
/// they are written.
public final class SpoolWriter: Sendable {
    private struct OpenFile: ~Copyable, Sendable { let handle: FileHandle }
    private let file: OpenFile
    private let name: String
    private let reservation: DiskReservation?
    private let written = Guarded<Int64>(0)

    /// Makes an empty file.
    ///
    /// - Parameters:
    ///   - folder: where the space is taken, by default `$TMPDIR` or `/tmp`.
    ///   - name: what to call the file in messages.
    public init(in folder: String? = nil, name: String) throws(Fault) {
        let temporary = try TemporaryFolder(in: folder)
        file = OpenFile(handle: try FileHandle(creating: "\(temporary.path)/spool", mode: 0o600))
        try FileSystem.remove(temporary.path)
        self.name = name
        reservation = try DiskBudget.current?.reserve(nil, in: FileSystem.folder(of: temporary.path), for: name)
    }

    /// How many bytes were written.
    public var size: Int64 { written.withLock { $0 } }

    /// Adds bytes; one call at a time.
    public func write(_ bytes: Chunk) throws(Fault) {
        try reservation?.cover(size + Int64(bytes.count))
        try file.handle.write(bytes)
        written.withLock { $0 += Int64(bytes.count) }
    }

    /// The file with all that was written; asked for once, when nobody writes any more.
    public func finish() throws(Fault) -> SharedFile {
        reservation?.shrink(to: size)
        return SharedFile(try file.handle.copied(as: name), reservation: reservation)
    }
}

extension SharedFile {
    /// Writes a stream into a file without a name (`SpoolWriter`).
    ///
    /// - Parameters:
    ///   - folder: where the space is taken, by default `$TMPDIR` or `/tmp`.
    ///   - name: what to call the file in messages.
    public static func spooling(_ stream: ByteStream, in folder: String? = nil, name: String) async throws -> SharedFile
    {
        let writer = try SpoolWriter(in: folder, name: name)
        for try await chunk in stream { try writer.write(chunk) }
        return try writer.finish()
    }
}

extension FileHandle {
    /// The same open file under another name for messages.
    fileprivate borrowing func copied(as name: String) throws(Fault) -> FileHandle {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Fault.system(errno, "keep \(name) open") }
        return FileHandle(takingOwnership: copy, path: name)
    }
}
