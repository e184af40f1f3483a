// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

/// What a repository holds, for people.
public struct RepositorySummary: Sendable {
    /// Its name.
    public let name: RepositoryName
    /// Bytes of its blobs and manifests, each content counted once.
    public let bytes: Int64
    /// How many tags readers see.
    public let tags: Int
    /// How many tags wait for something before readers see them.
    public let pendingTags: Int
    /// How many manifests it has.
    public let manifests: Int
    /// When something was pushed last, in milliseconds since 1970; nil when there are blobs only.
    public let pushed: Int64?
}

/// A manifest of a repository, for people.
public struct ManifestSummary: Sendable {
    /// Its digest.
    public let digest: Digest
    /// How many bytes it has itself.
    public let size: Int64
    /// How many bytes it has with its blobs, or with the manifests that it lists but not with theirs.
    public let bytes: Int64
    /// Its media type.
    public let mediaType: String
    /// The type of its artifact.
    public let artifactType: String?
    /// What it refers to.
    public let subject: Digest?
    /// When it was pushed last, in milliseconds since 1970.
    public let pushed: Int64
    /// Who pushed it first.
    public let by: String
    /// Its tags.
    public let tags: [String]
    /// Those of its tags that readers do not see.
    public let pendingTags: [String]
    /// Whether it was found damaged.
    public let isDamaged: Bool
}

/// What a registry holds.
public struct RegistryTotals: Sendable {
    /// How many repositories there are.
    public let repositories: Int
    /// How many contents are stored, and their bytes.
    public let contents: Int, bytes: Int64
    /// Bytes of blobs that no manifest names: on their way in, or garbage.
    public let unnamedBytes: Int64
    /// How many contents were found damaged.
    public let damaged: Int
    /// How many uploads are under way.
    public let uploads: Int
}

extension RegistryFolder {
    /// What the registry holds altogether. Reads every row about blobs.
    public func totals() throws(Fault) -> RegistryTotals {
        let uploads = uploadCount
        return try readers.read { database throws(Fault) in
            func count(_ sql: StaticString) throws(Fault) -> (Int64, Int64) {
                try database.first(sql) { row throws(Fault) in (row.integer(0), row.integer(1)) } ?? (0, 0)
            }
            let contents = try count("SELECT count(*), coalesce(sum(size), 0) FROM contents WHERE damaged = 0")
            let (repositories, damaged) = try count(
                "SELECT (SELECT count(*) FROM repositories), (SELECT count(*) FROM contents WHERE damaged = 1)")
            let unnamed = try count(
                """
                SELECT count(*), coalesce(sum(size), 0) FROM contents WHERE id IN (SELECT content FROM blobs)
                    AND id NOT IN (SELECT child FROM children) AND id NOT IN (SELECT content FROM manifests)
                """)
            return RegistryTotals(
                repositories: Int(repositories), contents: Int(contents.0), bytes: contents.1, unnamedBytes: unnamed.1,
                damaged: Int(damaged), uploads: uploads)
        }
    }

    /// What a repository holds; nil when there is none of this name.
    public func summary(of name: RepositoryName) throws(Fault) -> RepositorySummary? {
        try readers.read { database throws(Fault) in
            try database.first(
                """
                SELECT bytes, (SELECT count(*) FROM tags WHERE repository = id AND pending = 0),
                    (SELECT count(*) FROM tags WHERE repository = id AND pending = 1),
                    (SELECT count(*) FROM manifests WHERE repository = id),
                    (SELECT max(pushed) FROM manifests WHERE repository = id)
                FROM repositories WHERE name = ?
                """, .text(name.description)
            ) { row throws(Fault) in
                RepositorySummary(
                    name: name, bytes: row.integer(0), tags: Int(row.integer(1)), pendingTags: Int(row.integer(2)),
                    manifests: Int(row.integer(3)), pushed: row.optionalInteger(4))
            }
        }
    }

    /// The manifests of a repository, those pushed last first, at most so many.
    ///
    /// - Parameter digest: only this one.
    public func manifests(
        in name: RepositoryName, digest: Digest? = nil, after skipped: Int = 0, limit: Int
    ) throws(Fault) -> [ManifestSummary] {
        try readers.read { database throws(Fault) in
            guard let id = try RegistryIndex.repository(name, database) else { return [] }
            let rows = try database.all(
                """
                SELECT contents.id, digest, size, media_type, artifact_type, subject, pushed, pushed_by, damaged,
                    size + coalesce((SELECT sum(parts.size) FROM children JOIN contents AS parts ON parts.id = child
                        WHERE children.repository = ?1 AND parent = contents.id), 0)
                FROM manifests JOIN contents ON contents.id = content
                WHERE manifests.repository = ?1 AND (?2 IS NULL OR digest = ?2)
                ORDER BY pushed DESC, digest LIMIT ?3 OFFSET ?4
                """, .integer(id), .text(digest?.description), .integer(Int64(limit)), .integer(Int64(skipped))
            ) { row throws(Fault) in
                (
                    row.integer(0),
                    ManifestSummary(
                        digest: try Digest(row.text(1)), size: row.integer(2), bytes: row.integer(9),
                        mediaType: row.text(3), artifactType: row.optionalText(4),
                        subject: try row.optionalText(5).map { text throws(Fault) in try Digest(text) },
                        pushed: row.integer(6), by: row.text(7), tags: [], pendingTags: [],
                        isDamaged: row.integer(8) != 0)
                )
            }
            var found: [ManifestSummary] = []
            for (content, summary) in rows {
                let tags = try database.all(
                    "SELECT name, pending FROM tags WHERE repository = ? AND content = ? ORDER BY name", .integer(id),
                    .integer(content)
                ) { row throws(Fault) in (row.text(0), row.integer(1) != 0) }
                found.append(summary.tagged(tags.map(\.0), pending: tags.filter(\.1).map(\.0)))
            }
            return found
        }
    }
}

extension ManifestSummary {
    fileprivate func tagged(_ tags: [String], pending: [String]) -> ManifestSummary {
        ManifestSummary(
            digest: digest, size: size, bytes: bytes, mediaType: mediaType, artifactType: artifactType,
            subject: subject,
            pushed: pushed, by: by, tags: tags, pendingTags: pending, isDamaged: isDamaged)
    }
}
