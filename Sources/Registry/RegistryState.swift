// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// The records and the index of a registry, brought together when it is opened.
enum RegistryState {
    /// What a writer works with.
    struct Opened: ~Copyable {
        let database: SQLiteConnection
        let log: RecordLog
        let position: RegistryIndex.Position
    }
    /// How the records' writes are made to fail by tests.
    typealias Failing = @Sendable (RecordLog.Moment) throws(Fault) -> Void

    /// Opens both. What the records have and the index has not is brought into the index; an index that is missing,
    /// damaged, of another version, or ahead of the records is made anew.
    ///
    /// A last line that is damaged, and that the index has not seen, was torn by a power cut before anybody relied on it.
    /// Without an index nobody knows that, and it is refused like any other damage.
    static func open(_ root: String, _ blobs: BlobFolder, failing: Failing?) throws(Fault) -> sending Opened {
        try RecordSegments.clean("\(root)/records")
        let (segment, records) = try RecordSegments.current("\(root)/records")
        let log = try RecordLog(records, failing: failing)
        let path = "\(root)/index.sqlite"
        if let database = try? current(path, segment: segment, length: log.length) {
            do throws(Fault) {
                _ = try log.cutTornLine(behind: try RegistryIndex.position(database).place)
                var losses = Losses(mayPass: false)
                try replay(records, segment, into: database, blobs, &losses)
                return Opened(database: database, log: log, position: try RegistryIndex.position(database))
            } catch {
                guard error.code == .corrupt || error.code == .internal else { throw error }
            }
        }
        var losses = Losses(mayPass: false)
        let database = try rebuild(root, blobs, &losses)
        return Opened(database: database, log: log, position: try RegistryIndex.position(database))
    }

    /// Makes the index anew from the records, beside the old one, which it replaces when it is whole.
    static func rebuild(
        _ root: String, _ blobs: BlobFolder, _ losses: inout Losses
    ) throws(Fault) -> sending SQLiteConnection {
        let (segment, records) = try RecordSegments.current("\(root)/records")
        let (path, fresh) = ("\(root)/index.sqlite", "\(root)/index.new.sqlite")
        for ending in ["", "-wal", "-shm"] { try FileSystem.removeFile(fresh + ending) }
        do {
            let database = try SQLiteConnection(fresh, isDurable: false)
            try database.transaction { () throws(Fault) in
                try RegistryIndex.create(database)
                try RegistryIndex.setPosition(
                    database, RegistryIndex.Position(segment: segment, place: 0, base: 0, time: 0))
            }
            try replay(records, segment, into: database, blobs, &losses)
            try database.script("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        for ending in ["-wal", "-shm"] { try FileSystem.removeFile(path + ending) }
        try FileSystem.rename(fresh, to: path)
        for ending in ["-wal", "-shm"] { try FileSystem.removeFile(fresh + ending) }
        try FileSystem.synchronize(folder: root)
        return try SQLiteConnection(path, isDurable: false)
    }

    /// The index as it is, if it is one and not ahead of the records.
    private static func current(_ path: String, segment: Int64, length: Int64) throws(Fault)
        -> sending SQLiteConnection?
    {
        guard FileSystem.exists(path) else { return nil }
        let database = try SQLiteConnection(path, isDurable: false)
        guard try RegistryIndex.isCurrent(database) else { return nil }
        let position = try RegistryIndex.position(database)
        return position.segment == segment && position.place <= length ? database : nil
    }

    /// What is lost when records are brought into an index.
    struct Losses {
        /// Whether damaged records are passed over.
        let mayPass: Bool
        /// Records that are damaged or mean nothing.
        var records: [String] = []
        /// Manifests whose bytes are missing or damaged, with their repositories.
        var manifests: Set<ManifestKey> = []
        struct ManifestKey: Hashable {
            let repository: RepositoryName
            let digest: Digest
        }

        init(mayPass: Bool) { self.mayPass = mayPass }

        /// Everything in sentences.
        var sentences: [String] {
            records
                + manifests.map { "the manifest \($0.digest) of \($0.repository) is missing or damaged" }.sorted()
        }

        mutating func pass(_ damage: String) throws(Fault) {
            guard mayPass else {
                throw Fault(
                    .corrupt, damage,
                    fix: "restore the records from a backup, or accept the loss: sovereign registry rebuild")
            }
            records.append(damage)
        }
    }

    /// Brings records into the index from where it stands.
    private static func replay(
        _ records: String, _ segment: Int64, into database: SQLiteConnection, _ blobs: BlobFolder,
        _ losses: inout Losses
    ) throws(Fault) {
        var position = try RegistryIndex.position(database)
        position.segment = segment
        var isOpen = false
        var count = 0
        func close() throws(Fault) {
            guard isOpen else { return }
            try RegistryIndex.setPosition(database, position)
            try database.script("COMMIT")
            isOpen = false
        }
        try RecordLog.read(records, from: position.place) { line, place throws(Fault) in
            // Entries of one line are one step: the index stands between lines.
            if place != position.place, count >= 10_000 {
                try close()
                count = 0
            }
            if !isOpen {
                try database.script("BEGIN IMMEDIATE")
                isOpen = true
            }
            if let record = try record(line) {
                for change in record.changes { try apply(change, record, database, blobs, &losses) }
                position.time = record.time
                if record.changes.isEmpty { position.base = place }
            } else {
                try losses.pass("a record of \(records) that ends at byte \(place) is damaged")
            }
            position.place = place
            count += 1
        }
        try close()
    }

    private static func record(_ line: Chunk?) throws(Fault) -> RegistryRecord? {
        guard let line else { return nil }
        do throws(Fault) { return try RegistryRecord(parsing: line) } catch {
            guard error.code != .internal else { throw error }
            return nil
        }
    }

    private static func apply(
        _ change: RegistryChange, _ record: RegistryRecord, _ database: SQLiteConnection, _ blobs: BlobFolder,
        _ losses: inout Losses
    ) throws(Fault) {
        var isLost = false
        try RegistryIndex.apply(change, time: record.time, by: record.by, database) {
            digest, mediaType throws(Fault) in
            let details = try Self.details(of: digest, mediaType, blobs)
            isLost = details == nil
            return details
        }
        // A manifest that was deleted later is not there any more, and need not be.
        switch change {
        case .putManifest(let repository, let digest, _, _):
            let key = Losses.ManifestKey(repository: repository, digest: digest)
            if isLost { losses.manifests.insert(key) } else { losses.manifests.remove(key) }
        case .deleteManifest(let repository, let digest):
            losses.manifests.remove(Losses.ManifestKey(repository: repository, digest: digest))
        default: break
        }
    }

    /// The details of a manifest from its file; nil when that is missing or damaged.
    static func details(
        of digest: Digest, _ mediaType: String, _ blobs: BlobFolder
    ) throws(Fault) -> ManifestDetails? {
        do throws(Fault) {
            let bytes = try FileSystem.read(blobs.path(of: digest), limit: 64 << 20)
            guard Digest(of: bytes, algorithm: digest.algorithm) == digest else { return nil }
            return try ManifestDetails(parsing: bytes, mediaType: mediaType)
        } catch {
            guard [.notFound, .manifestInvalid, .limitExceeded].contains(error.code) else { throw error }
            return nil
        }
    }
}
