// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes
internal import Storage

/// Reads the changes of a resource behind a revision, each once, in their order, without gaps.
public struct ChangeCursor: Sendable {
    private let store: ObjectStore
    private let resource: GroupResource
    /// Up to where all is told.
    public private(set) var revision: Int64
    /// How many changes are read at once, at the most.
    private static let batch = 500

    init(_ store: ObjectStore, _ resource: GroupResource, after revision: Int64) {
        (self.store, self.resource, self.revision) = (store, resource, revision)
    }

    /// The next changes, at least one; waits for them. Nil when the store ends. Throws `HistoryExpired` when some are
    /// forgotten, and `CancellationError` when the task is cancelled.
    public mutating func next() async throws -> [StoreChange]? { try await next(until: nil) }

    /// As `next()`, but returns no changes when there are none by a moment, or within a second after it.
    public mutating func next(until deadline: ContinuousClock.Instant?) async throws -> [StoreChange]? {
        while true {
            try Task.checkCancellation()
            switch store.feed.changes(of: resource, after: revision, limit: Self.batch) {
            case .over: return nil
            case .onDisk:
                if let changes = try store.history(of: resource, after: revision, limit: Self.batch) {
                    revision = changes.revision
                    if !changes.changes.isEmpty { return changes.changes }
                }
            case .changes(let changes, let upTo):
                revision = upTo
                if !changes.isEmpty { return try changes.map { try store.opened($0) } }
                if let deadline, ContinuousClock.now >= deadline { return [] }
                await store.feed.wait(for: resource, after: upTo, until: deadline)
            }
        }
    }
}

extension ObjectStore {
    /// Changes of a resource behind a revision that the caller has seen.
    public func changes(of resource: GroupResource, after revision: Int64) -> ChangeCursor {
        ChangeCursor(self, resource, after: revision)
    }

    /// Changes from the disk, and up to where all is told with them.
    func history(
        of resource: GroupResource, after revision: Int64, limit: Int
    ) throws -> (changes: [StoreChange], revision: Int64)? {
        let found = try readers.read { database throws(Fault) in
            try database.script("BEGIN")
            defer { try? database.script("COMMIT") }
            let state = try StoreTables.state(database)
            let changes = try StoreTables.changes(of: resource, after: revision, limit: limit, database)
            return (changes: changes, state: state)
        }
        guard let changes = found.changes else { throw HistoryExpired(oldest: found.state.compacted) }
        let upTo = changes.count < limit ? found.state.revision : changes.last?.revision ?? revision
        return (try changes.map { try opened($0) }, max(upTo, revision))
    }
}
