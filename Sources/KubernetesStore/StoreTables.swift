// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import Storage

/// The tables of a store, and what is read from them and written to them in a transaction of somebody else's.
enum StoreTables {
    /// The layout that this program writes.
    static let version: Int64 = 1

    /// A row of the history that only says what an object was before the history began.
    static let baseline: Int64 = 3

    static func make(_ database: SQLiteConnection) throws(Fault) {
        let found = try database.first("PRAGMA user_version") { row throws(Fault) in row.integer(0) } ?? 0
        guard found == 0 || found == version else {
            throw Fault(
                .unsupported, "the store has layout \(found), and this program knows \(version)",
                fix: "use the program that wrote it")
        }
        guard found == 0 else { return }
        try database.transaction { () throws(Fault) in
            // `namespace` is empty for objects of the cluster. Texts compare by their bytes, as lists are ordered.
            try database.script(
                """
                CREATE TABLE resources (id INTEGER PRIMARY KEY, api_group TEXT NOT NULL, name TEXT NOT NULL,
                    UNIQUE (api_group, name));
                CREATE TABLE objects (resource INTEGER NOT NULL REFERENCES resources, namespace TEXT NOT NULL,
                    name TEXT NOT NULL, uid TEXT NOT NULL, revision INTEGER NOT NULL, place INTEGER NOT NULL,
                    value BLOB NOT NULL, PRIMARY KEY (resource, namespace, name)) WITHOUT ROWID;
                CREATE TABLE changes (revision INTEGER PRIMARY KEY, resource INTEGER NOT NULL REFERENCES resources,
                    namespace TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, kind INTEGER NOT NULL,
                    before INTEGER NOT NULL, time INTEGER NOT NULL, place INTEGER NOT NULL, value BLOB NOT NULL);
                CREATE INDEX changes_of_resource ON changes (resource, revision) WHERE kind < 3;
                CREATE INDEX changes_before ON changes (before) WHERE before > 0;
                CREATE TABLE state (id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL,
                    compacted INTEGER NOT NULL);
                INSERT INTO state VALUES (1, 0, 0);
                PRAGMA user_version = 1
                """)
        }
    }

    /// The revision of the last change, and up to which one the history is forgotten.
    static func state(_ database: SQLiteConnection) throws(Fault) -> (revision: Int64, compacted: Int64) {
        let found = try database.first("SELECT revision, compacted FROM state") { row throws(Fault) in
            (row.integer(0), row.integer(1))
        }
        guard let found else { throw Fault(.corrupt, "the store has no state", fix: "restore a snapshot") }
        return found
    }

    /// The number of a resource; nil when nothing of it was ever stored.
    static func resource(_ resource: GroupResource, _ database: SQLiteConnection) throws(Fault) -> Int64? {
        try database.first(
            "SELECT id FROM resources WHERE api_group = ? AND name = ?", .text(resource.group),
            .text(resource.resource)
        ) { row throws(Fault) in row.integer(0) }
    }

    /// The number of a resource, new when there was none.
    static func makeResource(_ resource: GroupResource, _ database: SQLiteConnection) throws(Fault) -> Int64 {
        if let id = try self.resource(resource, database) { return id }
        try database.run(
            "INSERT INTO resources (api_group, name) VALUES (?, ?)", .text(resource.group), .text(resource.resource))
        return database.lastInsertedRow
    }

    /// An object; nil when it is not there.
    static func object(_ key: ObjectKey, _ database: SQLiteConnection) throws(Fault) -> StoredObject? {
        guard let id = try resource(key.resource, database) else { return nil }
        return try database.first(
            "SELECT uid, revision, place, value FROM objects WHERE resource = ? AND namespace = ? AND name = ?",
            .integer(id), .text(key.name.namespace ?? ""), .text(key.name.name)
        ) { row throws(Fault) in
            StoredObject(
                key: key, uid: row.text(0), revision: row.integer(1),
                value: StoredValue(bytes: row.bytes(3), place: Int(row.integer(2))))
        }
    }

    /// Makes a change, which gets the next revision.
    static func apply(
        _ key: ObjectKey, _ kind: StoreChange.Kind, uid: String, _ value: StoredValue, before: StoredObject?,
        time: Int64, _ database: SQLiteConnection
    ) throws(Fault) -> StoreChange {
        let id = try makeResource(key.resource, database)
        let (namespace, name) = (key.name.namespace ?? "", key.name.name)
        try database.run("UPDATE state SET revision = revision + 1")
        let revision = try state(database).revision
        if kind == .deleted {
            try database.run(
                "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?", .integer(id),
                .text(namespace), .text(name))
        } else {
            try database.run(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", .integer(id), .text(namespace),
                .text(name), .text(uid), .integer(revision), .integer(Int64(value.place)), .bytes(value.bytes))
        }
        if let before {
            // What an object was must be known as long as the change that ended it.
            try database.run(
                "INSERT OR IGNORE INTO changes VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, ?)", .integer(before.revision),
                .integer(id), .text(namespace), .text(name), .text(before.uid), .integer(baseline), .integer(time),
                .integer(Int64(before.value.place)), .bytes(before.value.bytes))
        }
        try database.run(
            "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", .integer(revision), .integer(id),
            .text(namespace), .text(name), .text(uid), .integer(kind.rawValue), .integer(before?.revision ?? 0),
            .integer(time), .integer(Int64(value.place)), .bytes(value.bytes))
        let object = StoredObject(key: key, uid: uid, revision: revision, value: value)
        return StoreChange(kind, object, before: before)
    }

    /// Forgets changes, but for what later ones need; returns up to which revision.
    ///
    /// - Parameter times: which changes are kept. Later ones than now were made before the clock was set back; without an
    ///   upper limit they would keep all that follows them until the clock is there again.
    static func compact(keeping times: ClosedRange<Int64>, _ database: SQLiteConnection) throws(Fault) -> Int64 {
        let old = try state(database).compacted
        // Times may leap; revisions do not: all that stands before the first young change is old.
        let young =
            try database.first(
                "SELECT min(revision) FROM changes WHERE kind < 3 AND time BETWEEN ? AND ?",
                .integer(times.lowerBound), .integer(times.upperBound)
            ) { row throws(Fault) in row.optionalInteger(0) } ?? nil
        let newest = try state(database).revision
        let limit = max(old, young.map { $0 - 1 } ?? newest)
        guard limit > old else { return old }
        try database.run(
            """
            DELETE FROM changes WHERE revision <= ?1
                AND NOT EXISTS (SELECT 1 FROM changes AS later WHERE later.before = changes.revision
                    AND later.revision > ?1)
            """, .integer(limit))
        try database.run("UPDATE changes SET kind = 3 WHERE revision <= ? AND kind < 3", .integer(limit))
        try database.run("UPDATE state SET compacted = ?", .integer(limit))
        return limit
    }
}
