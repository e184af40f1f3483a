// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The calls on paths that this package needs, each with errors that name the path.
public enum FileSystem {
    /// What a path names; symbolic links are not followed.
    public enum Kind: Sendable { case file, folder, link, other }

    /// What one entry is, how large, and its permission bits.
    public struct Entry: Sendable {
        /// The last part of the path.
        public let name: String
        /// File, folder, link or something else.
        public let kind: Kind
        /// Size in bytes; meaningful for files.
        public let size: Int64
        /// The permission bits, `0o7777` at most.
        public let mode: UInt32
        /// Seconds since 1970.
        public let modified: Int64
        /// The number of the user it belongs to.
        public let owner: UInt32
        /// The number of the group it belongs to.
        public let group: UInt32
    }

    /// The number of the user that this process acts as.
    public static var user: UInt32 { geteuid() }

    /// What stands at a path, or nil when nothing does.
    ///
    /// - Parameter followLinks: whether the last part may be a symbolic link to what is asked about.
    public static func entry(at path: String, followLinks: Bool = true) throws(Fault) -> Entry? {
        var status = stat()
        guard unsafe (followLinks ? stat(path, &status) : lstat(path, &status)) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw Fault.system(errno, "look at \(path)")
        }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        return Entry(
            name: lastPart(of: path), kind: kind, size: Int64(status.st_size), mode: status.st_mode & 0o7777,
            modified: Int64(status.st_mtim.tv_sec), owner: status.st_uid, group: status.st_gid)
    }

    /// Whether anything stands at a path.
    public static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Whether a path names a folder.
    public static func isFolder(_ path: String) -> Bool { (try? entry(at: path))?.kind == .folder }

    /// How many bytes this user may still write to the file system that holds a folder.
    public static func freeSpace(in folder: String) throws(Fault) -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { throw Fault.system(errno, "look at the space of \(folder)") }
        let (bytes, isTooLarge) = Int64(clamping: status.f_bavail).multipliedReportingOverflow(
            by: Int64(clamping: status.f_frsize))
        return isTooLarge ? .max : bytes
    }

    /// The names in a folder without `.` and `..`, sorted by their bytes.
    public static func names(in folder: String) throws(Fault) -> [String] {
        guard let handle = unsafe opendir(folder) else { throw Fault.system(errno, "list \(folder)") }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let item = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &item.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Makes a folder and the ones above it; existing ones are fine.
    public static func makeFolder(_ path: String, mode: UInt32 = 0o755) throws(Fault) {
        if isFolder(path) { return }
        let parent = folder(of: path)
        if parent != path && !parent.isEmpty && !isFolder(parent) { try makeFolder(parent, mode: mode) }
        guard unsafe mkdir(path, mode) == 0 || errno == EEXIST else { throw Fault.system(errno, "make folder \(path)") }
    }

    /// Gives a file the present as the time of its last change; a missing one is fine.
    public static func touch(_ path: String) throws(Fault) {
        guard unsafe utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT else {
            throw Fault.system(errno, "change the time of \(path)")
        }
    }

    /// Removes a file; a missing one is fine.
    public static func removeFile(_ path: String) throws(Fault) {
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw Fault.system(errno, "remove \(path)") }
    }

    /// Removes a file or a folder with everything below it, never following links; a missing one is fine.
    public static func remove(_ path: String) throws(Fault) {
        guard let entry = try entry(at: path, followLinks: false) else { return }
        guard entry.kind == .folder else { return try removeFile(path) }
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        guard unsafe rmdir(path) == 0 else { throw Fault.system(errno, "remove folder \(path)") }
    }

    /// Removes a folder if there is nothing in it; says whether it did.
    @discardableResult
    public static func removeEmptyFolder(_ path: String) -> Bool { unsafe rmdir(path) == 0 }

    /// Gives a file its final name, replacing what stood there, in one step.
    public static func rename(_ old: String, to new: String) throws(Fault) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw Fault.system(errno, "rename \(old) to \(new)") }
    }

    /// Makes the names in a folder survive a power cut.
    public static func synchronize(folder path: String) throws(Fault) {
        try FileHandle(path.isEmpty ? "." : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC, "open folder").synchronize()
    }

    /// Sets permission bits.
    public static func setMode(_ path: String, _ mode: UInt32) throws(Fault) {
        guard unsafe chmod(path, mode) == 0 else { throw Fault.system(errno, "change permissions of \(path)") }
    }

    /// A whole small file.
    ///
    /// - Parameter limit: the most bytes to accept; a larger file throws `.limitExceeded` before it is read.
    public static func read(_ path: String, limit: Int) throws(Fault) -> [UInt8] {
        let handle = try FileHandle(reading: path)
        let size = try handle.size()
        guard size <= limit else {
            throw Fault(
                .limitExceeded,
                "\(path) has \(ByteCount(size)), more than the \(ByteCount(Int64(limit))) accepted here"
            )
        }
        // Pipes and /proc report no size, and a file may grow: the end is where nothing more comes.
        var bytes: [UInt8] = []
        while true {
            let more = try handle.readNext(upTo: max(Int(size) - bytes.count, 64 * 1024))
            if more.isEmpty { return bytes }
            bytes = bytes.isEmpty ? more : bytes + more
            guard bytes.count <= limit else { throw Fault(.limitExceeded, "\(path) is larger than \(limit) bytes") }
        }
    }

    /// Writes a whole file under its final name in one step: temporary name, fsync, rename, fsync of the folder.
    public static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(Fault) {
        let file = try AtomicFile(path, mode: mode)
        try file.write(bytes[...])
        try file.commit()
    }

    /// Gives a file a second name; throws `.conflict` when something has it.
    public static func link(_ path: String, to name: String) throws(Fault) {
        guard unsafe Glibc.link(path, name) == 0 else { throw Fault.system(errno, "create \(name)") }
    }

    /// The path of a symbolic link's target as it is written in the link.
    public static func linkTarget(_ path: String) throws(Fault) -> String {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, filled in
            let got = unsafe readlink(
                path, UnsafeMutableRawPointer(buffer.baseAddress!).assumingMemoryBound(to: CChar.self), 4096)
            if got < 0 { failure = errno } else { filled = got }
        }
        guard failure == 0 else { throw Fault.system(failure, "read link \(path)") }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The path with symbolic links resolved; the file must exist.
    public static func realPath(_ path: String) throws(Fault) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw Fault.system(errno, "resolve \(path)") }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    /// The process's working folder.
    public static var workingFolder: String {
        guard let path = unsafe getcwd(nil, 0) else { return "." }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    /// `a/b` for `a/b/c`, `.` for `c`, `/` for `/c`.
    public static func folder(of path: String) -> String {
        let stripped = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let slash = stripped.lastIndex(of: "/") else { return "." }
        return slash == stripped.startIndex ? "/" : String(stripped[..<slash])
    }

    /// `c` for `a/b/c` and `a/b/c/`.
    public static func lastPart(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    /// Joins a base folder and a path; an absolute path stays as it is.
    public static func join(_ base: String, _ path: String) -> String {
        path.hasPrefix("/") || base.isEmpty || base == "."
            ? path : base.hasSuffix("/") ? base + path : "\(base)/\(path)"
    }
}
