// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// All that is true of a registry, as records: what a segment begins with.
enum RegistrySnapshot {
    /// Calls `body` with a record for each link, manifest and tag, with its own time and author, for each content that is
    /// damaged, and at last with an empty one that has the time of the newest record: it ends the state.
    static func each(
        _ database: SQLiteConnection, newest: Int64, _ body: (RegistryRecord) throws(Fault) -> Void
    ) throws(Fault) {
        func put(_ time: Int64, _ by: String, _ change: RegistryChange) throws(Fault) {
            try body(RegistryRecord(time: time, by: by, changes: [change]))
        }
        try database.each(
            """
            SELECT name, digest, size, linked, linked_by FROM blobs JOIN repositories ON repositories.id = repository
                JOIN contents ON contents.id = content
            """
        ) { row throws(Fault) in
            try put(
                row.integer(3), row.text(4),
                .linkBlob(try RepositoryName(row.text(0)), try Digest(row.text(1)), size: row.integer(2)))
            return true
        }
        try database.each(
            """
            SELECT name, digest, size, media_type, pushed, pushed_by, kept FROM manifests
                JOIN repositories ON repositories.id = repository JOIN contents ON contents.id = content
            """
        ) { row throws(Fault) in
            try put(
                row.integer(4), row.text(5),
                .putManifest(
                    try RepositoryName(row.text(0)), try Digest(row.text(1)), size: row.integer(2),
                    mediaType: row.text(3)))
            if row.integer(6) != row.integer(4) {
                try put(row.integer(6), "registry", .keep(try RepositoryName(row.text(0)), try Digest(row.text(1))))
            }
            return true
        }
        try database.each(
            """
            SELECT repositories.name, tags.name, digest, pending, tagged, tagged_by FROM tags
                JOIN repositories ON repositories.id = repository JOIN contents ON contents.id = content
            ORDER BY repositories.name, tags.name, pending
            """
        ) { row throws(Fault) in
            try put(
                row.integer(4), row.text(5),
                .setTag(
                    try RepositoryName(row.text(0)), row.text(1), try Digest(row.text(2)),
                    isPending: row.integer(3) != 0))
            return true
        }
        // Contents that only manifests name are damaged by being named.
        try database.each(
            """
            SELECT digest FROM contents WHERE damaged = 1 AND
                (EXISTS (SELECT 1 FROM blobs WHERE content = id) OR EXISTS (SELECT 1 FROM manifests WHERE content = id))
            """
        ) { row throws(Fault) in
            try put(newest, "registry", .quarantine(try Digest(row.text(0))))
            return true
        }
        try body(RegistryRecord(time: newest, by: "registry", changes: []))
    }

    /// Writes it to a draft; returns the position that an index with all of it has.
    static func write(
        _ database: SQLiteConnection, to draft: inout RecordLogWriter, segment: Int64
    ) throws(Fault) -> RegistryIndex.Position {
        let position = try RegistryIndex.position(database)
        try each(database, newest: position.time) { record throws(Fault) in try draft.add(record.line) }
        try draft.put()
        return RegistryIndex.Position(
            segment: segment, place: draft.length, base: draft.length, time: position.time)
    }
}
