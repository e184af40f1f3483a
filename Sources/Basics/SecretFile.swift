// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Files with secrets: only their owner may read them, and they are never there in part.
public enum SecretFile {
    /// A whole secret file.
    ///
    /// Throws `.notFound` when there is none, `.forbidden` when anybody else on the machine may read or write it,
    /// `.limitExceeded` when it is larger than `limit`.
    public static func read(_ path: String, limit: Int) throws(Fault) -> [UInt8] {
        guard let mark = FileMark(path) else { throw Fault.system(ENOENT, "open \(path)") }
        guard mark.permissions & 0o077 == 0 else {
            throw Fault(.forbidden, "others on this machine may read \(path)", fix: "chmod 600 \(path)")
        }
        return try FileSystem.read(path, limit: limit)
    }

    /// Writes a file that is not there yet, for its owner alone; throws `.conflict` when something has the name.
    ///
    /// Of two processes that do so at once, one gets the conflict.
    public static func make(_ path: String, _ bytes: [UInt8]) throws(Fault) {
        let random = UInt64.random(in: .min ... .max)
        let folder = FileSystem.folder(of: path)
        let temporary = FileSystem.join(folder, ".tmp-\(String(random, radix: 36))")
        defer { unsafe unlink(temporary) }
        let file = try FileHandle(creating: temporary, mode: 0o600)
        try file.write(bytes[...])
        try file.synchronize()
        // A rename would replace what another process has made meanwhile; a link does not.
        try FileSystem.link(temporary, to: path)
        try FileSystem.synchronize(folder: folder)
    }

    /// Puts a file in the place of another, or where none was, for its owner alone.
    public static func replace(_ path: String, _ bytes: [UInt8]) throws(Fault) {
        try FileSystem.write(bytes, to: path, mode: 0o600)
    }

    /// A secret file; the first who asks for one that is not there makes it.
    public static func read(
        _ path: String, limit: Int, orMake make: () throws(Fault) -> [UInt8]
    ) throws(Fault) -> [UInt8] {
        if !FileSystem.exists(path) {
            do throws(Fault) { try self.make(path, make()) } catch {
                guard error.code == .conflict else { throw error }
            }
        }
        return try read(path, limit: limit)
    }
}
