// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import Storage

extension ObjectStore {
    /// How many values are sealed anew in one transaction: others who write wait for it.
    private static let rewrapBatch = 64

    /// Seals all values anew that are not sealed as the settings say, those of the history as well: after a key was added,
    /// and when sealing begins for a store that has values already. Objects and revisions stay what they are.
    ///
    /// May run while the store is used, be stopped, and run again. When it has ended, no value needs another key than the
    /// first; what stood in the file before is overwritten. Returns how many values were sealed anew.
    ///
    /// Throws `.corrupt` for a value that cannot be opened; those before it are sealed anew then.
    @discardableResult
    public func rewrap() async throws -> Int {
        guard let sealing = settings.sealing else {
            throw Fault(.invalid, "the store has no key to seal with", fix: "name the key file")
        }
        let count = Guarded(0)
        for table in [StoreTables.Sealed.objects, .changes] {
            let place = Guarded<StoreTables.Place?>(StoreTables.Place.start)
            while let from = place.withLock({ $0 }) {
                try Task.checkCancellation()
                _ = try await submit { [self] database in
                    try database.script("PRAGMA secure_delete = ON")
                    defer { try? database.script("PRAGMA secure_delete = OFF") }
                    let rows = try StoreTables.values(table, behind: from, limit: Self.rewrapBatch, database)
                    for row in rows {
                        guard let value = try resealed(row, sealing) else { continue }
                        try StoreTables.replace(table, row, value, database)
                        count.withLock { $0 += 1 }
                    }
                    place.withLock { $0 = rows.count < Self.rewrapBatch ? nil : rows.last?.place }
                    return nil
                }
            }
        }
        // What the log beside the file still holds of the old values goes as well, unless somebody is reading from it.
        try await withTaskExecutorPreference(DiskExecutor.shared) { [path] in
            try SQLiteConnection(path).script("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return count.withLock { $0 }
    }

    /// A value as it should be kept; nil when it is.
    private func resealed(_ row: StoreTables.Row, _ sealing: any ValueSealing) throws(Fault) -> StoredValue? {
        let key = row.object.key, value = row.object.value
        let isSealed = value.place < 0
        guard isSealed != sealing.seals(key.resource) || isSealed && !sealing.isCurrent(value.bytes) else { return nil }
        return try sealed(opened(row.object).value, key)
    }
}

extension StoreTables {
    /// The tables that hold values.
    enum Sealed { case objects, changes }

    /// A row by the columns of its key.
    struct Place: Sendable {
        var resource: Int64, namespace: String, name: String, revision: Int64
        static let start = Place(resource: -1, namespace: "", name: "", revision: -1)
    }

    struct Row: Sendable {
        let place: Place
        let object: StoredObject
    }

    /// The next values of a table in the order of its key.
    static func values(
        _ table: Sealed, behind place: Place, limit: Int, _ database: SQLiteConnection
    ) throws(Fault) -> [Row] {
        func row(_ row: borrowing SQLiteRow) -> Row {
            let place = Place(
                resource: row.integer(0), namespace: row.text(1), name: row.text(2), revision: row.integer(3))
            let key = ObjectKey(
                GroupResource(group: row.text(7), resource: row.text(8)),
                ObjectName(place.namespace.isEmpty ? nil : place.namespace, place.name))
            let value = StoredValue(bytes: row.bytes(6), place: Int(row.integer(5)))
            return Row(
                place: place, object: StoredObject(key: key, uid: row.text(4), revision: place.revision, value: value))
        }
        switch table {
        case .objects:
            return try database.all(
                """
                SELECT objects.resource, objects.namespace, objects.name, objects.revision, objects.uid, objects.place,
                    objects.value, resources.api_group, resources.name
                FROM objects JOIN resources ON resources.id = objects.resource
                WHERE (objects.resource, objects.namespace, objects.name) > (?, ?, ?)
                ORDER BY objects.resource, objects.namespace, objects.name LIMIT ?
                """, .integer(place.resource), .text(place.namespace), .text(place.name), .integer(Int64(limit)),
                row: { found throws(Fault) in row(found) })
        case .changes:
            return try database.all(
                """
                SELECT changes.resource, changes.namespace, changes.name, changes.revision, changes.uid, changes.place,
                    changes.value, resources.api_group, resources.name
                FROM changes JOIN resources ON resources.id = changes.resource
                WHERE changes.revision > ? ORDER BY changes.revision LIMIT ?
                """, .integer(place.revision), .integer(Int64(limit)), row: { found throws(Fault) in row(found) })
        }
    }

    /// Writes another form of the same value.
    static func replace(
        _ table: Sealed, _ row: Row, _ value: StoredValue, _ database: SQLiteConnection
    ) throws(Fault) {
        switch table {
        case .objects:
            try database.run(
                "UPDATE objects SET place = ?, value = ? WHERE resource = ? AND namespace = ? AND name = ?",
                .integer(Int64(value.place)), .bytes(value.bytes), .integer(row.place.resource),
                .text(row.place.namespace), .text(row.place.name))
        case .changes:
            try database.run(
                "UPDATE changes SET place = ?, value = ? WHERE revision = ?", .integer(Int64(value.place)),
                .bytes(value.bytes), .integer(row.place.revision))
        }
    }
}
