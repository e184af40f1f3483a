// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Documents
internal import Glibc
internal import Storage

/// A blob on its way in. One request at a time adds to it; the others are refused.
///
/// What has arrived stands in a file and is digested as it comes. After a restart the file is digested again from its
/// beginning before anything is added: what it holds then is what the offset says.
public actor UploadSession {
    /// Names the upload; not to be guessed.
    public nonisolated let id: String
    /// Where the blob will belong.
    public nonisolated let repository: RepositoryName
    /// Who began it.
    public nonisolated let by: String
    /// On whose account it counts.
    nonisolated let share: UploadShare
    /// When it was begun, in milliseconds since 1970.
    public nonisolated let started: Int64
    nonisolated let folder: String
    private let file: FileHandle
    private let limits: RegistryLimits
    private let algorithm: Digest.Algorithm
    /// Of the bytes up to `offset`; nil when it has to be made anew.
    private var digest: UploadDigest?
    private var isBusy = false
    private var isOver = false
    /// How many bytes have arrived.
    public private(set) var offset: Int64
    /// When bytes came last, by a clock that does not leap.
    private var lastUse: Int64

    nonisolated var dataPath: String { "\(folder)/data" }

    init(
        new id: String, in folder: String, repository: RepositoryName, by: String, share: UploadShare, started: Int64,
        _ algorithm: Digest.Algorithm, _ limits: RegistryLimits, now: Int64
    ) throws(Fault) {
        (self.id, self.folder, self.repository, self.by, lastUse) = (id, folder, repository, by, now)
        (self.started, self.limits, self.algorithm, self.share) = (started, limits, algorithm, share)
        try FileSystem.makeFolder(folder, mode: 0o750)
        let about: JSON = [
            "repository": .string(repository.description), "by": .string(by), "share": .string(share.text),
            "started": .number(JSONNumber(started)),
            "algorithm": .string(algorithm.rawValue),
        ]
        try FileSystem.write(about.encoded(), to: "\(folder)/about.json", mode: 0o640)
        file = try FileHandle(creating: "\(folder)/data", mode: 0o640)
        digest = UploadDigest(algorithm)
        offset = 0
    }

    /// Finds an upload that another process began; throws when the folder holds none.
    init(found id: String, in folder: String, _ limits: RegistryLimits, now: Int64) throws(Fault) {
        let json = try JSON(
            parsing: FileSystem.read("\(folder)/about.json", limit: 64 * 1024), source: "\(folder)/about.json")
        guard let name = json["repository"]?.string, let by = json["by"]?.string, let started = json["started"]?.int,
            let algorithm = json["algorithm"]?.string.flatMap({ Digest.Algorithm(rawValue: $0) })
        else { throw Fault(.corrupt, "\(folder) holds no upload") }
        (self.id, self.folder, self.by, self.started) = (id, folder, by, started)
        (self.limits, self.algorithm) = (limits, algorithm)
        // Before there were shares, folders held the name alone.
        share = json["share"]?.string.flatMap { UploadShare($0) } ?? .user(by)
        repository = try RepositoryName(name)
        file = try FileHandle("\(folder)/data", O_RDWR | O_CLOEXEC, "open")
        offset = try file.size()
        let written = try FileSystem.entry(at: "\(folder)/data", followLinks: false)?.modified ?? 0
        lastUse = min(now, written * 1000)
        digest = nil
    }

    /// Adds bytes; returns how many there are now.
    ///
    /// What arrived before the stream failed stays, so that its sender can go on behind it.
    ///
    /// - Parameters:
    ///   - position: where the bytes belong, when their sender said so; throws `.blobUploadInvalid` when that is not where
    ///     the upload stands.
    ///   - length: how many there are, when their sender said so.
    ///   - room: what disk and quota have room for.
    ///   - now: the time, by a clock that does not leap.
    func append(
        _ bytes: ByteStream, at position: Int64?, length: Int64?, room: consuming UploadRoom,
        now: @Sendable () -> Int64
    ) async throws -> Int64 {
        try begin()
        var room = room
        defer {
            isBusy = false
            lastUse = now()
        }
        if let position, position != offset {
            throw Fault(
                .blobUploadInvalid, "the upload stands at byte \(offset), not at \(position)",
                fix: "ask for its state and go on from there")
        }
        let digest: UploadDigest
        if let found = self.digest { digest = found } else { digest = try digestSoFar() }
        self.digest = digest
        try require(offset + (length ?? 0))
        try room.begin(total: offset + (length ?? 0), announced: length)
        let start = offset
        while let chunk = try await bytes.next() {
            try require(offset + Int64(chunk.count))
            try room.take(Int64(chunk.count), total: offset + Int64(chunk.count))
            do {
                try await write(chunk, digest)
            } catch {
                // A part may have been written: the file is brought back to what was taken, and digested again then.
                self.digest = nil
                try cut()
                throw error
            }
            offset += Int64(chunk.count)
            startWriting(chunk.count)
        }
        if let length, offset - start != length {
            throw Fault(.sizeInvalid, "\(length) bytes were announced and \(offset - start) came")
        }
        return offset
    }

    /// Ends the upload: throws `.digestInvalid` when its bytes are not those of the digest. The file is durable then.
    func finish(_ digest: Digest) throws(Fault) {
        try begin()
        defer { isBusy = false }
        let whole: UploadDigest
        if let found = self.digest.take(), digest.algorithm == algorithm {
            whole = found
        } else {
            whole = try digestSoFar(digest.algorithm)
        }
        guard whole.finalize() == digest else {
            throw Fault(
                .digestInvalid, "the bytes that arrived are not those of \(digest)", fix: "push the blob from its start"
            )
        }
        isOver = true
        try file.synchronize()
    }

    /// Whether no bytes have come since a moment, and no request is adding any.
    func isIdle(since moment: Int64) -> Bool { !isBusy && !isOver && lastUse <= moment }

    /// Gives the upload up when it is idle; says whether it did. What it holds is removed by the caller.
    func endIfIdle(since moment: Int64) -> Bool {
        guard isIdle(since: moment) else { return false }
        isOver = true
        return true
    }

    /// Gives the upload up and removes what arrived.
    func discard() throws(Fault) {
        isOver = true
        try FileSystem.remove(folder)
    }

    /// Opens what arrives for reading beside whoever adds to it; it stays readable when the upload has ended.
    public nonisolated func openData() throws(Fault) -> SharedFile { try SharedFile(reading: dataPath) }

    /// What the file looks like.
    func mark() throws(Fault) -> FileMark { try file.mark() }

    /// How much is written to the cache before the kernel is told to write it to the disk.
    private static let writeBehind: Int64 = 8 << 20

    private func begin() throws(Fault) {
        guard !isOver else {
            throw Fault(.blobUploadUnknown, "there is no such upload to \(repository)", fix: "begin a new one")
        }
        guard !isBusy else {
            throw Fault(.blobUploadInvalid, "another request adds to this upload", fix: "send one at a time")
        }
        isBusy = true
    }

    /// Writes a piece and digests it, on two threads when one has nothing else to do: each takes about as long as the
    /// other, and together they are what a large upload waits for.
    private func write(_ chunk: Chunk, _ digest: UploadDigest) async throws {
        guard chunk.count >= Self.worthAThread, DiskExecutor.shared.hasIdleThread else {
            try file.write(chunk)
            digest.update(chunk)
            return
        }
        async let isDigested: Void = digest.update(chunk)
        try file.write(chunk)
        await isDigested
    }

    /// From how many bytes on digesting takes longer than waking a thread for it.
    private static let worthAThread = 128 * 1024

    private func require(_ size: Int64) throws(Fault) {
        guard size <= limits.blobBytes else {
            throw Fault(
                .sizeInvalid, "the blob has more than the \(ByteCount(limits.blobBytes)) that one may have here")
        }
    }

    private func cut() throws(Fault) {
        guard ftruncate(file.descriptor, off_t(offset)) == 0, lseek(file.descriptor, off_t(offset), SEEK_SET) >= 0
        else { throw Fault.system(errno, "shorten \(dataPath)") }
    }

    /// The digest of what stands in the file, which is brought to its end.
    private func digestSoFar(_ algorithm: Digest.Algorithm? = nil) throws(Fault) -> UploadDigest {
        let digest = UploadDigest(algorithm ?? self.algorithm)
        var position: Int64 = 0
        while position < offset {
            let bytes = try file.read(at: position, upTo: Int(min(1 << 20, offset - position)))
            guard !bytes.isEmpty else { break }
            digest.update(bytes[...])
            position += Int64(bytes.count)
        }
        // After a power cut the file may be shorter than it was.
        offset = position
        try cut()
        return digest
    }

    /// Lets the kernel write what is complete while more arrives, so that the flush at the end need not wait for all.
    private func startWriting(_ count: Int) {
        let (before, now) = ((offset - Int64(count)) / Self.writeBehind, offset / Self.writeBehind)
        if now > before { file.startWriting(before * Self.writeBehind..<now * Self.writeBehind) }
    }
}
