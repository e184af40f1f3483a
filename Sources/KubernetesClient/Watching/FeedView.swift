// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes

/// The objects that a feed has told of, and what is still to be told. Pure: what it gets decides what it says.
struct FeedView: Sendable {
    private(set) var objects: [ObjectName: KubernetesObject] = [:]
    /// What is to be told, in its order.
    private var changes: [ObjectChange] = []
    private var told = 0
    /// What has been seen since a replacement began; nil when there is none.
    private var seen: Set<ObjectName>?
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// The next that is to be told.
    mutating func next() -> ObjectChange? {
        guard told < changes.count else { return nil }
        defer {
            told += 1
            if told == changes.count { (changes, told) = ([], 0) }
        }
        return changes[told]
    }

    mutating func tell(_ change: ObjectChange) { changes.append(change) }

    /// From now on everything that is there is told anew.
    mutating func beginReplacement() { seen = [] }

    /// What was not told since the beginning is gone.
    mutating func endReplacement() {
        guard let seen else { return }
        self.seen = nil
        for name in objects.keys.filter({ !seen.contains($0) }).sorted() { remove(name, last: nil) }
    }

    /// Takes an object as it is now. Nothing is told of one in the version that is known; nor, while changes are followed,
    /// of one in a version before that.
    mutating func put(_ object: KubernetesObject) throws(Fault) {
        let name = object.objectName
        let isReplacing = seen?.insert(name) != nil
        if let old = objects[name] {
            guard old.uid == object.uid else {
                // Deleted and made anew while nobody looked.
                changes.append(.removed(old))
                changes.append(.changed(from: nil, to: object))
                objects[name] = object
                return
            }
            guard old.resourceVersion != object.resourceVersion || object.resourceVersion == nil else { return }
            if !isReplacing, Self.isOlder(object.resourceVersion, than: old.resourceVersion) { return }
            changes.append(.changed(from: old, to: object))
        } else {
            guard objects.count < limit else {
                throw Fault(.limitExceeded, "a feed holds more than \(limit) objects", fix: "select fewer of them")
            }
            changes.append(.changed(from: nil, to: object))
        }
        objects[name] = object
    }

    /// Takes note that an object is gone.
    mutating func remove(_ name: ObjectName, last: KubernetesObject?) {
        seen?.remove(name)
        guard let old = objects[name] else { return }
        if let last, last.uid == old.uid {
            // An event of before what is known: the object was made anew with the same identity only in a restored server.
            if seen == nil, Self.isOlder(last.resourceVersion, than: old.resourceVersion) { return }
            changes.append(.removed(last))
        } else if last == nil {
            changes.append(.removed(old))
        } else {
            return
        }
        objects[name] = nil
    }

    /// Versions are compared as numbers when they are (KEP-5504); otherwise nothing is older.
    private static func isOlder(_ a: String?, than b: String?) -> Bool {
        guard let a = a.flatMap({ UInt64($0) }), let b = b.flatMap({ UInt64($0) }) else { return false }
        return a < b
    }
}
