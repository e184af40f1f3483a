// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes
internal import Storage

/// A part of a list.
public struct ObjectPage: Sendable {
    /// The objects, in the order of their names.
    public let objects: [StoredObject]
    /// The revision whose state the list shows; a watch from here on misses nothing.
    public let revision: Int64
    /// Where the next part begins; nil when there is none.
    public let next: Position?

    /// A place in a list.
    public struct Position: Hashable, Sendable {
        /// The revision whose state the whole list shows.
        public let revision: Int64
        /// The last object of the part before.
        public let last: ObjectName

        /// A place that a client brought back.
        public init(revision: Int64, last: ObjectName) { (self.revision, self.last) = (revision, last) }
    }
}

/// Why changes or a list cannot be told any more: they are forgotten.
public struct HistoryExpired: Error, Sendable, Equatable {
    /// The oldest revision behind which all is known.
    public let oldest: Int64
}

extension ObjectStore {
    /// How many bytes of values make a part of a list end: what is longer is told in more parts.
    public static let pageBytes = 8 << 20

    /// A part of the list of a resource: at most so many objects, and none behind those that make up `pageBytes`.
    ///
    /// All parts of a list show the state at one revision, whatever changes meanwhile. Throws `HistoryExpired` when that
    /// is forgotten.
    ///
    /// - Parameter namespace: nil for all.
    public func list(
        _ resource: GroupResource, namespace: String? = nil, from position: ObjectPage.Position? = nil, limit: Int
    ) throws -> ObjectPage {
        let page = try readers.read { database throws(Fault) in
            // One transaction, so that objects and revision belong together.
            try database.script("BEGIN")
            defer { try? database.script("COMMIT") }
            let state = try StoreTables.state(database)
            let revision = position?.revision ?? state.revision
            guard revision <= state.revision, revision >= state.compacted || revision == state.revision else {
                return (page: ObjectPage?.none, oldest: state.compacted)
            }
            guard let id = try StoreTables.resource(resource, database) else {
                return (ObjectPage(objects: [], revision: revision, next: nil), 0)
            }
            let range = StoreTables.Range(
                resource: id, namespace: namespace, last: position?.last, revision: revision)
            let (count, isMore) = limit.addingReportingOverflow(1)
            var (objects, isCut) = try StoreTables.objects(
                resource, range, limit: isMore ? limit : count, bytes: Self.pageBytes, database)
            if objects.count > limit {
                objects.removeLast()
                isCut = true
            }
            var next: ObjectPage.Position?
            if isCut {
                next = objects.last.map { ObjectPage.Position(revision: revision, last: $0.key.name) }
            }
            return (ObjectPage(objects: objects, revision: revision, next: next), 0)
        }
        guard let found = page.page else { throw HistoryExpired(oldest: page.oldest) }
        guard settings.sealing?.seals(resource) == true || found.objects.contains(where: { $0.value.place < 0 }) else {
            return found
        }
        var objects: [StoredObject] = []
        for object in found.objects { objects.append(try opened(object)) }
        return ObjectPage(objects: objects, revision: found.revision, next: found.next)
    }
}
