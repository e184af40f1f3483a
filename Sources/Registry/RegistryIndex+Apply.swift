// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// How a change of the records becomes rows.
extension RegistryIndex {
    private static func makeRepository(_ name: RepositoryName, _ database: SQLiteConnection) throws(Fault) -> Int64 {
        if let id = try repository(name, database) { return id }
        try database.run("INSERT INTO repositories(name) VALUES (?)", .text(name.description))
        return database.lastInsertedRow
    }

    /// The number of a content, which is sound now: who links a content has just checked it.
    private static func makeContent(
        _ digest: Digest, _ size: Int64, _ database: SQLiteConnection
    ) throws(Fault) -> Int64 {
        if let id = try content(digest, database) {
            try database.run("UPDATE contents SET damaged = 0, size = ? WHERE id = ?", .integer(size), .integer(id))
            return id
        }
        try database.run(
            "INSERT INTO contents(digest, size) VALUES (?, ?)", .text(digest.description), .integer(size))
        return database.lastInsertedRow
    }

    /// Brings one change into the tables. Doing it twice is the same as once.
    ///
    /// - Parameter details: the details of a manifest that is put; nil when its bytes are missing or damaged. Such a
    ///   manifest is in the tables, damaged, until it is pushed again or restored.
    static func apply(
        _ change: RegistryChange, time: Int64, by: String, _ database: SQLiteConnection,
        details: (Digest, String) throws(Fault) -> ManifestDetails?
    ) throws(Fault) {
        switch change {
        case .linkBlob(let name, let digest, let size):
            let (repository, content) = (try makeRepository(name, database), try makeContent(digest, size, database))
            let changed = try database.run(
                "INSERT OR IGNORE INTO blobs(repository, content, linked, linked_by) VALUES (?, ?, ?, ?)",
                .integer(repository), .integer(content), .integer(time), .text(by))
            if changed > 0 {
                try addBytes(size, to: repository, database)
            } else {
                try database.run(
                    "UPDATE blobs SET linked = ? WHERE repository = ? AND content = ?", .integer(time),
                    .integer(repository), .integer(content))
            }
        case .unlinkBlob(let name, let digest):
            guard let (repository, content) = try both(name, digest, database) else { return }
            let changed = try database.run(
                "DELETE FROM blobs WHERE repository = ? AND content = ?", .integer(repository), .integer(content))
            if changed > 0 { try addBytes(-size(content, database), to: repository, database) }
            try forgetIfUnused(content, database)
        case .putManifest(let name, let digest, let size, let mediaType):
            let details = try details(digest, mediaType)
            let (repository, content) = (try makeRepository(name, database), try makeContent(digest, size, database))
            if details == nil { try markDamaged(digest, database) }
            let isNew =
                try database.first(
                    "SELECT 1 FROM manifests WHERE repository = ? AND content = ?", .integer(repository),
                    .integer(content)
                ) { row throws(Fault) in row.integer(0) } == nil
            try database.run(
                """
                INSERT INTO manifests(
                    repository, content, media_type, artifact_type, subject, annotations, pushed, pushed_by, kept, known)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?7, ?9)
                ON CONFLICT DO UPDATE SET pushed = excluded.pushed, kept = excluded.kept
                """,
                .integer(repository), .integer(content), .text(details?.mediaType ?? mediaType),
                .text(details?.artifactType), .text(details?.subject?.description), .text(details?.annotations),
                .integer(time), .text(by), .integer(details == nil ? 0 : 1))
            if isNew { try addBytes(size, to: repository, database) }
            if let details { try learn(details, of: content, in: repository, database) }
        case .deleteManifest(let name, let digest):
            guard let (repository, content) = try both(name, digest, database) else { return }
            let children = try database.all(
                "SELECT child FROM children WHERE repository = ? AND parent = ?", .integer(repository),
                .integer(content)
            ) { row throws(Fault) in row.integer(0) }
            try database.run(
                "DELETE FROM children WHERE repository = ? AND parent = ?", .integer(repository), .integer(content))
            try database.run(
                "DELETE FROM tags WHERE repository = ? AND content = ?", .integer(repository), .integer(content))
            for child in children {
                // What nothing names from now on is young garbage, whenever it came.
                try keep(child, in: repository, time, database)
                try forgetIfUnused(child, database)
            }
            let changed = try database.run(
                "DELETE FROM manifests WHERE repository = ? AND content = ?", .integer(repository), .integer(content))
            if changed > 0 { try addBytes(-size(content, database), to: repository, database) }
            try forgetIfUnused(content, database)
        case .setTag(let name, let tag, let digest, let isPending):
            guard let (repository, content) = try both(name, digest, database) else { return }
            try keepTagged(tag, in: repository, time, database)
            // What is shown stays until something else is: a pending tag stands beside it, and goes when one is shown.
            try database.run(
                "DELETE FROM tags WHERE repository = ? AND name = ? AND pending = 1", .integer(repository), .text(tag))
            if isPending {
                try database.run(
                    """
                    INSERT INTO tags SELECT ?1, ?2, ?3, 1, ?4, ?5 WHERE NOT EXISTS (
                        SELECT 1 FROM tags WHERE repository = ?1 AND name = ?2 AND content = ?3)
                    """, .integer(repository), .text(tag), .integer(content), .integer(time), .text(by))
            } else {
                try database.run(
                    "INSERT OR REPLACE INTO tags VALUES (?, ?, ?, 0, ?, ?)", .integer(repository), .text(tag),
                    .integer(content), .integer(time), .text(by))
            }
        case .deleteTag(let name, let tag):
            guard let repository = try repository(name, database) else { return }
            try keepTagged(tag, in: repository, time, database)
            try database.run("DELETE FROM tags WHERE repository = ? AND name = ?", .integer(repository), .text(tag))
        case .keep(let name, let digest):
            guard let (repository, content) = try both(name, digest, database) else { return }
            try keep(content, in: repository, time, database)
        case .quarantine(let digest):
            try markDamaged(digest, database)
        case .restore(let digest):
            guard let content = try content(digest, database) else { return }
            let unknown = try database.all(
                "SELECT repository, media_type FROM manifests WHERE content = ? AND known = 0", .integer(content)
            ) { row throws(Fault) in (row.integer(0), row.text(1)) }
            for (repository, mediaType) in unknown {
                guard let details = try details(digest, mediaType) else { return }
                try learn(details, of: content, in: repository, database)
            }
            try database.run("UPDATE contents SET damaged = 0 WHERE id = ?", .integer(content))
        }
    }

    private static func keep(
        _ content: Int64, in repository: Int64, _ time: Int64, _ database: SQLiteConnection
    ) throws(Fault) {
        try database.run(
            "UPDATE blobs SET linked = ? WHERE repository = ? AND content = ?", .integer(time), .integer(repository),
            .integer(content))
        try database.run(
            "UPDATE manifests SET kept = ? WHERE repository = ? AND content = ?", .integer(time), .integer(repository),
            .integer(content))
    }

    /// What loses its tag is not old at once.
    private static func keepTagged(
        _ tag: String, in repository: Int64, _ time: Int64, _ database: SQLiteConnection
    ) throws(Fault) {
        try database.run(
            """
            UPDATE manifests SET kept = ?1 WHERE repository = ?2
                AND content IN (SELECT content FROM tags WHERE repository = ?2 AND name = ?3)
            """, .integer(time), .integer(repository), .text(tag))
    }

    private static func markDamaged(_ digest: Digest, _ database: SQLiteConnection) throws(Fault) {
        try database.run("UPDATE contents SET damaged = 1 WHERE digest = ?", .text(digest.description))
    }

    /// Writes down what a manifest's bytes say. A child that is not there yet is one that is missing.
    private static func learn(
        _ details: ManifestDetails, of content: Int64, in repository: Int64, _ database: SQLiteConnection
    ) throws(Fault) {
        try database.run(
            """
            UPDATE manifests SET media_type = ?, artifact_type = ?, subject = ?, annotations = ?, known = 1
            WHERE repository = ? AND content = ? AND known = 0
            """,
            .text(details.mediaType), .text(details.artifactType), .text(details.subject?.description),
            .text(details.annotations), .integer(repository), .integer(content))
        for child in details.children {
            try database.run(
                "INSERT OR IGNORE INTO contents(digest, size, damaged) VALUES (?, 0, 1)", .text(child.description))
            guard let number = try Self.content(child, database) else { continue }
            try database.run(
                "INSERT OR IGNORE INTO children VALUES (?, ?, ?)", .integer(repository), .integer(content),
                .integer(number))
        }
    }

    private static func both(
        _ name: RepositoryName, _ digest: Digest, _ database: SQLiteConnection
    ) throws(Fault) -> (Int64, Int64)? {
        guard let repository = try repository(name, database), let content = try content(digest, database) else {
            return nil
        }
        return (repository, content)
    }

    private static func size(_ content: Int64, _ database: SQLiteConnection) throws(Fault) -> Int64 {
        try database.first("SELECT size FROM contents WHERE id = ?", .integer(content)) { row throws(Fault) in
            row.integer(0)
        } ?? 0
    }

    private static func addBytes(_ bytes: Int64, to repository: Int64, _ database: SQLiteConnection) throws(Fault) {
        try database.run(
            "UPDATE repositories SET bytes = bytes + ? WHERE id = ?", .integer(bytes), .integer(repository))
    }

    /// A content that no repository holds is garbage: its file is found by looking at the folder.
    private static func forgetIfUnused(_ content: Int64, _ database: SQLiteConnection) throws(Fault) {
        try database.run(
            """
            DELETE FROM contents WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM blobs WHERE content = ?1)
                AND NOT EXISTS (SELECT 1 FROM manifests WHERE content = ?1)
                AND NOT EXISTS (SELECT 1 FROM children WHERE child = ?1)
            """, .integer(content))
    }
}
