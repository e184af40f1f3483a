// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// An executable file that may be a plug-in, as it was when it was looked at.
struct PluginFile: Hashable, Sendable {
    /// Its path, with no symbolic links in it.
    let path: String
    private let size: Int64
    private let modified: Int64
    private let mode: UInt32

    /// Looks at a file.
    ///
    /// - Throws: `forbidden` when others than root and this user could change it or put another in its place.
    init(_ path: String) throws(Fault) {
        guard let entry = try FileSystem.entry(at: path, followLinks: false) else {
            throw Fault(.notFound, "there is no plug-in \(path)", fix: "check the path")
        }
        guard entry.kind == .file else {
            throw Fault(
                .forbidden, "\(path) is no regular file", fix: "put the program itself into the folder, not a link")
        }
        guard entry.mode & 0o111 != 0 else {
            throw Fault(.forbidden, "\(path) is not executable", fix: "chmod 755 it if it is a plug-in")
        }
        guard entry.mode & 0o6000 == 0 else {
            throw Fault(.forbidden, "\(path) runs with another's rights", fix: "chmod u-s,g-s it")
        }
        try Self.checkOwner(entry, path)
        (self.path, size, modified, mode) = (path, entry.size, entry.modified, entry.mode)
    }

    /// Whether the file is still the one that was looked at.
    func checkUnchanged() throws(Fault) {
        guard try PluginFile(path) == self else {
            throw Fault(.conflict, "\(path) has changed since it described itself", fix: "run the command again")
        }
    }

    /// The files of a folder that look like programs, each with what speaks against it.
    ///
    /// - Throws: `notFound` when there is no folder, `forbidden` when others could put programs into it.
    static func all(in folder: String) throws(Fault) -> [(path: String, file: Result<PluginFile, Fault>)] {
        guard FileSystem.isFolder(folder) else {
            throw Fault(.notFound, "there is no folder of plug-ins \(folder)", fix: "make it, or name another")
        }
        let folder = try FileSystem.realPath(folder)
        try checkFolders(folder)
        let names = try FileSystem.names(in: folder).filter { !$0.hasPrefix(".") }
        guard names.count <= 256 else {
            throw Fault(
                .limitExceeded, "\(folder) holds \(names.count) entries, more than the 256 of a folder of plug-ins",
                fix: "keep plug-ins in a folder of their own")
        }
        return names.compactMap { name in
            let path = FileSystem.join(folder, name)
            guard let entry = try? FileSystem.entry(at: path), entry.kind == .file, entry.mode & 0o111 != 0 else {
                return nil
            }
            return (path, Result { () throws(Fault) in try PluginFile(path) })
        }
    }

    /// Nobody else may write to the folder or replace one above it; in one above, the sticky bit suffices.
    private static func checkFolders(_ folder: String) throws(Fault) {
        var path = folder
        while true {
            guard let entry = try FileSystem.entry(at: path, followLinks: false) else {
                throw Fault(.notFound, "there is no folder \(path)")
            }
            let isSticky = path != folder && entry.mode & 0o1000 != 0
            if !isSticky { try checkOwner(entry, path) }
            guard path != "/" else { return }
            path = FileSystem.folder(of: path)
        }
    }

    private static func checkOwner(_ entry: FileSystem.Entry, _ path: String) throws(Fault) {
        guard entry.owner == 0 || entry.owner == FileSystem.user else {
            throw Fault(
                .forbidden, "\(path) belongs to another user (\(entry.owner)), who could change it",
                fix: "chown it to root or to yourself")
        }
        let isOpenToGroup = entry.mode & 0o020 != 0 && entry.group != 0
        guard !isOpenToGroup, entry.mode & 0o002 == 0 else {
            throw Fault(
                .forbidden, "\(path) can be written to by \(isOpenToGroup ? "its group" : "everyone")",
                fix: "chmod go-w it")
        }
    }
}
