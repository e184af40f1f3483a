// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
public import OCI

/// A Common Transport Format archive as a store of OCI artifacts: a folder, a tar or a tar compressed with gzip.
///
/// All repositories of an archive share their blobs. What is written to a folder is visible to others when a tag is
/// set, in one step, and survives a power cut from then on; a tar appears with `finish`. A process that is killed
/// leaves the archive as it was at the last such step.
public final class CommonTransportArchive: ArtifactStore {
    /// The path of the archive, for messages.
    public let name: String
    /// How it is kept.
    public let format: ArchiveFormat
    /// Where files are looked up, in this order.
    let contents: [ArchiveContent]
    let index: Guarded<TransportArchiveIndex>
    let writer: TransportArchiveWriter?
    /// Lists of referrers that were replaced by longer ones; they go when no written index names them. Its lock is
    /// also the gate that lets one referrer at a time into a list.
    let superseded = Guarded<Set<Digest>>([])

    /// What is left out; see `leaveOut`.
    let difference: Guarded<DifferenceState>

    private init(
        name: String, format: ArchiveFormat, contents: [ArchiveContent], index: TransportArchiveIndex,
        writer: TransportArchiveWriter?, omitted: OmittedBlobs = OmittedBlobs()
    ) {
        difference = Guarded(DifferenceState(omitted: omitted))
        (self.name, self.format, self.contents, self.writer) = (name, format, contents, writer)
        self.index = Guarded(index)
    }

    /// Makes an archive; throws `.conflict` when something other than an empty folder is there already.
    ///
    /// - Parameters:
    ///   - format: by default what the name asks for: `.tar`, `.tgz`, `.tar.gz`, else a folder.
    ///   - volumeSize: cuts the archive into volumes `<path>.vol001`, … of at most so many bytes; a folder becomes a tar.
    ///     With `finish`, volumes take the place of what was written, which cannot be read through this object then.
    public static func create(
        path: String, format: ArchiveFormat? = nil, volumeSize: Int64? = nil, temporaryFolder: String? = nil
    ) async throws -> CommonTransportArchive {
        var format = format ?? ArchiveFormat(path: path)
        if let volumeSize {
            try VolumeWriter.check(size: volumeSize)
            try VolumeWriter.checkFree(path)
            if format == .directory { format = .tar }
        }
        if FileSystem.exists(path) {
            guard format == .directory, FileSystem.isFolder(path), try FileSystem.names(in: path).isEmpty else {
                throw Fault(.conflict, "\(path) exists already", fix: "choose another name, or remove it")
            }
        }
        let writer = try TransportArchiveWriter(
            path: path, format: format, volumeSize: volumeSize, base: nil, lock: nil, written: nil)
        return CommonTransportArchive(
            name: path, format: format, contents: [.folder(writer.folder)], index: TransportArchiveIndex(),
            writer: writer)
    }

    /// Opens an archive that exists; its content, not its name, says what it is.
    ///
    /// - Parameters:
    ///   - writable: whether it will be changed; throws `.conflict` when another process does so already.
    ///   - temporaryFolder: where a compressed archive takes space while it is open.
    public static func open(
        path: String, writable: Bool = false, temporaryFolder: String? = nil
    ) async throws -> CommonTransportArchive {
        let isVolumes = try ArchiveContent.holdsVolumes(path)
        guard isVolumes || FileSystem.exists(path) else {
            throw Fault(.notFound, "there is no archive \(path)", fix: "check the path")
        }
        guard !isVolumes || !writable else {
            throw Fault(
                .unsupported, "the volumes of \(path) are only read",
                fix: "carry what they hold to a new archive with --volume-size, or join them first")
        }
        // The lock comes first: what is read behind it is what will be replaced.
        let lock = writable ? try TransportArchiveWriter.lock(path) : nil
        let (content, format) = try await ArchiveContent.open(path, temporaryFolder: temporaryFolder)
        let written = try readIndex(content, path)
        let omitted = try readOmittedBlobs(content, path)
        guard let lock else {
            return CommonTransportArchive(
                name: path, format: format, contents: [content], index: written ?? TransportArchiveIndex(), writer: nil,
                omitted: omitted)
        }
        let writer = try TransportArchiveWriter(
            path: path, format: format, base: content, lock: lock,
            written: format == .directory ? written : written ?? TransportArchiveIndex())
        let contents = format == .directory ? [content] : [.folder(writer.folder), content]
        return CommonTransportArchive(
            name: path, format: format, contents: contents, index: written ?? TransportArchiveIndex(), writer: writer,
            omitted: omitted)
    }

    private static func readOmittedBlobs(_ content: ArchiveContent, _ path: String) throws(Fault) -> OmittedBlobs {
        guard let bytes = try content.read(OmittedBlobs.fileName, limit: OmittedBlobs.sizeLimit) else {
            return OmittedBlobs()
        }
        return try OmittedBlobs(parsing: bytes, source: "\(path)/\(OmittedBlobs.fileName)")
    }

    /// The index of an archive; nil when it has none and may do without.
    private static func readIndex(_ content: ArchiveContent, _ path: String) throws(Fault) -> TransportArchiveIndex? {
        let limit = TransportArchiveIndex.sizeLimit
        if let bytes = try content.read(TransportArchiveIndex.fileName, limit: limit) {
            return try TransportArchiveIndex(parsing: bytes, source: "\(path)/\(TransportArchiveIndex.fileName)")
        }
        // An archive without an index is an empty one, but not everything without an index is an archive.
        guard try content.mayBeEmptyArchive() else {
            throw Fault(
                .invalid, "\(path) is no transport archive: it has no \(TransportArchiveIndex.fileName)",
                fix: "check the path; a component archive is named as ca::\(path)")
        }
        return nil
    }

    /// Completes what was written: a folder's index and blobs are flushed, a tar is packed and takes its name.
    ///
    /// May be called again after more was written; without changes it does nothing.
    public func finish() async throws {
        guard let writer else { return }
        try await writer.finish(index, difference, leavingOut: superseded.withLock { unnamed($0) })
        try removeSuperseded(writer)
    }

    /// Makes a folder show what has been written.
    func commit() async throws {
        let writer = try requireWriter()
        try await writer.commit(index, difference)
        try removeSuperseded(writer)
    }

    /// Removes lists of referrers that were replaced, after an index without them has been written.
    private func removeSuperseded(_ writer: TransportArchiveWriter) throws(Fault) {
        guard format == .directory else { return }
        try superseded.withLock { superseded throws(Fault) in
            for digest in unnamed(superseded) {
                try FileSystem.removeFile("\(writer.folder)/\(BlobName.path(digest))")
                superseded.remove(digest)
            }
        }
    }

    private func unnamed(_ digests: Set<Digest>) -> Set<Digest> {
        index.withLock { index in digests.filter { !index.names($0) } }
    }

    func requireWriter() throws(Fault) -> TransportArchiveWriter {
        if let writer { return writer }
        throw Fault(.unsupported, "\(name) was opened for reading only", fix: "open it for writing")
    }
}
