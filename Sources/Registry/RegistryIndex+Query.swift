// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Storage

extension RegistryIndex {
    /// The manifest that a reference names; nil when there is none, its content is damaged, or its tag is pending.
    static func manifest(
        _ reference: ManifestReference, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> (digest: Digest, mediaType: String)? {
        guard let id = try Self.repository(repository, database) else { return nil }
        let found: (String, String)?
        switch reference {
        case .tag(let tag):
            found = try database.first(
                """
                SELECT digest, media_type FROM tags
                    JOIN manifests ON manifests.repository = tags.repository AND manifests.content = tags.content
                    JOIN contents ON contents.id = tags.content
                WHERE tags.repository = ? AND tags.name = ? AND pending = 0 AND damaged = 0
                """, .integer(id), .text(tag)
            ) { row throws(Fault) in (row.text(0), row.text(1)) }
        case .digest(let digest):
            found = try database.first(
                """
                SELECT digest, media_type FROM contents JOIN manifests ON manifests.content = contents.id
                WHERE contents.digest = ? AND repository = ? AND damaged = 0
                """, .text(digest.description), .integer(id)
            ) { row throws(Fault) in (row.text(0), row.text(1)) }
        }
        guard let found else { return nil }
        return (try Digest(found.0), found.1)
    }

    /// The size of a blob of a repository; nil when it does not have it, or it is damaged.
    static func blobSize(
        _ digest: Digest, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> Int64? {
        try database.first(
            """
            SELECT size FROM contents JOIN blobs ON blobs.content = contents.id
                JOIN repositories ON repositories.id = blobs.repository
            WHERE contents.digest = ? AND repositories.name = ? AND damaged = 0
            """, .text(digest.description), .text(repository.description)
        ) { row throws(Fault) in row.integer(0) }
    }

    /// How many bytes a repository holds, each content counted once.
    static func bytes(_ repository: RepositoryName, _ database: SQLiteConnection) throws(Fault) -> Int64 {
        try database.first("SELECT bytes FROM repositories WHERE name = ?", .text(repository.description)) {
            row throws(Fault) in row.integer(0)
        } ?? 0
    }

    /// Whether a repository has a content as a blob or as a manifest, undamaged.
    static func holds(
        _ digest: Digest, asManifest: Bool, _ repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> Bool {
        asManifest
            ? try manifest(.digest(digest), in: repository, database) != nil
            : try blobSize(digest, in: repository, database) != nil
    }

    /// Whether a content is sound wherever it is held: then its file is there.
    static func isSound(_ digest: Digest, _ database: SQLiteConnection) throws(Fault) -> Bool {
        try database.first("SELECT damaged FROM contents WHERE digest = ?", .text(digest.description)) {
            row throws(Fault) in row.integer(0)
        } == 0
    }

    /// A manifest of a repository that has a content among its children; nil when none has.
    static func parent(
        of digest: Digest, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> String? {
        try database.first(
            """
            SELECT parents.digest FROM children
                JOIN contents ON contents.id = children.child JOIN contents AS parents ON parents.id = children.parent
                JOIN repositories ON repositories.id = children.repository
            WHERE contents.digest = ? AND repositories.name = ? LIMIT 1
            """, .text(digest.description), .text(repository.description)
        ) { row throws(Fault) in row.text(0) }
    }
}

extension RegistryIndex {
    /// Whether a repository has a tag, pending ones included.
    static func hasTag(_ tag: String, in repository: RepositoryName, _ database: SQLiteConnection) throws(Fault) -> Bool
    {
        guard let id = try Self.repository(repository, database) else { return false }
        return try database.first("SELECT 1 FROM tags WHERE repository = ? AND name = ?", .integer(id), .text(tag)) {
            row throws(Fault) in row.integer(0)
        } != nil
    }

    /// Whether a repository has a manifest, damaged or not.
    static func isManifest(
        _ digest: Digest, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> Bool {
        guard let id = try Self.repository(repository, database), let content = try content(digest, database) else {
            return false
        }
        return try database.first(
            "SELECT 1 FROM manifests WHERE repository = ? AND content = ?", .integer(id), .integer(content)
        ) { row throws(Fault) in row.integer(0) } != nil
    }

    /// The tags that name a manifest and are shown.
    static func tags(
        of digest: Digest, in repository: RepositoryName, _ database: SQLiteConnection
    ) throws(Fault) -> [String] {
        guard let id = try Self.repository(repository, database), let content = try content(digest, database) else {
            return []
        }
        return try database.all(
            "SELECT name FROM tags WHERE repository = ? AND content = ? AND pending = 0 ORDER BY name", .integer(id),
            .integer(content)
        ) { row throws(Fault) in row.text(0) }
    }
}
