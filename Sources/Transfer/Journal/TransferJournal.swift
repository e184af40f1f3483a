// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Glibc
public import OCI
public import Web

/// What a transfer has done so far, kept in a file, so that a run after a crash goes on where it stopped.
///
/// Nothing in it is believed about content: digests decide. It spares questions and bytes, and losing it costs no more
/// than those. It holds URLs of upload sessions, which can be secrets: the file is its owner's alone and never shown.
///
/// Records are written as they come and flushed together, every tenth of a second at the most: after `kill -9` all of
/// them are there, after a power cut those of before the last flush.
public final class TransferJournal: UploadJournal {
    /// Where it is.
    public let path: String
    private let handle: FileHandle
    private struct State: Sendable {
        /// Held as long as the journal is open.
        var lock: FileLock?
        var contents = JournalContents()
        var counts = Counts()
        var isDirty = false
        var isClosed = false
        /// A record may be torn; behind it nothing more can be noted.
        var isBroken = false
    }
    private let state: Guarded<State>

    /// What became of the uploads that an earlier run had begun.
    public struct Counts: Sendable, Equatable {
        /// Uploads that went on.
        public var resumed = 0
        /// Bytes that did not move again, since the registry had them.
        public var bytes: Int64 = 0
        /// Uploads that started over, because the registry had lost them or had something else.
        public var lost = 0
    }

    private init(path: String, handle: consuming FileHandle, lock: FileLock, contents: JournalContents) {
        self.path = path
        self.handle = handle
        state = Guarded(State(lock: lock, contents: contents))
    }

    /// Opens the journal of a transfer, or makes it.
    ///
    /// One that is of another transfer or of another version is set aside as `<path>.old` and not used; a torn end is
    /// cut off. Waits up to `patience` for another process to let it go. Throws `.conflict` when it does not.
    /// - Parameter fingerprint: what tells this transfer from others.
    public static func open(
        _ path: String, fingerprint: Digest, patience: Duration = .seconds(15)
    ) async throws -> TransferJournal {
        try FileSystem.makeFolder(FileSystem.folder(of: path), mode: 0o700)
        let deadline = ContinuousClock.now + patience
        while true {
            _ = try FileHandle(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, "write", 0o600)
            guard let lock = try FileLock(path) else {
                guard ContinuousClock.now < deadline else {
                    throw Fault(
                        .conflict, "the journal \(path) is in use: the same transfer is running already",
                        fix: "wait until it is done, or name another file with --journal")
                }
                try await Task.sleep(for: .milliseconds(50))
                continue
            }
            let handle = try FileHandle(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC, "write")
            let size = try handle.size()
            guard size > 0 else {
                try handle.write(
                    JournalRecord.header(version: JournalRecord.version, fingerprint: fingerprint).line[...])
                try handle.synchronize()
                try FileSystem.synchronize(folder: FileSystem.folder(of: path))
                return TransferJournal(path: path, handle: handle, lock: lock, contents: JournalContents())
            }
            var reader = JournalReader(fingerprint: fingerprint)
            var offset: Int64 = 0
            while offset < min(size, JournalReader.sizeLimit) {
                let bytes = try handle.read(at: offset, upTo: Chunk.preferredSize)
                guard !bytes.isEmpty else { break }
                reader.take(bytes[...])
                offset += Int64(bytes.count)
            }
            guard reader.isWanted == true, size <= JournalReader.sizeLimit else {
                try FileSystem.rename(path, to: path + ".old")
                continue
            }
            try FileSystem.setMode(path, 0o600)
            guard ftruncate(handle.descriptor, off_t(reader.whole)) == 0 else {
                throw Fault.system(errno, "cut \(path)")
            }
            return TransferJournal(path: path, handle: handle, lock: lock, contents: reader.contents)
        }
    }

    deinit { close() }

    /// What became of the uploads that an earlier run had begun.
    public var counts: Counts { state.withLock { $0.counts } }

    // MARK: Contents

    /// A content that an earlier run has brought to its place; nil when none has.
    public func finished(_ key: String) -> FinishedContent? { state.withLock { $0.contents.finished[key] } }

    /// A content is in its place.
    public func note(_ content: FinishedContent, for key: String) {
        state.withLock { append(.content(key: key, content), &$0) }
    }

    public func finishedSize(_ key: UploadKey) -> Int64? {
        let content = finished(Self.name(of: key))
        return content?.digest == key.digest && content?.place == key.repository ? content?.size : nil
    }

    public func noteFinished(_ key: UploadKey, size: Int64) {
        guard finishedSize(key) != size else { return }
        note(FinishedContent(digest: key.digest, size: size, place: key.repository), for: Self.name(of: key))
    }

    private static func name(of key: UploadKey) -> String { "\(key.registry)/\(key.repository)@\(key.digest)" }

    // MARK: Uploads

    public func unfinishedUpload(_ key: UploadKey) -> UnfinishedUpload? {
        state.withLock { state in
            state.contents.uploads[key].map { UnfinishedUpload(location: $0.location, states: $0.states) }
        }
    }

    public func note(_ location: HTTPURL, of key: UploadKey) {
        state.withLock { state in
            let number = state.contents.uploads[key]?.number ?? state.contents.lastNumber + 1
            append(.session(number: number, key: key, location: location.description), &state)
        }
    }

    public func note(_ digestState: DigestState, of key: UploadKey) {
        state.withLock { state in
            guard let upload = state.contents.uploads[key] else { return }
            append(.state(number: upload.number, digestState), &state)
        }
    }

    public func noteResumed(_ key: UploadKey, at offset: Int64) {
        state.withLock { state in
            state.counts.resumed += 1
            state.counts.bytes += offset
        }
    }

    public func forget(_ key: UploadKey, _ end: UploadEnd) {
        state.withLock { state in
            if end == .lost { state.counts.lost += 1 }
            guard let upload = state.contents.uploads[key] else { return }
            append(.end(number: upload.number), &state)
        }
    }

    /// What another process needs to note where an upload goes on, should this one end before it can: the number of
    /// the upload, and the descriptor that holds the lock.
    func handover(_ key: UploadKey) -> (number: Int64, lock: Int32)? {
        state.withLock { state in
            guard let upload = state.contents.uploads[key], let lock = state.lock else { return nil }
            return (upload.number, lock.descriptor)
        }
    }

    /// Notes, for another process, that an upload goes on at a URL. A line that it left torn is ended first.
    static func note(_ location: String, of key: UploadKey, number: Int64, in path: String) throws(Fault) {
        let handle = try FileHandle(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_CLOEXEC, "write")
        let size = try handle.size()
        let last = size > 0 ? try handle.read(at: size - 1, upTo: 1) : []
        let line = JournalRecord.session(number: number, key: key, location: location).line
        guard line.count <= JournalRecord.sizeLimit else { return }
        try handle.write((last == [0x0A] ? line : [0x0A] + line)[...])
        try handle.synchronize()
    }

    // MARK: The file

    private func append(_ record: JournalRecord, _ state: inout State) {
        state.contents.note(record)
        let line = record.line
        guard !state.isClosed, !state.isBroken, line.count <= JournalRecord.sizeLimit else { return }
        // A transfer goes on without its journal when the disk is full, say; it only cannot be resumed as well.
        do throws(Fault) { try handle.write(line[...]) } catch { state.isBroken = true }
        guard !state.isDirty else { return }
        state.isDirty = true
        flushSoon(&state)
    }

    private func flushSoon(_ state: inout State) {
        startThread { [weak self] in
            usleep(100_000)
            self?.flush()
        }
    }

    /// Waits until all that was noted would survive a power cut.
    public func flush() {
        state.withLock { $0.isDirty = false }
        try? handle.synchronize()
    }

    /// Notes nothing more, and leaves the file to the next run; one in which nothing stands is removed.
    public func close() {
        let (wasOpen, isEmpty) = state.withLock { state in
            defer { state.isClosed = true }
            return (!state.isClosed, state.contents.isEmpty)
        }
        if wasOpen && isEmpty { try? FileSystem.removeFile(path) } else if wasOpen { flush() }
        state.withLock { $0.lock = nil }
    }

    /// The transfer has succeeded: there is nothing to go on with.
    public func remove() throws(Fault) {
        state.withLock { $0.isClosed = true }
        try FileSystem.removeFile(path)
        state.withLock { $0.lock = nil }
    }
}

/// A content that a transfer has brought to its place.
public struct FinishedContent: Sendable, Equatable {
    /// Its digest.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// Where it is, such as the repository in the target's store.
    public let place: String

    /// Describes a content.
    public init(digest: Digest, size: Int64, place: String) {
        (self.digest, self.size, self.place) = (digest, size, place)
    }
}
