// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes
public import KubernetesClient

/// The objects of a resource, kept up to date by a watch.
///
/// Reading never waits. Several controllers share one; each is told of changes after they can be read.
public final class ObjectCache: Sendable {
    /// What an object is found by: texts made of it, such as the names of what it refers to.
    public typealias Index = @Sendable (KubernetesObject) -> [String]
    /// Told of each change, in their order.
    public typealias Observer = @Sendable (ObjectChange) async -> Void

    private struct State: Sendable {
        var objects: [ObjectName: KubernetesObject] = [:]
        var byNamespace: [String: Set<ObjectName>] = [:]
        /// Names by index and text.
        var found: [String: [String: Set<ObjectName>]] = [:]
        var isSynced = false
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var lastWaiter = 0
        var observers: [Observer] = []
    }
    /// The kind of the objects.
    public let kind: GroupVersionKind
    private let feed: ObjectFeed
    private let indexes: [String: Index]
    private let state = Guarded(State())

    /// A cache that is empty until `run` fills it.
    public init(_ kind: GroupVersionKind, _ feed: ObjectFeed, indexes: [String: Index] = [:]) {
        (self.kind, self.feed, self.indexes) = (kind, feed, indexes)
    }

    /// Has somebody told of changes from now on; before `run`.
    public func observe(_ observer: @escaping Observer) { state.withLock { $0.observers.append(observer) } }

    /// Follows the resource until the task is cancelled. Throws what no trying again helps against.
    public func run() async throws {
        var changes = feed.makeAsyncIterator()
        while let change = try await changes.next() {
            let observers = state.withLock { state in
                take(change, &state)
                return state.observers
            }
            for observer in observers { await observer(change) }
        }
    }

    private func take(_ change: ObjectChange, _ state: inout State) {
        switch change {
        case .synced:
            state.isSynced = true
            for waiter in state.waiting.values { waiter.resume(returning: true) }
            state.waiting = [:]
        case .changed(let old, let new):
            if let old { remove(old, &state) }
            insert(new, &state)
        case .removed(let last): remove(last, &state)
        }
    }

    private func insert(_ object: KubernetesObject, _ state: inout State) {
        let name = object.objectName
        state.objects[name] = object
        state.byNamespace[name.namespace ?? "", default: []].insert(name)
        for (index, texts) in indexes {
            for text in texts(object) { state.found[index, default: [:]][text, default: []].insert(name) }
        }
    }

    private func remove(_ object: KubernetesObject, _ state: inout State) {
        let name = object.objectName
        guard let known = state.objects.removeValue(forKey: name) else { return }
        state.byNamespace[name.namespace ?? ""]?.remove(name)
        if state.byNamespace[name.namespace ?? ""]?.isEmpty == true { state.byNamespace[name.namespace ?? ""] = nil }
        for (index, texts) in indexes {
            for text in texts(known) {
                state.found[index]?[text]?.remove(name)
                if state.found[index]?[text]?.isEmpty == true { state.found[index]?[text] = nil }
            }
        }
    }

    /// Whether all that was there at the beginning is known.
    public var isSynced: Bool { state.withLock { $0.isSynced } }
    /// How many objects there are.
    public var count: Int { state.withLock { $0.objects.count } }

    /// Waits until all that was there at the beginning is known; false when the task is cancelled before.
    public func waitUntilSynced() async -> Bool {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.isSynced { return true }
                    if Task.isCancelled { return false }
                    state.waiting[number] = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
        }
    }

    /// An object; nil when there is none.
    public subscript(name: ObjectName) -> KubernetesObject? { state.withLock { $0.objects[name] } }

    /// All objects, of a namespace or of all, in the order of their names.
    public func objects(in namespace: String? = nil) -> [KubernetesObject] {
        state.withLock { state in
            guard let namespace else { return Array(state.objects.values) }
            return (state.byNamespace[namespace] ?? []).compactMap { state.objects[$0] }
        }.sorted { $0.objectName < $1.objectName }
    }

    /// The objects that an index finds by a text, in the order of their names.
    public func objects(by index: String, _ text: String) -> [KubernetesObject] {
        state.withLock { state in (state.found[index]?[text] ?? []).compactMap { state.objects[$0] } }
            .sorted { $0.objectName < $1.objectName }
    }
}
