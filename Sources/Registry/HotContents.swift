// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI

/// Manifests and small blobs that were asked for lately, with the bytes that were checked when they were read.
///
/// An entry is put in only if its repository has not changed since its reader began to look, so that what was deleted or
/// tagged anew in between does not stay. It counts for a limited time, since what is asked for is kept from the collection
/// of garbage by those who look further.
final class HotContents: Sendable {
    struct Key: Hashable, Sendable {
        let repository: RepositoryName
        /// A tag, a digest, or `blob:` and a digest.
        let name: String
    }
    /// Repositories share so many counters of their changes.
    private static let slots = 256
    private struct Entry: Sendable {
        let content: StoredContent
        let until: Int64
    }
    private struct State {
        var table: BoundedTable<Key, Entry>
        var changes = [UInt64](repeating: 0, count: slots)
    }
    private let state: Guarded<State>
    /// What an entry costs besides its bytes.
    private static let overhead = 400

    /// - Parameter limit: the most bytes to keep.
    init(limit: Int) {
        state = Guarded(State(table: BoundedTable(limit: limit) { $0.content.bytes.count + Self.overhead }))
    }

    static func blob(_ digest: Digest, in repository: RepositoryName) -> Key {
        Key(repository: repository, name: "blob:\(digest)")
    }

    static func manifest(_ reference: ManifestReference, in repository: RepositoryName) -> Key {
        Key(repository: repository, name: reference.description)
    }

    private static func slot(_ repository: RepositoryName) -> Int {
        Int(UInt(bitPattern: repository.hashValue) % UInt(slots))
    }

    /// - Parameter now: the time, by a clock that does not leap.
    func find(_ key: Key, now: Int64) -> StoredContent? {
        guard let entry = state.withLock({ $0.table.find(key) }), entry.until > now else { return nil }
        return entry.content
    }

    /// How often a repository has changed, to be handed to `put`.
    func changes(of repository: RepositoryName) -> UInt64 {
        state.withLock { $0.changes[Self.slot(repository)] }
    }

    /// - Parameter until: when its reader has to look again, so that it is known to be in use.
    func put(_ content: StoredContent, _ key: Key, changes: UInt64, until: Int64) {
        state.withLock { state in
            guard state.changes[Self.slot(key.repository)] == changes else { return }
            state.table.set(key, to: Entry(content: content, until: until))
        }
    }

    /// Forgets what changes made untrue.
    func forget(_ changes: [RegistryChange]) {
        state.withLock { state in
            for change in changes {
                guard let repository = change.repository else {
                    // Damage is rare, and whatever holds the content is concerned.
                    state.table.removeAll()
                    for slot in 0..<Self.slots { state.changes[slot] += 1 }
                    continue
                }
                state.changes[Self.slot(repository)] += 1
                switch change {
                case .linkBlob(_, let digest, _), .unlinkBlob(_, let digest):
                    state.table.remove(Self.blob(digest, in: repository))
                case .putManifest(_, let digest, _, _), .deleteManifest(_, let digest):
                    state.table.remove(Self.manifest(.digest(digest), in: repository))
                case .setTag(_, let tag, _, _), .deleteTag(_, let tag):
                    state.table.remove(Self.manifest(.tag(tag), in: repository))
                case .keep, .quarantine, .restore: break
                }
            }
        }
    }
}
