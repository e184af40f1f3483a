// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
internal import Storage

/// A tag that readers do not see, with since when it waits.
public struct PendingTag: Sendable, Hashable {
    /// The tag.
    public let entry: TagEntry
    /// When it was pushed or hidden, in milliseconds since 1970.
    public let since: Int64
    /// Who did that.
    public let by: String
    /// When it may be removed at the earliest, in milliseconds since 1970; nil when it may wait for ever.
    public let expires: Int64?
}

extension RegistryFolder {
    /// Who hides tags that were shown before. Those wait for ever: whoever pushed them was told that they are there.
    public static let keeper = "registry"
    /// How many tags are removed at a time: pushes wait for that long.
    private static let batch = 100

    /// Milliseconds since 1970 by the registry's own clock, which neither leaps nor goes back.
    public var now: Int64 { time.now }

    /// The tags that readers do not see, of one repository or of all, in the order of their names.
    public func pendingTags(in repository: RepositoryName? = nil) throws(Fault) -> [PendingTag] {
        let age = limits.pendingAge
        return try readers.read { database throws(Fault) in
            try RegistryIndex.pendingTags(database, in: repository, age: age)
        }
    }

    /// Removes tags that have been pending for longer than the limits want, and were never shown. What they named stays
    /// as any other untagged manifest does; a tag that is shown under the same name stays.
    ///
    /// - Parameter removed: told what has gone, after each step.
    public func removeExpiredTags(
        removed: @escaping @Sendable ([PendingTag]) -> Void = { _ in }
    ) async throws(Fault) -> Int {
        guard limits.pendingAge > 0 else { return 0 }
        let cutoff = time.cutoff(limits.pendingAge, isTrusted: false)
        var old = try pendingTags().filter { $0.expires != nil && cutoff.covers($0.since) }[...]
        var total = 0
        while !old.isEmpty, !Task.isCancelled {
            let step = Array(old.prefix(Self.batch))
            old = old.dropFirst(Self.batch)
            let gone = try await writer.submit(by: Self.keeper) { draft throws(Fault) in
                // What was pushed again since begins to wait anew.
                var gone: [PendingTag] = []
                for tag in step where try draft.find(tag.entry, isPending: true)?.tagged == tag.since {
                    try draft.dropPending(tag.entry)
                    gone.append(tag)
                }
                return gone
            }
            total += gone.count
            removed(gone)
        }
        return total
    }

    /// Hides tags that still show what their entries say; returns those. A successor that is pending already stays as it
    /// is; otherwise the tag waits to be shown again.
    @discardableResult
    public func hideTags(_ entries: [TagEntry]) async throws(Fault) -> [TagEntry] {
        try await writer.submit(by: Self.keeper) { draft throws(Fault) in
            var hidden: [TagEntry] = []
            for entry in entries {
                guard try draft.find(entry, isPending: false)?.digest == entry.digest else { continue }
                let waiting = try draft.find(entry, isPending: true)?.digest ?? entry.digest
                try draft.apply(.deleteTag(entry.repository, entry.tag))
                try draft.apply(.setTag(entry.repository, entry.tag, waiting, isPending: true))
                hidden.append(entry)
            }
            return hidden
        }
    }
}

extension RegistryDraft {
    /// What a tag names, shown or pending, and since when; nil when there is none.
    fileprivate func find(
        _ entry: TagEntry, isPending: Bool
    ) throws(Fault) -> (digest: Digest, tagged: Int64)? {
        try database.first(
            """
            SELECT digest, tagged FROM tags JOIN repositories ON repositories.id = tags.repository
                JOIN contents ON contents.id = tags.content
            WHERE repositories.name = ? AND tags.name = ? AND pending = ?
            """, .text(entry.repository.description), .text(entry.tag), .integer(isPending ? 1 : 0)
        ) { row throws(Fault) in (try Digest(row.text(0)), row.integer(1)) }
    }

    /// Removes a pending tag and leaves what is shown under its name.
    fileprivate func dropPending(_ entry: TagEntry) throws(Fault) {
        if let shown = try find(entry, isPending: false) {
            // To show what is shown ends the waiting of its successor.
            try apply(.setTag(entry.repository, entry.tag, shown.digest, isPending: false))
        } else {
            try apply(.deleteTag(entry.repository, entry.tag))
        }
    }
}

extension RegistryIndex {
    /// Pending tags of one repository or of all.
    fileprivate static func pendingTags(
        _ database: SQLiteConnection, in repository: RepositoryName?, age: Int64
    ) throws(Fault) -> [PendingTag] {
        let rows = try database.all(
            """
            SELECT repositories.name, tags.name, digest, tagged, tagged_by FROM tags
                JOIN repositories ON repositories.id = tags.repository JOIN contents ON contents.id = tags.content
            WHERE (?1 IS NULL OR repositories.name = ?1) AND pending = 1 ORDER BY repositories.name, tags.name
            """, .text(repository?.description)
        ) { row throws(Fault) in (row.text(0), row.text(1), row.text(2), row.integer(3), row.text(4)) }
        var tags: [PendingTag] = []
        for (name, tag, digest, since, by) in rows {
            let entry = TagEntry(
                repository: try RepositoryName(name), tag: tag, digest: try Digest(digest), isPending: true)
            let expires = age > 0 && by != RegistryFolder.keeper ? since + age : nil
            tags.append(PendingTag(entry: entry, since: since, by: by, expires: expires))
        }
        return tags
    }
}
