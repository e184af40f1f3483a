// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import Glibc

/// The files of a transport or component archive, in a folder or in a tar. Links are never followed.
enum ArchiveContent: Sendable {
    case folder(String)
    case tar(TarIndex, path: String)

    /// Opens a folder, a tar or a compressed tar, the latter two also as volumes, all of which are verified first.
    ///
    /// A tar with anything but files and folders throws `.invalid`.
    static func open(_ path: String, temporaryFolder: String?) async throws -> (
        content: ArchiveContent, format: ArchiveFormat
    ) {
        let file: SharedFile
        if try holdsVolumes(path) {
            let volumes = try VolumeSet(at: path)
            try await volumes.verify()
            file = volumes.content
        } else {
            guard let entry = try FileSystem.entry(at: path) else {
                throw Fault(.notFound, "there is no archive \(path)", fix: "check the path")
            }
            if entry.kind == .folder { return (.folder(path), .directory) }
            guard entry.kind == .file else {
                throw Fault(.invalid, "\(path) is neither a folder nor a file", fix: "name a folder, a .tar or a .tgz")
            }
            file = try SharedFile(reading: path)
        }
        let (index, isCompressed) = try await TarIndex.open(file, temporaryFolder: temporaryFolder)
        for (entry, _) in index.entries where entry.kind != .file && entry.kind != .folder {
            throw Fault(
                .invalid, "\(path) has “\(entry.path)”, which is neither a file nor a folder",
                fix: "refuse this archive, or ask its maker for one without links")
        }
        return (.tar(index, path: path), isCompressed ? .tgz : .tar)
    }

    /// Whether a path names volumes: one of them, a pattern for their names, or a folder that is no archive itself.
    static func holdsVolumes(_ path: String) throws(Fault) -> Bool {
        if VolumeSearch.isPattern(path) { return true }
        guard let entry = try FileSystem.entry(at: path) else { return false }
        switch entry.kind {
        case .file: return VolumeSearch.hasVolumeName(path) || VolumeSearch.isVolume(path)
        case .folder:
            let own = [TransportArchiveIndex.fileName, ComponentArchiveReader.descriptorFileName, "blobs"]
            guard !own.contains(where: { FileSystem.exists("\(path)/\($0)") }) else { return false }
            return try !VolumeSearch.volumes(in: path).isEmpty
        default: return false
        }
    }

    /// The size of a file; nil when there is none of that path.
    func size(of file: String) throws(Fault) -> Int64? {
        switch self {
        case .folder(let folder):
            guard let entry = try FileSystem.entry(at: "\(folder)/\(file)", followLinks: false) else { return nil }
            guard entry.kind == .file else { throw notAFile("\(folder)/\(file)") }
            return entry.size
        case .tar(let index, let path):
            guard let entry = index[file] else { return nil }
            guard entry.kind == .file else { throw notAFile("“\(file)” in \(path)") }
            return entry.size
        }
    }

    /// The content of a file, from an offset on; nil when there is none of that path.
    func open(_ file: String, from offset: Int64 = 0) throws(Fault) -> ByteStream? {
        guard let size = try size(of: file) else { return nil }
        switch self {
        case .folder(let folder):
            return SharedFile(try FileHandle("\(folder)/\(file)", O_RDONLY | O_CLOEXEC | O_NOFOLLOW, "read")).stream(
                min(offset, size)..<size)
        case .tar(let index, _): return index.stream(file, from: offset)
        }
    }

    /// The whole content of a small file; nil when there is none of that path.
    func read(_ file: String, limit: Int) throws(Fault) -> [UInt8]? {
        switch self {
        case .folder(let folder):
            guard try size(of: file) != nil else { return nil }
            return try FileSystem.read("\(folder)/\(file)", limit: limit)
        case .tar(let index, _): return try index.read(file, limit: limit)
        }
    }

    /// The digests that files in `blobs/` are named by; files with other names are passed over.
    func blobs() throws(Fault) -> [Digest] {
        switch self {
        case .folder(let folder):
            guard FileSystem.isFolder("\(folder)/blobs") else { return [] }
            return try FileSystem.names(in: "\(folder)/blobs").compactMap(BlobName.digest)
        case .tar(let index, _):
            return index.entries.compactMap { entry, _ in
                entry.path.hasPrefix("blobs/") ? BlobName.digest(String(entry.path.dropFirst(6))) : nil
            }
        }
    }

    /// Whether nothing but blobs is here, if anything.
    func mayBeEmptyArchive() throws(Fault) -> Bool {
        switch self {
        case .folder(let folder):
            return try FileSystem.names(in: folder).allSatisfy { $0 == "blobs" || $0.hasPrefix(".tmp-") }
        case .tar(let index, _):
            return index.entries.allSatisfy {
                $0.entry.path.hasPrefix("blobs/") || [".", "blobs"].contains($0.entry.path)
            }
        }
    }

    private func notAFile(_ thing: String) -> Fault {
        Fault(
            .invalid, "\(thing) is not a plain file", fix: "refuse this archive, or ask its maker for one without links"
        )
    }
}

/// How archives name blobs: `sha256.<hex>`, a flat folder.
enum BlobName {
    static func name(_ digest: Digest) -> String { "\(digest.algorithm.rawValue).\(digest.hex)" }
    static func path(_ digest: Digest) -> String { "blobs/\(name(digest))" }
    static func digest(_ name: String) -> Digest? {
        guard let dot = name.firstIndex(of: ".") else { return nil }
        return try? Digest("\(name[..<dot]):\(name[name.index(after: dot)...])")
    }
}
