// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import Storage

extension StoreTables {
    /// The next changes of a resource behind a revision, in their order; nil when some of them are forgotten.
    static func changes(
        of resource: GroupResource, after revision: Int64, limit: Int, _ database: SQLiteConnection
    ) throws(Fault) -> [StoreChange]? {
        guard try state(database).compacted <= revision else { return nil }
        guard let id = try self.resource(resource, database) else { return [] }
        return try database.all(
            """
            SELECT changes.revision, changes.namespace, changes.name, changes.uid, changes.kind, changes.place,
                changes.value, changes.before, was.uid, was.place, was.value
            FROM changes LEFT JOIN changes AS was ON was.revision = changes.before
            WHERE changes.resource = ? AND changes.kind < 3 AND changes.revision > ?
            ORDER BY changes.revision LIMIT ?
            """, .integer(id), .integer(revision), .integer(Int64(limit))
        ) { row throws(Fault) in
            let namespace = row.text(1)
            let key = ObjectKey(resource, ObjectName(namespace.isEmpty ? nil : namespace, row.text(2)))
            let object = StoredObject(
                key: key, uid: row.text(3), revision: row.integer(0),
                value: StoredValue(bytes: row.bytes(6), place: Int(row.integer(5))))
            let before =
                row.integer(7) == 0
                ? nil
                : StoredObject(
                    key: key, uid: row.text(8), revision: row.integer(7),
                    value: StoredValue(bytes: row.bytes(10), place: Int(row.integer(9))))
            return StoreChange(StoreChange.Kind(rawValue: row.integer(4)) ?? .modified, object, before: before)
        }
    }

    /// What is asked for when a list is read.
    struct Range {
        var resource: Int64
        var namespace: String?
        /// Only what stands behind it.
        var last: ObjectName?
        var revision: Int64
    }

    /// Objects as they were at a revision, in the order of their names, at most so many.
    static func objects(
        _ resource: GroupResource, _ range: Range, limit: Int, bytes: Int, _ database: SQLiteConnection
    ) throws(Fault) -> (objects: [StoredObject], isCut: Bool) {
        var (objects, size): ([StoredObject], Int) = ([], 0)
        // Objects that are now as they were then, and those that were something else before the first change since then.
        try database.each(
            """
            SELECT namespace, name, uid, revision, place, value FROM objects
            WHERE resource = ?1 AND (?2 IS NULL OR namespace = ?2) AND (namespace, name) > (?3, ?4) AND revision <= ?5
            UNION ALL
            SELECT was.namespace, was.name, was.uid, was.revision, was.place, was.value
            FROM changes JOIN changes AS was ON was.revision = changes.before
            WHERE changes.resource = ?1 AND changes.kind < 3 AND changes.revision > ?5 AND changes.before > 0
                AND changes.before <= ?5 AND (?2 IS NULL OR changes.namespace = ?2)
                AND (changes.namespace, changes.name) > (?3, ?4)
            ORDER BY 1, 2 LIMIT ?6
            """, .integer(range.resource), .text(range.namespace), .text(range.last?.namespace ?? ""),
            .text(range.last?.name ?? ""), .integer(range.revision), .integer(Int64(limit))
        ) { row throws(Fault) in
            let namespace = row.text(0)
            let value = StoredValue(bytes: row.bytes(5), place: Int(row.integer(4)))
            let name = ObjectName(namespace.isEmpty ? nil : namespace, row.text(1))
            objects.append(
                StoredObject(
                    key: ObjectKey(resource, name), uid: row.text(2), revision: row.integer(3), value: value))
            size += value.bytes.count
            return size < bytes
        }
        return (objects, size >= bytes)
    }
}
