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
        let segment: Int64
    }

    /// Opens both. What the records have and the index has not is brought into the index; an index that is missing,
    /// damaged, of another version, or ahead of the records is made anew.
    static func open(_ root: String, _ blobs: BlobFolder) throws(Fault) -> sending Opened {
        let (segment, records) = try currentSegment("\(root)/records")
        let log = try RecordLog(records)
        let path = "\(root)/index.sqlite"
        if let database = try? current(path, segment: segment, length: log.length) {
            do throws(Fault) {
                try replay(records, segment, into: database, blobs, onDamage: refuse)
                return Opened(database: database, log: log, segment: segment)
            } catch {
                guard error.code == .corrupt || error.code == .internal else { throw error }
            }
        }
        return Opened(database: try rebuild(root, blobs, onDamage: refuse), log: log, segment: segment)
    }

    /// Makes the index anew from the records, beside the old one, which it replaces when it is whole.
    static func rebuild(
        _ root: String, _ blobs: BlobFolder, onDamage: (String) throws(Fault) -> Void
    ) throws(Fault) -> sending SQLiteConnection {
        let (segment, records) = try currentSegment("\(root)/records")
        let (path, fresh) = ("\(root)/index.sqlite", "\(root)/index.new.sqlite")
        for ending in ["", "-wal", "-shm"] { try FileSystem.removeFile(fresh + ending) }
        do {
            let database = try SQLiteConnection(fresh, isDurable: false)
            try database.transaction { () throws(Fault) in
                try RegistryIndex.create(database)
                try RegistryIndex.setPosition(database, segment: segment, place: 0)
            }
            try replay(records, segment, into: database, blobs, onDamage: onDamage)
            try database.script("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        for ending in ["-wal", "-shm"] { try FileSystem.removeFile(path + ending) }
        try FileSystem.rename(fresh, to: path)
        for ending in ["-wal", "-shm"] { try FileSystem.removeFile(fresh + ending) }
        try FileSystem.synchronize(folder: root)
        return try SQLiteConnection(path, isDurable: false)
    }

    /// The newest segment of the records: each begins with all that was true when it was begun, so the newest is enough.
    private static func currentSegment(_ folder: String) throws(Fault) -> (Int64, String) {
        let numbers = try FileSystem.names(in: folder).compactMap { name -> Int64? in
            name.hasSuffix(".log") ? Int64(name.dropLast(4)) : nil
        }
        let number = numbers.max() ?? 1
        return (number, "\(folder)/\(fileName(number))")
    }

    /// `00000001.log`.
    static func fileName(_ segment: Int64) -> String {
        let digits = String(segment)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".log"
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

    private static func refuse(_ damage: String) throws(Fault) {
        throw Fault(
            .corrupt, damage, fix: "restore the records from a backup, or accept the loss: sovereign registry rebuild")
    }

    /// Brings records into the index from where it stands.
    private static func replay(
        _ records: String, _ segment: Int64, into database: SQLiteConnection, _ blobs: BlobFolder,
        onDamage: (String) throws(Fault) -> Void
    ) throws(Fault) {
        let start = try RegistryIndex.position(database).place
        var end = start
        var isOpen = false
        var count = 0
        func close() throws(Fault) {
            guard isOpen else { return }
            try RegistryIndex.setPosition(database, segment: segment, place: end)
            try database.script("COMMIT")
            isOpen = false
        }
        try RecordLog.read(records, from: start) { line, place throws(Fault) in
            if !isOpen {
                try database.script("BEGIN IMMEDIATE")
                isOpen = true
            }
            if let line {
                let record = try RegistryRecord(parsing: line)
                for change in record.changes { try apply(change, record, database, blobs, onDamage) }
            } else {
                try onDamage("a record of \(records) that ends at byte \(place) is damaged")
            }
            end = place
            count += 1
            if count % 10_000 == 0 { try close() }
        }
        try close()
    }

    private static func apply(
        _ change: RegistryChange, _ record: RegistryRecord, _ database: SQLiteConnection, _ blobs: BlobFolder,
        _ onDamage: (String) throws(Fault) -> Void
    ) throws(Fault) {
        do throws(Fault) {
            try RegistryIndex.apply(change, time: record.time, by: record.by, database) {
                digest, mediaType throws(Fault) in
                let path = blobs.path(of: digest)
                let bytes = try FileSystem.read(path, limit: 64 << 20)
                guard Digest(of: bytes, algorithm: digest.algorithm) == digest else {
                    throw Fault(.manifestUnknown, "the manifest \(digest) is damaged")
                }
                return try ManifestDetails(parsing: bytes, mediaType: mediaType)
            }
        } catch {
            // A manifest that was deleted later is not there any more; what is missed is said by the check at the end.
            guard case .putManifest = change, [.notFound, .manifestUnknown, .manifestInvalid].contains(error.code)
            else { throw error }
        }
    }
}
