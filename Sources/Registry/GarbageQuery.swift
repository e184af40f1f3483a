// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

/// Finds garbage in an index.
enum GarbageQuery {
    /// A content of a repository.
    struct Item: Sendable {
        let repository: RepositoryName
        let digest: Digest
        let size: Int64
    }
    /// Where a search through links goes on.
    struct Place: Sendable {
        var repository: Int64 = 0
        var content: Int64 = 0
    }

    /// Manifests of a repository that nothing keeps and no other manifest names, so that they can go first.
    ///
    /// What keeps a manifest is a tag, being young, an index that is kept, or a subject that is kept. This looks at all
    /// manifests of the repository: for readers.
    static func deadManifests(
        of repository: Int64, _ name: RepositoryName, _ cutoff: RegistryClock.Cutoff, limit: Int,
        _ database: SQLiteConnection
    ) throws(Fault) -> [Item] {
        let rows = try database.all(
            """
            WITH RECURSIVE live(content) AS (
                SELECT content FROM tags WHERE repository = ?1
                UNION SELECT content FROM manifests WHERE repository = ?1
                    AND NOT (kept <= ?2 OR (kept >= ?3 AND kept <= ?4))
                UNION SELECT child FROM live JOIN children ON repository = ?1 AND parent = live.content
                UNION SELECT manifests.content FROM live JOIN contents ON contents.id = live.content
                    JOIN manifests ON repository = ?1 AND subject = contents.digest)
            SELECT digest, size FROM manifests JOIN contents ON contents.id = manifests.content
            WHERE repository = ?1 AND content NOT IN live
                AND NOT EXISTS (SELECT 1 FROM children WHERE repository = ?1 AND child = manifests.content)
            LIMIT ?5
            """, .integer(repository), .integer(cutoff.before), .integer(cutoff.start), .integer(cutoff.after),
            .integer(Int64(limit))
        ) { row throws(Fault) in (row.text(0), row.integer(1)) }
        var found: [Item] = []
        for (digest, size) in rows {
            found.append(Item(repository: name, digest: try Digest(digest), size: size))
        }
        return found
    }

    /// Whether a manifest can go: it is there, no other one names it, and nothing keeps it. Looks only at what could keep it:
    /// for the writer.
    static func isDead(
        _ digest: Digest, of repository: Int64, _ cutoff: RegistryClock.Cutoff, _ database: SQLiteConnection
    ) throws(Fault) -> Bool {
        try database.first(
            """
            WITH RECURSIVE above(content) AS (
                SELECT contents.id FROM contents JOIN manifests ON repository = ?1 AND content = contents.id
                    WHERE digest = ?2
                UNION SELECT parent FROM above JOIN children ON repository = ?1 AND child = above.content
                UNION SELECT subjects.id FROM above
                    JOIN manifests ON manifests.repository = ?1 AND manifests.content = above.content
                    JOIN contents subjects ON subjects.digest = manifests.subject)
            SELECT (SELECT count(*) FROM above) > 0 AND NOT EXISTS (
                SELECT 1 FROM above WHERE EXISTS (SELECT 1 FROM tags WHERE repository = ?1 AND content = above.content)
                    OR EXISTS (SELECT 1 FROM manifests WHERE repository = ?1 AND manifests.content = above.content
                        AND NOT (kept <= ?3 OR (kept >= ?4 AND kept <= ?5))))
                AND NOT EXISTS (SELECT 1 FROM children JOIN contents ON contents.id = child
                    WHERE repository = ?1 AND digest = ?2)
            """, .integer(repository), .text(digest.description), .integer(cutoff.before), .integer(cutoff.start),
            .integer(cutoff.after)
        ) { row throws(Fault) in row.integer(0) } == 1
    }

    /// The repositories behind one, in the order of their numbers.
    static func repositories(
        after last: Int64, limit: Int, _ database: SQLiteConnection
    ) throws(Fault) -> [(id: Int64, name: RepositoryName)] {
        try database.all(
            "SELECT id, name FROM repositories WHERE id > ? ORDER BY id LIMIT ?", .integer(last),
            .integer(Int64(limit))
        ) { row throws(Fault) in (row.integer(0), try RepositoryName(row.text(1))) }
    }

    /// Blobs behind a place that nothing of their repository names, and that are old.
    ///
    /// A repository with a manifest whose bytes are lost is passed over: nobody knows what that names.
    static func deadLinks(
        behind place: inout Place, _ cutoff: RegistryClock.Cutoff, limit: Int, _ database: SQLiteConnection
    ) throws(Fault) -> [Item] {
        let rows = try database.all(
            """
            SELECT repository, content, name, digest, size FROM blobs
                JOIN repositories ON repositories.id = repository JOIN contents ON contents.id = content
            WHERE (repository, content) > (?1, ?2)
                AND (linked <= ?3 OR (linked >= ?4 AND linked <= ?5))
                AND NOT EXISTS (SELECT 1 FROM children
                    WHERE children.repository = blobs.repository AND child = blobs.content)
                AND NOT EXISTS (SELECT 1 FROM manifests
                    WHERE manifests.repository = blobs.repository AND known = 0)
            ORDER BY repository, content LIMIT ?6
            """, .integer(place.repository), .integer(place.content), .integer(cutoff.before), .integer(cutoff.start),
            .integer(cutoff.after), .integer(Int64(limit))
        ) { row throws(Fault) in
            (row.integer(0), row.integer(1), row.text(2), row.text(3), row.integer(4))
        }
        var found: [Item] = []
        for row in rows {
            place = Place(repository: row.0, content: row.1)
            found.append(
                Item(repository: try RepositoryName(row.2), digest: try Digest(row.3), size: row.4))
        }
        return found
    }

    /// When a blob was linked that nothing of its repository names; nil when something does, or it is not there.
    static func unnamedSince(
        _ digest: Digest, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> Int64? {
        try database.first(
            """
            SELECT linked FROM contents JOIN blobs ON blobs.content = contents.id
                JOIN repositories ON repositories.id = blobs.repository
            WHERE contents.digest = ? AND repositories.name = ?
                AND NOT EXISTS (SELECT 1 FROM children
                    WHERE children.repository = blobs.repository AND child = blobs.content)
            """, .text(digest.description), .text(repository.description)
        ) { row throws(Fault) in row.integer(0) }
    }

    /// Whether anything holds a content or names it, but for blobs whose links are dead.
    ///
    /// - Parameter dead: which links are; nil to count each.
    static func isHeld(
        _ digest: Digest, dead: RegistryClock.Cutoff?, _ database: SQLiteConnection
    ) throws(Fault) -> Bool {
        let none = RegistryClock.Cutoff(before: .min, start: .max, after: .min)
        let cutoff = dead ?? none
        return try database.first(
            """
            SELECT 1 FROM contents WHERE digest = ?1 AND (
                EXISTS (SELECT 1 FROM manifests WHERE content = contents.id)
                OR EXISTS (SELECT 1 FROM children WHERE child = contents.id)
                OR EXISTS (SELECT 1 FROM blobs WHERE content = contents.id
                    AND NOT (linked <= ?2 OR (linked >= ?3 AND linked <= ?4))))
            """, .text(digest.description), .integer(cutoff.before), .integer(cutoff.start), .integer(cutoff.after)
        ) { row throws(Fault) in row.integer(0) } != nil
    }
}
