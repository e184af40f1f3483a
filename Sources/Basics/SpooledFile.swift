// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension SharedFile {
    /// Writes a stream into a file without a name, which vanishes with its last reader even when the process is killed.
    ///
    /// It takes space of `DiskBudget.current` as long as it is there.
    ///
    /// - Parameters:
    ///   - folder: where the space is taken, by default `$TMPDIR` or `/tmp`.
    ///   - name: what to call the file in messages.
    public static func spooling(_ stream: ByteStream, in folder: String? = nil, name: String) async throws -> SharedFile
    {
        let temporary = try TemporaryFolder(in: folder)
        let handle = try FileHandle(creating: "\(temporary.path)/spool", mode: 0o600)
        try FileSystem.remove(temporary.path)
        let parent = FileSystem.folder(of: temporary.path)
        let reservation = try DiskBudget.current?.reserve(nil, in: parent, for: name)
        for try await chunk in reservation?.covering(stream) ?? stream { try handle.write(chunk) }
        return SharedFile(try handle.renamed(name), reservation: reservation)
    }
}

extension FileHandle {
    /// The same open file under another name for messages.
    fileprivate consuming func renamed(_ name: String) throws(Fault) -> FileHandle {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { throw Fault.system(errno, "keep \(name) open") }
        return FileHandle(takingOwnership: copy, path: name)
    }
}
