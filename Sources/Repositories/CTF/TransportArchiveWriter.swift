// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import OCI

/// Writes the files of a transport archive. One per archive: other processes are kept out by a lock.
///
/// A folder is written in place: blobs under their final names at once, the index last, after all blobs it names are
/// on disk. A tar is prepared in a folder beside it and takes the name of the archive when it is whole. Large blobs that
/// are not whole when a run ends stay as parts: in a folder always, for a tar when the run was killed.
actor TransportArchiveWriter {
    /// Where blobs and the index are written.
    nonisolated let folder: String
    nonisolated let path: String
    private let format: ArchiveFormat
    /// The most bytes of a volume; nil for an archive in one file.
    private let volumeSize: Int64?
    /// The archive of before, for a tar; its blobs are copied when packing.
    private let base: ArchiveContent?
    private let workingFolder: TemporaryFolder?
    private let workingLock: FileLock?

    /// Keeps other processes from writing the archive; nil as long as there is no file to hold it on.
    private var lock: FileLock?
    /// Blobs that may not be on disk yet, some of them still under a temporary name.
    private var unflushed: Set<String> = []
    private var written: TransportArchiveIndex?
    /// Blobs whose part is being written: a second writer of the same blob stays away from it.
    private var writing: Set<Digest> = []
    private var isPacked: Bool
    /// Whether the folder of the archive is our work.
    private let madeFolder: Bool

    static let temporaryPrefix = ".tmp-"
    /// What v1 writes, so that equal content gives equal archives: 2022-01-01T00:00:00Z.
    private static let modified: Int64 = 1_640_995_200

    /// Takes the lock that writing needs; throws `.conflict` when another process holds it.
    static func lock(_ path: String) throws(Fault) -> FileLock {
        if let lock = try FileLock(path) { return lock }
        throw Fault(
            .conflict, "\(path) is being written by another process", fix: "wait until it is done, then run this again")
    }

    /// Prepares writing.
    ///
    /// - Parameters:
    ///   - base: what is there already, nil for a new archive.
    ///   - lock: the lock on what is there already.
    ///   - written: the index that is there already.
    init(
        path: String, format: ArchiveFormat, volumeSize: Int64? = nil, base: ArchiveContent?, lock: FileLock?,
        written: TransportArchiveIndex?
    ) throws(Fault) {
        (self.path, self.format, self.volumeSize, self.written) = (path, format, volumeSize, written)
        isPacked = base != nil
        madeFolder = format == .directory && !FileSystem.exists(path)
        if format == .directory {
            try FileSystem.makeFolder(path)
            self.lock = if let lock { lock } else { try Self.lock(path) }
            (folder, self.base, workingFolder, workingLock) = (path, nil, nil, nil)
            for place in [path, "\(path)/blobs"] where FileSystem.isFolder(place) {
                for name in try FileSystem.names(in: place) where name.hasPrefix(Self.temporaryPrefix) {
                    try FileSystem.remove("\(place)/\(name)")
                }
            }
        } else {
            let parent = FileSystem.folder(of: path)
            try FileSystem.makeFolder(parent)
            let prefix = "\(Self.temporaryPrefix)\(FileSystem.lastPart(of: path))"
            let others = try FileSystem.names(in: parent).filter { $0.hasPrefix("\(prefix)-") }
            let working = try TemporaryFolder(in: parent, prefix: prefix)
            workingLock = try FileLock(working.path)
            try FileSystem.makeFolder("\(working.path)/blobs")
            for name in others {
                // Whoever still works there holds its lock.
                guard let abandoned = try FileLock("\(parent)/\(name)") else { continue }
                try Self.adopt("\(parent)/\(name)", into: working.path)
                try FileSystem.remove("\(parent)/\(name)")
                withExtendedLifetime(abandoned) {}
            }
            (folder, self.base, workingFolder, self.lock) = (working.path, base, working, lock)
        }
        try FileSystem.makeFolder("\(folder)/blobs")
    }

    // Who fails before the first blob leaves no empty archive behind. Blobs stay: the next run finds them.
    deinit {
        guard madeFolder, written == nil, FileSystem.removeEmptyFolder("\(folder)/blobs") else { return }
        FileSystem.removeEmptyFolder(folder)
    }

    // MARK: Blobs

    /// Writes a blob; it has its name only when all its bytes are there and are the right ones.
    nonisolated func write(_ content: ByteStream, _ digest: Digest, size: Int64) async throws {
        let path = "\(folder)/\(BlobName.path(digest))"
        // Noted before it has its name: whoever finds it there and writes an index has it flushed first.
        await note(digest)
        let file = try AtomicFile(path, mode: 0o444)
        let content = try workingFolder?.covering(content, size: size, for: "\(digest) for \(self.path)") ?? content
        for try await chunk in content.verified(digest: digest, size: size, of: "\(digest) for \(self.path)") {
            try file.write(chunk)
        }
        try file.commit(durably: false)
    }

    /// Writes a blob whose digest shows when it is written; one that is left out then is not kept.
    nonisolated func write(
        _ content: ByteStream, leavingOut isLeftOut: @Sendable (Digest, Int64) -> Bool
    ) async throws -> (digest: Digest, size: Int64) {
        let random = UInt64.random(in: .min ... .max)
        let temporary = "\(folder)/blobs/\(Self.temporaryPrefix)\(String(random, radix: 36))"
        do {
            let file = try FileHandle(creating: temporary, mode: 0o444)
            let content = try workingFolder?.covering(content, for: "a content for \(path)") ?? content
            var hasher = DigestHasher()
            var size: Int64 = 0
            for try await chunk in content {
                hasher.update(chunk)
                try file.write(chunk)
                size += Int64(chunk.count)
            }
            let digest = hasher.finalize()
            guard !isLeftOut(digest, size) else {
                try FileSystem.removeFile(temporary)
                return (digest, size)
            }
            await note(digest)
            try FileSystem.rename(temporary, to: "\(folder)/\(BlobName.path(digest))")
            return (digest, size)
        } catch {
            try? FileSystem.removeFile(temporary)
            throw error
        }
    }

    /// Whether the part of a blob may be written; who gets it gives it back.
    func claim(_ digest: Digest) -> Bool { writing.insert(digest).inserted }
    /// Lets others write the part of a blob.
    func release(_ digest: Digest) { writing.remove(digest) }

    func note(_ digest: Digest) {
        unflushed.insert("\(folder)/\(BlobName.path(digest))")
        isPacked = false
    }

    /// Has a blob that was there already flushed before the next index is written: a run that was killed may have
    /// left it in memory only.
    func noteReused(_ digest: Digest) { if format == .directory { note(digest) } }

    // MARK: The index

    /// Makes the folder say what `index` says, surviving a power cut; what is newer by then is written as well.
    ///
    /// For a tar this is left to `finish`: until then nobody sees anything.
    func commit(_ index: Guarded<TransportArchiveIndex>, _ difference: Guarded<DifferenceState>) throws(Fault) {
        guard format == .directory else { return }
        let index = index.withLock { $0 }
        guard index != written else { return }
        try flushBlobs()
        // Noted before the index, so that whoever sees a manifest sees what it lacks.
        let record = "\(folder)/\(OmittedBlobs.fileName)"
        if let bytes = omissions(difference) {
            try FileSystem.write(bytes, to: record)
        } else {
            try FileSystem.removeFile(record)
        }
        try FileSystem.write(index.encoded(), to: "\(folder)/\(TransportArchiveIndex.fileName)")
        if written == nil { try FileSystem.synchronize(folder: FileSystem.folder(of: path)) }
        written = index
    }

    /// The record of what is left out; nil when that is nothing.
    private func omissions(_ difference: Guarded<DifferenceState>) -> [UInt8]? {
        let omitted = difference.withLock { $0.omitted }
        return omitted.blobs.isEmpty ? nil : omitted.encoded()
    }

    private func flushBlobs() throws(Fault) {
        guard !unflushed.isEmpty else { return }
        for path in unflushed.sorted() where FileSystem.exists(path) {
            try FileHandle(reading: path).synchronize()
            unflushed.remove(path)
        }
        try FileSystem.synchronize(folder: "\(folder)/blobs")
    }

    // MARK: Packing

    /// Completes the archive.
    ///
    /// - Parameter superseded: blobs that are left out of a tar.
    func finish(
        _ index: Guarded<TransportArchiveIndex>, _ difference: Guarded<DifferenceState>,
        leavingOut superseded: Set<Digest>
    ) async throws {
        guard format != .directory else {
            try commit(index, difference)
            // Blobs that no index names survive as well, so that the next run finds them.
            try flushBlobs()
            for name in try FileSystem.names(in: "\(folder)/blobs") where name.hasPrefix(Self.partPrefix) {
                guard let digest = BlobName.digest(String(name.dropFirst(Self.partPrefix.count))),
                    writing.contains(digest)
                else {
                    try FileSystem.removeFile("\(folder)/blobs/\(name)")
                    continue
                }
            }
            return
        }
        let present = index.withLock { $0 }
        guard !isPacked || present != written else { return }
        isPacked = true
        do { try await pack(present, omissions(difference), leavingOut: superseded) } catch {
            isPacked = false
            throw error
        }
        written = present
    }

    private func pack(
        _ index: TransportArchiveIndex, _ omissions: [UInt8]?, leavingOut superseded: Set<Digest>
    ) async throws {
        let tar = Tar.stream(try members(index, omissions, leavingOut: superseded))
        if let volumeSize {
            guard written == nil else {
                throw Fault(.unsupported, "\(path) is written in volumes already, which do not change")
            }
            let volumes = VolumeWriter(path: path, volumeSize: volumeSize, workingFolder: folder)
            try await volumes.write(format == .tgz ? tar.gzipped() : tar)
            return
        }
        // In the working folder, where the next run finds and removes it when this one is killed.
        let packed = "\(folder)/packed"
        try FileSystem.removeFile(packed)
        let file = try FileHandle(creating: packed)
        for try await chunk in format == .tgz ? tar.gzipped() : tar { try file.write(chunk) }
        try file.synchronize()
        guard written == nil ? !FileSystem.exists(path) : lock?.isCurrent == true else {
            throw Fault(
                .conflict, "\(path) was replaced by another process meanwhile",
                fix: "run this again, or choose another name")
        }
        try FileSystem.rename(packed, to: path)
        try FileSystem.synchronize(folder: FileSystem.folder(of: path))
        // The lock was on the file that has lost its name.
        lock = try FileLock(path)
    }

    /// The members in the order of v1: index, folder, blobs by name; what is left out stands behind the index.
    private func members(
        _ index: TransportArchiveIndex, _ omissions: [UInt8]?, leavingOut superseded: Set<Digest>
    ) throws(Fault) -> [TarMember] {
        let new = ArchiveContent.folder(folder)
        let fresh = Set(try new.blobs())
        let old = Set(try base?.blobs() ?? []).subtracting(fresh)
        var members: [TarMember] = [
            .bytes(TransportArchiveIndex.fileName, index.encoded()), .folder("blobs"),
        ]
        if let omissions { members.insert(.bytes(OmittedBlobs.fileName, omissions), at: 1) }
        for digest in fresh.union(old).subtracting(superseded).sorted(by: { BlobName.name($0) < BlobName.name($1) }) {
            let (path, isOld) = (BlobName.path(digest), old.contains(digest))
            let content = isOld ? base ?? new : new
            guard let size = try content.size(of: path) else { continue }
            let (name, isGivenUp, folder) = (self.path, volumeSize != nil, self.folder)
            members.append(
                .file(path, size: size) {
                    guard let stream = try content.open(path) else {
                        throw Fault(.notFound, "\(path) vanished while \(name) was packed", fix: "run this again")
                    }
                    // Volumes take the place of the blobs one by one, so that both never need the space of two archives.
                    if isGivenUp { return stream.atEnd { try FileSystem.removeFile("\(folder)/\(path)") } }
                    // New blobs were checked when they were written.
                    return isOld ? stream.verified(digest: digest, size: size, of: "\(digest) in \(name)") : stream
                })
        }
        for index in members.indices { members[index].entry.modified = Self.modified }
        return members
    }
}

extension ByteStream {
    /// The same bytes; `body` runs once, before the end is told.
    fileprivate func atEnd(_ body: @escaping @Sendable () throws -> Void) -> ByteStream {
        let hasEnded = Guarded(false)
        return ByteStream {
            if let chunk = try await next() { return chunk }
            let isFirst = hasEnded.withLock { ended in
                defer { ended = true }
                return !ended
            }
            if isFirst { try body() }
            return nil
        }
    }
}
