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
        /// Names that were known when the feed began anew, and that it has not told of since.
        var unconfirmed: Set<ObjectName> = []
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
    ///
    /// It may be run again behind its end: what is known stays, and observers are told of the differences.
    public func run() async throws {
        state.withLock { ($0.isSynced, $0.unconfirmed) = (false, Set($0.objects.keys)) }
        var changes = feed.makeAsyncIterator()
        while let change = try await changes.next() {
            let (told, observers) = state.withLock { state in (take(change, &state), state.observers) }
            for change in told { for observer in observers { await observer(change) } }
        }
    }

    /// Takes a change; gives what it means to those who know what was known here before.
    private func take(_ change: ObjectChange, _ state: inout State) -> [ObjectChange] {
        switch change {
        case .synced:
            let gone = state.unconfirmed.sorted().compactMap { state.objects[$0] }
            for object in gone { remove(object.objectName, &state) }
            (state.isSynced, state.unconfirmed) = (true, [])
            for waiter in state.waiting.values { waiter.resume(returning: true) }
            state.waiting = [:]
            return gone.map { .removed($0) } + [.synced]
        case .changed(_, let new):
            let old = state.objects[new.objectName]
            remove(new.objectName, &state)
            insert(new, &state)
            state.unconfirmed.remove(new.objectName)
            if let old, old.uid == new.uid {
                return old.resourceVersion == new.resourceVersion && old == new ? [] : [.changed(from: old, to: new)]
            }
            return (old.map { [.removed($0)] } ?? []) + [.changed(from: nil, to: new)]
        case .removed(let last):
            remove(last.objectName, &state)
            state.unconfirmed.remove(last.objectName)
            return [change]
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

    private func remove(_ name: ObjectName, _ state: inout State) {
        guard let known = state.objects.removeValue(forKey: name) else { return }
        let namespace = name.namespace ?? ""
        state.byNamespace[namespace]?.remove(name)
        if state.byNamespace[namespace]?.isEmpty == true { state.byNamespace[namespace] = nil }
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

    /// How many texts all indexes together know.
    var indexedTexts: Int { state.withLock { $0.found.values.reduce(0) { $0 + $1.count } } }

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
