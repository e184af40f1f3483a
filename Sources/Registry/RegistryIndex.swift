// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// The tables that answer questions about a registry, derived from its records.
enum RegistryIndex {
    /// Tables of another version are made anew from the records.
    static let version: Int64 = 1

    /// Makes the tables in an empty database.
    static func create(_ database: SQLiteConnection) throws(Fault) {
        try database.script(
            """
            CREATE TABLE repositories(
                id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bytes INTEGER NOT NULL DEFAULT 0) STRICT;
            CREATE TABLE contents(
                id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,
                damaged INTEGER NOT NULL DEFAULT 0) STRICT;
            CREATE TABLE blobs(
                repository INTEGER NOT NULL, content INTEGER NOT NULL, linked INTEGER NOT NULL, linked_by TEXT NOT NULL,
                PRIMARY KEY(repository, content)) STRICT, WITHOUT ROWID;
            CREATE INDEX blobs_content ON blobs(content);
            CREATE TABLE manifests(
                repository INTEGER NOT NULL, content INTEGER NOT NULL, media_type TEXT NOT NULL, artifact_type TEXT,
                subject TEXT, annotations TEXT, pushed INTEGER NOT NULL, pushed_by TEXT NOT NULL,
                kept INTEGER NOT NULL, known INTEGER NOT NULL,
                PRIMARY KEY(repository, content)) STRICT, WITHOUT ROWID;
            CREATE INDEX manifests_content ON manifests(content);
            CREATE INDEX manifests_subject ON manifests(repository, subject) WHERE subject IS NOT NULL;
            CREATE TABLE children(
                repository INTEGER NOT NULL, parent INTEGER NOT NULL, child INTEGER NOT NULL,
                PRIMARY KEY(repository, parent, child)) STRICT, WITHOUT ROWID;
            CREATE INDEX children_child ON children(repository, child);
            CREATE TABLE tags(
                repository INTEGER NOT NULL, name TEXT NOT NULL, content INTEGER NOT NULL,
                pending INTEGER NOT NULL, tagged INTEGER NOT NULL, tagged_by TEXT NOT NULL,
                PRIMARY KEY(repository, name, pending)) STRICT, WITHOUT ROWID;
            CREATE INDEX tags_content ON tags(repository, content);
            CREATE TABLE position(
                id INTEGER PRIMARY KEY CHECK (id = 1), segment INTEGER NOT NULL, place INTEGER NOT NULL,
                base INTEGER NOT NULL, time INTEGER NOT NULL) STRICT;
            INSERT INTO position VALUES (1, 0, 0, 0, 0);
            PRAGMA user_version = \(version);
            """)
    }

    /// Whether a database has the tables of this version.
    static func isCurrent(_ database: SQLiteConnection) throws(Fault) -> Bool {
        try database.first("PRAGMA user_version") { row throws(Fault) in row.integer(0) } == version
    }

    /// Up to where the records are in the tables.
    struct Position: Equatable {
        /// The number of the segment.
        var segment: Int64
        /// Behind its last record that is in the tables.
        var place: Int64
        /// Behind the state that the segment began with.
        var base: Int64
        /// The time of that last record; 0 when there is none.
        var time: Int64
    }

    static func position(_ database: SQLiteConnection) throws(Fault) -> Position {
        try database.first("SELECT segment, place, base, time FROM position") { row throws(Fault) in
            Position(segment: row.integer(0), place: row.integer(1), base: row.integer(2), time: row.integer(3))
        } ?? Position(segment: 0, place: 0, base: 0, time: 0)
    }

    static func setPosition(_ database: SQLiteConnection, _ position: Position) throws(Fault) {
        try database.run(
            "UPDATE position SET segment = ?, place = ?, base = ?, time = ?", .integer(position.segment),
            .integer(position.place), .integer(position.base), .integer(position.time))
    }

    /// The number of a repository; nil when it holds nothing.
    static func repository(_ name: RepositoryName, _ database: SQLiteConnection) throws(Fault) -> Int64? {
        try database.first("SELECT id FROM repositories WHERE name = ?", .text(name.description)) {
            row throws(Fault) in row.integer(0)
        }
    }

    /// The number of a content; nil when none of the repositories ever held it.
    static func content(_ digest: Digest, _ database: SQLiteConnection) throws(Fault) -> Int64? {
        try database.first("SELECT id FROM contents WHERE digest = ?", .text(digest.description)) {
            row throws(Fault) in row.integer(0)
        }
    }
}
