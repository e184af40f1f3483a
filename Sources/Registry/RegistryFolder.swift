// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Glibc
internal import Storage

/// A registry kept in a folder: repositories with blobs, manifests and tags.
///
/// What was acknowledged is durable, whole and visible; what was not is invisible, or as whole as if it had been. Reading
/// never waits for writing. One process at a time has the folder.
///
///     blobs/       contents by digest, each whole under its name or not there
///     records/     every change, appended and flushed before it is acknowledged: the truth
///     index.sqlite what follows from the records, made anew from them when it is lost or damaged
///     uploads/     contents on their way in
///     quarantine/  contents that were found damaged
///     trash/       contents that are being removed
public final class RegistryFolder: Sendable {
    /// The folder.
    public let path: String
    /// What it accepts.
    public let limits: RegistryLimits
    let blobs: BlobFolder
    let readers: SQLiteReaders
    let writer: RegistryWriter
    let hot: HotContents
    /// Told of repositories whose tags have changed.
    let tagObservers = Guarded<[@Sendable (Set<RepositoryName>) -> Void]>([])
    let verified: VerifiedBlobs
    let uploads: UploadTable
    let space: SpaceLedger
    let time: RegistryClock
    /// One at a time collects garbage, reads everything, or compacts records.
    let upkeep = UpkeepGate()
    private let lock: Guarded<FileLock?>

    /// Opens a registry, making it when the folder is empty or not there.
    ///
    /// Throws `.conflict` when another process has it, `.corrupt` when records are damaged that the index has not seen.
    ///
    /// - Parameter clock: milliseconds since 1970; asked for when the registry is opened, see `RegistryClock`.
    public convenience init(
        _ path: String, limits: RegistryLimits = RegistryLimits(),
        clock: @escaping @Sendable () -> Int64 = { RegistryFolder.wallClock() }
    ) throws(Fault) {
        try self.init(path, limits: limits, clock: clock, hooks: Hooks())
    }

    /// What tests put in the place of the machine.
    struct Hooks: Sendable {
        var steady: @Sendable () -> Int64 = { RegistryClock.sinceBoot() }
        var freeSpace: (@Sendable () throws(Fault) -> Int64)?
        var records: RegistryState.Failing?
    }

    init(
        _ path: String, limits: RegistryLimits, clock: @escaping @Sendable () -> Int64, hooks: Hooks
    ) throws(Fault) {
        (self.path, self.limits) = (path, limits)
        for name in ["blobs", "records", "uploads", "quarantine", "trash"] {
            try FileSystem.makeFolder("\(path)/\(name)", mode: 0o750)
        }
        try FileSystem.synchronize(folder: path)
        guard let lock = try FileLock("\(path)/records") else {
            throw Fault(.conflict, "the registry in \(path) is in use by another process", fix: "stop that one first")
        }
        self.lock = Guarded(lock)
        let blobs = try BlobFolder("\(path)/blobs")
        let opened = try RegistryState.open(path, blobs, failing: hooks.records)
        let hot = HotContents(limit: limits.cacheBytes)
        (self.blobs, self.hot) = (blobs, hot)
        readers = SQLiteReaders("\(path)/index.sqlite")
        let newest = opened.position.time
        let time = RegistryClock(wall: clock, steady: hooks.steady, newest: newest > 0 ? newest : nil)
        self.time = time
        verified = VerifiedBlobs(hours: limits.verificationHours, clock: { time.now })
        uploads = try UploadTable("\(path)/uploads", limits, clock: time)
        space = SpaceLedger(floor: limits.freeSpaceFloor, in: path, measure: hooks.freeSpace)
        let keeper = RecordKeeper(
            opened.log, segment: opened.position.segment, base: opened.position.base, in: "\(path)/records",
            failing: hooks.records)
        let (upkeep, tagged) = (upkeep, tagObservers)
        let (floor, growth) = (limits.recordsFloor, limits.recordsGrowth)
        writer = RegistryWriter(
            opened.database, keeper, blobs, clock: { time.now }, committed: { changes in
                hot.forget(changes)
                Self.tell(tagged, of: changes)
            },
            grown: { length, base in if length > max(floor, growth * base) { upkeep.recordsHaveGrown() } })
        upkeep.whenRecordsGrow { [weak self] in
            Task { try? await self?.compactRecords() }
        }
        try emptyTrash()
    }

    /// Ends: what was asked for is done, nothing more is taken, and another process may have the folder.
    public func close() async {
        await upkeep.close()
        await writer.end()
        readers.close()
        lock.withLock { $0 = nil }
    }

    /// How many uploads are under way.
    public var uploadCount: Int { uploads.count }

    /// Why nothing can be pushed now; nil when it can.
    public var unready: String? {
        if let failure = writer.failure { return "the records take nothing more: \(failure.message)" }
        guard let free = try? FileSystem.freeSpace(in: path), free >= limits.freeSpaceFloor else {
            return "the disk is full"
        }
        return nil
    }

    /// The time of this machine in milliseconds since 1970.
    public static func wallClock() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Throws `.noSpace` when so many bytes more would leave less of the disk free than the limits want.
    func requireSpace(for bytes: Int64) throws(Fault) { try space.require(bytes) }

    /// What an upload to a repository may hold; throws `.noSpace` when that is less than so many bytes.
    func requireQuota(for bytes: Int64, in repository: RepositoryName) throws(Fault) {
        guard let quota = try quotaLeft(in: repository), bytes > quota.left else { return }
        throw Self.quotaFault(quota.limit, repository)
    }

    func quotaLeft(in repository: RepositoryName) throws(Fault) -> (limit: Int64, left: Int64)? {
        guard let limit = limits.quota(repository) else { return nil }
        let held = try readers.read { database throws(Fault) in try RegistryIndex.bytes(repository, database) }
        return (limit, limit - held)
    }

    static func requireQuota(_ quota: Int64, _ wanted: Int64, _ repository: RepositoryName) throws(Fault) {
        guard wanted <= quota else { throw quotaFault(quota, repository) }
    }

    static func quotaFault(_ quota: Int64, _ repository: RepositoryName) -> Fault {
        Fault(
            .noSpace, "\(repository) would hold more than its quota of \(ByteCount(quota))",
            fix: "delete what is not needed, or ask the registry's operator for more")
    }
}

extension RegistryFolder {
    /// The file that says which records were lost; while it is there, no content is removed.
    static let lossesName = "LOST-RECORDS"

    /// Makes the index of a registry that nobody has open anew from its records; returns what was damaged and passed over,
    /// and which manifests are missing or damaged. When records were passed over, they are named in the file `LOST-RECORDS`
    /// of the registry, and while that is there, the collection of garbage removes no content.
    public static func rebuild(_ path: String) throws(Fault) -> [String] {
        guard let lock = try FileLock("\(path)/records") else {
            throw Fault(.conflict, "the registry in \(path) is in use by another process", fix: "stop that one first")
        }
        try RecordSegments.clean("\(path)/records")
        var losses = RegistryState.Losses(mayPass: true)
        _ = try RegistryState.rebuild(path, BlobFolder("\(path)/blobs"), &losses)
        // What lost records linked looks like garbage now: its bytes stay until somebody has looked.
        if !losses.records.isEmpty {
            let text = losses.sentences.joined(separator: "\n") + "\n"
            try FileSystem.write(Array(text.utf8), to: "\(path)/\(lossesName)", mode: 0o640)
        }
        withExtendedLifetime(lock) {}
        return losses.sentences
    }
}
