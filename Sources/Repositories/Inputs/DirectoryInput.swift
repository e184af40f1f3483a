// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics

/// `dir`: a folder as a tar whose bytes depend on names, modes and contents alone.
struct DirectoryInput {
    let members: [TarMember]
    let mediaType: String?
    let compress: Bool

    init(_ fields: InputFields, _ files: InputFiles) throws(Fault) {
        try fields.allow([
            "path", "mediaType", "compress", "preserveDir", "followSymlinks", "includeFiles", "excludeFiles",
            "reproducible",
        ])
        let folder = try files.resolve(fields.required("path"), for: fields.thing)
        guard FileSystem.isFolder(folder) else {
            throw Fault(.invalid, "\(fields.thing): \(folder) is no folder", fix: "use an input of type file")
        }
        let prefix = try fields.flag("preserveDir") ? FileSystem.lastPart(of: folder) + "/" : ""
        var walk = FolderWalk(
            files: files, thing: fields.thing, followLinks: try fields.flag("followSymlinks"),
            include: try fields.list("includeFiles"), exclude: try fields.list("excludeFiles"))
        try walk.add(folder, relative: "", prefix: prefix)
        members = [TarMember.folder(prefix.isEmpty ? "./" : prefix)] + walk.members
        mediaType = try fields.text("mediaType")
        compress = try fields.flag("compress")
    }

    func content() throws -> BlobContent {
        let members = members
        guard !compress else {
            return BlobContent(mediaType: mediaType.map(compressedMediaType) ?? "application/x-tar+gzip") {
                Tar.stream(members).gzipped()
            }
        }
        return BlobContent(mediaType: mediaType ?? "application/x-tar", size: try Tar.size(of: members)) {
            Tar.stream(members)
        }
    }
}

/// Collects the files below a folder in the order of their names.
struct FolderWalk {
    let files: InputFiles
    let thing: String
    let followLinks: Bool
    let include: [String]
    let exclude: [String]
    private(set) var members: [TarMember] = []

    init(files: InputFiles, thing: String, followLinks: Bool, include: [String], exclude: [String]) {
        (self.files, self.thing, self.followLinks) = (files, thing, followLinks)
        (self.include, self.exclude) = (include, exclude)
    }

    /// How deep folders may be nested; deeper is a loop of links or a mistake.
    private static let depthLimit = 128

    mutating func add(_ folder: String, relative: String, prefix: String, depth: Int = 0) throws(Fault) {
        guard depth < Self.depthLimit else {
            throw Fault(.limitExceeded, "\(thing): folders below \(folder) are nested deeper than \(Self.depthLimit)")
        }
        for name in try FileSystem.names(in: folder) {
            let path = "\(folder)/\(name)", inner = relative + name
            guard var entry = try FileSystem.entry(at: path, followLinks: false) else { continue }
            if exclude.contains(where: { Glob($0).matches(inner) }) { continue }
            if entry.kind == .link {
                guard followLinks else {
                    throw Fault(
                        .invalid, "\(thing): \(path) is a symbolic link",
                        fix: "replace it by a file, exclude it, or set “followSymlinks: true”")
                }
                _ = try files.resolve(path, for: thing)
                guard let target = try FileSystem.entry(at: path) else { continue }
                entry = target
            }
            switch entry.kind {
            case .folder:
                members.append(.folder(prefix + inner + "/", mode: entry.mode & 0o777))
                try add(path, relative: inner + "/", prefix: prefix, depth: depth + 1)
            case .file:
                if !include.isEmpty && !include.contains(where: { Glob($0).matches(inner) }) { continue }
                members.append(
                    .file(prefix + inner, size: entry.size, mode: entry.mode & 0o777) { try ByteStream(file: path) })
            case .link, .other:
                throw Fault(.invalid, "\(thing): \(path) is neither file nor folder", fix: "exclude it")
            }
        }
    }
}
