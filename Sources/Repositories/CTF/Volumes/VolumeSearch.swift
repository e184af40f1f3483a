// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Finds the files that may be volumes. Headers decide which are; names matter only for what is too damaged to tell.
enum VolumeSearch {
    /// The most files of a folder that are looked at.
    private static let fileLimit = 200_000

    /// Whether a path is a pattern and not the name of something.
    static func isPattern(_ path: String) -> Bool {
        path.contains { "*?[".contains($0) } && !FileSystem.exists(path)
    }

    /// Whether a name ends in `.vol` and digits, as those that are written here do.
    static func hasVolumeName(_ path: String) -> Bool {
        guard let dot = path.lastIndex(of: ".") else { return false }
        let ending = path[path.index(after: dot)...]
        return ending.hasPrefix("vol") && ending.utf8.count > 3 && ending.dropFirst(3).utf8.allSatisfy(isDigit)
    }

    /// Whether a file begins as volumes do.
    static func isVolume(_ path: String) -> Bool {
        guard let entry = try? FileSystem.entry(at: path), entry.kind == .file,
            let start = try? SharedFile(reading: path).read(at: 0, upTo: VolumeHeader.magic.count)
        else { return false }
        return VolumeHeader.isVolume(start[...])
    }

    /// The files of a folder that begin as volumes do or are named so.
    static func volumes(in folder: String) throws(Fault) -> [String] {
        let names = try FileSystem.names(in: folder)
        guard names.count <= fileLimit else {
            throw Fault(.limitExceeded, "\(folder) holds \(names.count) files, more than are searched for volumes")
        }
        var found: [String] = []
        for name in names where !name.hasPrefix(".") {
            let path = FileSystem.join(folder, name)
            guard try FileSystem.entry(at: path)?.kind == .file else { continue }
            if hasVolumeName(name) || isVolume(path) { found.append(path) }
        }
        return found
    }

    /// The files that a pattern of names in one folder stands for, sorted.
    static func matches(of pattern: String) throws(Fault) -> [String] {
        let folder = FileSystem.folder(of: pattern)
        guard !folder.contains(where: { "*?[".contains($0) }) || FileSystem.exists(folder) else {
            throw Fault(
                .invalid, "“\(pattern)” has a pattern in the name of a folder", fix: "use it in the last part only")
        }
        let glob = Glob(FileSystem.lastPart(of: pattern))
        var found: [String] = []
        for name in try FileSystem.names(in: folder) where glob.matches(name) {
            let path = FileSystem.join(folder, name)
            if try FileSystem.entry(at: path)?.kind == .file { found.append(path) }
        }
        guard !found.isEmpty else {
            throw Fault(.notFound, "no file is named like \(pattern)", fix: "check the path")
        }
        return found
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
