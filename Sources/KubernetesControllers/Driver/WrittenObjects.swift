// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes

/// Objects as they were written last, as long as a cache has not heard of that: what a pass begins with must not be older.
final class WrittenObjects: Sendable {
    /// One of them.
    struct Entry: Sendable {
        let object: KubernetesObject
        /// Since when it is ahead of the cache.
        let since: ContinuousClock.Instant
    }
    private let entries = Guarded<[ObjectName: Entry]>([:])

    /// How many there are.
    var count: Int { entries.withLock { $0.count } }

    /// Keeps an object until `confirm` or `forget`.
    func keep(_ object: KubernetesObject) {
        guard object.resourceVersion != nil else { return }
        var object = object
        object.setMetadata("managedFields", nil)
        entries.withLock { $0[object.objectName] = Entry(object: object, since: .now) }
    }

    /// Drops what the cache has now, or something later.
    func confirm(_ cached: KubernetesObject) {
        entries.withLock { entries in
            guard let mine = entries[cached.objectName], !Self.isOlder(cached, mine.object) else { return }
            entries[cached.objectName] = nil
        }
    }

    func forget(_ name: ObjectName) { entries.withLock { $0[name] = nil } }

    /// What was written later than what the cache has.
    func ahead(of cached: KubernetesObject) -> Entry? {
        entries.withLock { $0[cached.objectName] }.flatMap { Self.isOlder(cached, $0.object) ? $0 : nil }
    }

    /// Whether a state that a watch tells of is one that a pass has seen: ours, or one before it. Every write of ours is
    /// bound to the version that the pass saw, so nothing of others lies between.
    func covers(_ told: KubernetesObject) -> Bool {
        guard let mine = entries.withLock({ $0[told.objectName] }), mine.object.uid == told.uid else { return false }
        return told.resourceVersion == mine.object.resourceVersion || Self.isOlder(told, mine.object)
    }

    /// Versions are opaque, but servers count them; where they do not, the cache is believed.
    private static func isOlder(_ a: KubernetesObject, _ b: KubernetesObject) -> Bool {
        guard let a = a.resourceVersion.flatMap({ UInt64($0) }), let b = b.resourceVersion.flatMap({ UInt64($0) })
        else { return false }
        return a < b
    }
}
