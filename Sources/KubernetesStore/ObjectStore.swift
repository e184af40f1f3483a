// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents
public import Kubernetes
internal import Storage

/// The objects of a Kubernetes API in a SQLite file: one revision counter for all of them, a history for those who watch,
/// lists as they were at a revision.
///
/// A change that was acknowledged survives the end of the process, and a power cut. Methods may be called from any task;
/// reads run at once and beside one another, changes go through one thread, many with one flush.
public final class ObjectStore: Sendable {
    /// What a store is opened with.
    public struct Settings: Sendable {
        /// How much memory changes may take that are kept for those who watch, in bytes, about.
        public var feedBytes = 32 << 20
        /// How long changes are kept on disk.
        public var history = Duration.seconds(300)
        /// The time in milliseconds since 1970; what it says decides only what is forgotten.
        public var clock: @Sendable () -> Int64 = { Timestamp.now().seconds * 1000 }
        /// Kinds whose values are sealed on disk, and how.
        public var sealing: (any ValueSealing)?

        /// The defaults.
        public init() {}
    }

    let settings: Settings
    let path: String
    let feed: ChangeFeed
    let readers: SQLiteReaders
    private let writer: StoreWriter
    /// Ends waits whose time is over. One clock for all, since a timer for each would be set and stopped all the time.
    private let ticking: Task<Void, Never>
    private let lock: StoreLock

    /// Opens the file, making it when it is not there. Only one may have it open; throws `.conflict` for all others.
    public convenience init(_ path: String, _ settings: Settings = Settings()) throws(Fault) {
        try self.init(path, settings, lock: StoreLock(path))
    }

    /// Opens the file for whoever has its lock.
    init(_ path: String, _ settings: Settings, lock: StoreLock) throws(Fault) {
        (self.path, self.settings, self.lock) = (path, settings, lock)
        let database = try SQLiteConnection(path)
        try StoreTables.make(database)
        feed = ChangeFeed(revision: try StoreTables.state(database).revision, limit: settings.feedBytes)
        readers = SQLiteReaders(path)
        writer = StoreWriter(database, feed)
        ticking = Task.detached { [feed] in
            while (try? await Task.sleep(for: .milliseconds(500))) != nil { feed.expire(.now) }
        }
    }

    /// Does what was asked for, and ends; watches end as well.
    public func close() async {
        ticking.cancel()
        // Who closes last takes the log away, and that must be who may write.
        readers.close()
        await writer.end()
        feed.end()
        readers.close()
        lock.release()
    }

    /// Ends all that follows changes, and what begins to from now on at once; all else goes on until `close`.
    public func endFollowing() { feed.end() }

    /// Asks the one who changes the store.
    func submit(_ decide: @escaping @Sendable (SQLiteConnection) throws -> StoreChange?) async throws -> StoreChange? {
        try await writer.submit(decide)
    }

    /// Throws what keeps it from being read, and what kept the last changes from being made.
    public func check() throws(Fault) {
        if let problem = writer.lastProblem { throw problem }
        _ = try readers.read { database throws(Fault) in try StoreTables.state(database) }
    }

    /// The revision of the last change.
    public var revision: Int64 { feed.revision }

    /// An object; nil when it is not there.
    public func object(_ key: ObjectKey) throws(Fault) -> StoredObject? {
        let found = try readers.read { database throws(Fault) in try StoreTables.object(key, database) }
        guard let found else { return nil }
        return try opened(found)
    }

    /// Creates or replaces an object; returns it with the revision of the change. Throws `StoreConflict` when what is
    /// expected is not so.
    public func put(
        _ key: ObjectKey, _ object: KubernetesObject, if expected: StoreExpectation
    ) async throws -> StoredObject {
        let uid = object.uid ?? ""
        let value = try sealed(StoredValue(object), key)
        let time = settings.clock()
        let change = try await writer.submit { database in
            let before = try StoreTables.object(key, database)
            try Self.check(before, expected)
            return try StoreTables.apply(
                key, before == nil ? .added : .modified, uid: uid, value, before: before, time: time, database)
        }
        guard let change else { throw Fault(.internal, "a change of \(key) was not made") }
        return try opened(change.object)
    }

    /// Removes an object; returns it as it was at last, with the revision of its removal.
    ///
    /// - Parameter last: what it was at last, when that is not what is stored.
    public func remove(
        _ key: ObjectKey, last: KubernetesObject? = nil, if expected: StoreExpectation
    ) async throws -> StoredObject {
        let value = try last.map { (object) throws(Fault) in try sealed(StoredValue(object), key) }
        let time = settings.clock()
        let change = try await writer.submit { database in
            let before = try StoreTables.object(key, database)
            guard let before else { throw StoreConflict.missing }
            try Self.check(before, expected)
            return try StoreTables.apply(
                key, .deleted, uid: before.uid, value ?? before.value, before: before, time: time, database)
        }
        guard let change else { throw Fault(.internal, "\(key) was not removed") }
        return try opened(change.object)
    }

    /// Forgets changes that are older than the settings say. Who watches from behind them is told so.
    public func compact() async throws {
        let now = settings.clock(), span = Int64(settings.history / .milliseconds(1))
        _ = try await writer.submit { database in
            _ = try StoreTables.compact(keeping: now - span...now + span, database)
            return nil
        }
    }

    private static func check(_ before: StoredObject?, _ expected: StoreExpectation) throws {
        switch (before, expected) {
        case (nil, .absent): return
        case (.some, .absent): throw StoreConflict.exists
        case (nil, .revision): throw StoreConflict.missing
        case (let before?, .revision(let revision)):
            guard before.revision == revision else { throw StoreConflict.changed(revision: before.revision) }
        }
    }
}
