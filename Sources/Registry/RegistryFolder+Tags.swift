// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Storage

/// A tag of a repository with what it names.
public struct TagEntry: Sendable, Hashable {
    /// The repository.
    public let repository: RepositoryName
    /// The tag.
    public let tag: String
    /// The manifest that it names.
    public let digest: Digest
    /// Whether readers do not see it. A tag may be there twice: as it is shown, and as it waits to be.
    public let isPending: Bool

    /// Names a tag.
    public init(repository: RepositoryName, tag: String, digest: Digest, isPending: Bool) {
        (self.repository, self.tag, self.digest, self.isPending) = (repository, tag, digest, isPending)
    }
}

/// How a content is reached in its repository.
public struct ContentAncestry: Sendable {
    /// Whether a tag that is shown names it, or a manifest that consists of it.
    public let isShown: Bool
    /// The content itself, and the manifests of the repository that it is a part of, however indirectly.
    public let digests: [Digest]
}

extension RegistryFolder {
    /// All tags of a repository, pending ones too, in the order of their names.
    public func tagEntries(in repository: RepositoryName) throws(Fault) -> [TagEntry] {
        try readers.read { database throws(Fault) in
            try RegistryIndex.tagEntries(database, in: repository)
        }
    }

    /// How a manifest or blob of a repository is reached.
    public func ancestry(of digest: Digest, in repository: RepositoryName) throws(Fault) -> ContentAncestry {
        try readers.read { database throws(Fault) in
            guard let id = try RegistryIndex.repository(repository, database) else {
                return ContentAncestry(isShown: false, digests: [])
            }
            let rows = try database.all(
                """
                WITH RECURSIVE up(id) AS (
                    SELECT id FROM contents WHERE digest = ?1
                    UNION SELECT parent FROM children JOIN up ON child = up.id WHERE repository = ?2)
                SELECT digest, EXISTS (
                    SELECT 1 FROM tags WHERE repository = ?2 AND content = up.id AND pending = 0)
                FROM up JOIN contents ON contents.id = up.id
                """, .text(digest.description), .integer(id)
            ) { row throws(Fault) in (row.text(0), row.integer(1) != 0) }
            var digests: [Digest] = []
            for (text, _) in rows { digests.append(try Digest(text)) }
            return ContentAncestry(isShown: rows.contains { $0.1 }, digests: digests)
        }
    }

    /// A number that is another one whenever a repository has changed: what was found while it was the same still holds.
    /// Others may change it too.
    public func changeCount(of repository: RepositoryName) -> UInt64 { hot.changes(of: repository) }

    /// Has somebody told of the repositories whose tags are shown, moved or gone from now on.
    ///
    /// Called when changes are durable, before whoever asked for them hears of it, so it must return at once.
    public func observeTags(_ observer: @escaping @Sendable (Set<RepositoryName>) -> Void) {
        tagObservers.withLock { $0.append(observer) }
    }

    static func tell(
        _ observers: Guarded<[@Sendable (Set<RepositoryName>) -> Void]>, of changes: [RegistryChange]
    ) {
        let listening = observers.withLock { $0 }
        guard !listening.isEmpty else { return }
        var repositories: Set<RepositoryName> = []
        for change in changes {
            switch change {
            case .setTag(let repository, _, _, isPending: false), .deleteTag(let repository, _):
                repositories.insert(repository)
            default: break
            }
        }
        guard !repositories.isEmpty else { return }
        for observer in listening { observer(repositories) }
    }

    /// Shows or hides tags, all together or none of them.
    ///
    /// An entry that is pending hides the tag if it was shown. Throws `.manifestUnknown` when the manifest of an entry is
    /// not in its repository any more.
    ///
    /// - Parameter choose: told the tags that are pending everywhere; returns the tags as they shall be. Nothing else
    ///   changes while it runs.
    @discardableResult
    public func setTags(
        by: String, _ choose: @escaping @Sendable (_ pending: [TagEntry]) throws(Fault) -> [TagEntry]
    ) async throws(Fault) -> [TagEntry] {
        try await writer.submit(by: by) { draft throws(Fault) in
            let entries = try choose(try RegistryIndex.tagEntries(draft.database, onlyPending: true))
            for entry in entries {
                guard try RegistryIndex.isManifest(entry.digest, in: entry.repository, draft.database) else {
                    throw Fault(.manifestUnknown, "\(entry.repository) has no manifest \(entry.digest)")
                }
                if entry.isPending { try draft.apply(.deleteTag(entry.repository, entry.tag)) }
                try draft.apply(.setTag(entry.repository, entry.tag, entry.digest, isPending: entry.isPending))
            }
            return entries
        }
    }

    /// Whether a repository has a manifest, whoever may see it.
    public func hasManifest(_ digest: Digest, in repository: RepositoryName) throws(Fault) -> Bool {
        try readers.read { database throws(Fault) in
            try RegistryIndex.isManifest(digest, in: repository, database)
        }
    }
}

extension RegistryIndex {
    /// Tags with what they name, of one repository or of all.
    static func tagEntries(
        _ database: SQLiteConnection, in repository: RepositoryName? = nil, onlyPending: Bool = false
    ) throws(Fault) -> [TagEntry] {
        let rows = try database.all(
            """
            SELECT repositories.name, tags.name, digest, pending FROM tags
                JOIN repositories ON repositories.id = tags.repository JOIN contents ON contents.id = tags.content
            WHERE (?1 IS NULL OR repositories.name = ?1) AND pending >= ?2
            ORDER BY repositories.name, tags.name, pending
            """, .text(repository?.description), .integer(onlyPending ? 1 : 0)
        ) { row throws(Fault) in (row.text(0), row.text(1), row.text(2), row.integer(3) != 0) }
        var entries: [TagEntry] = []
        for (name, tag, digest, isPending) in rows {
            entries.append(
                TagEntry(
                    repository: try RepositoryName(name), tag: tag, digest: try Digest(digest), isPending: isPending))
        }
        return entries
    }
}
