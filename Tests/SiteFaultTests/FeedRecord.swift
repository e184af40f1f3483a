// SPDX-License-Identifier: Apache-2.0

import Basics
import Kubernetes
import KubernetesClient

/// What a feed told, over all restarts of the server.
final class FeedRecord: Sendable {
    private struct State: Sendable {
        var isSynced = false
        /// The objects as the feed tells them.
        var objects: [ObjectName: KubernetesObject] = [:]
        /// The revisions told of each name.
        var told: [String: [Int64]] = [:]
        /// All that was told, in its order; no object when it was removed.
        var log: [(revision: Int64, name: String, isThere: Bool)] = []
        var failures = 0
        var problems: [String] = []
    }
    private let state = Guarded(State())
    private let task: Task<Void, Never>

    /// Follows a resource until it is ended.
    init(_ client: KubernetesClient, _ resource: GroupVersionResource) {
        let state = state
        var options = FeedOptions()
        options.longestDelay = .seconds(1)
        options.observe = { _, _ in state.withLock { $0.failures += 1 } }
        let feed = client.feed(resource, namespace: "default", options)
        task = Task.detached {
            do { for try await change in feed { state.withLock { Self.take(change, &$0) } } } catch {
                if !(error is CancellationError) { state.withLock { $0.problems.append("the feed ended: \(error)") } }
            }
        }
    }

    private static func take(_ change: ObjectChange, _ state: inout State) {
        switch change {
        case .synced:
            if state.isSynced { state.problems.append("synced was told twice") }
            state.isSynced = true
        case .changed(let old, let new):
            if state.objects[new.objectName] != old {
                state.problems.append("\(new.objectName) changed from what was not told: a gap or a repeat")
            }
            tell(new, isThere: true, &state)
            state.objects[new.objectName] = new
        case .removed(let last):
            if state.objects[last.objectName] == nil { state.problems.append("\(last.objectName) is removed twice") }
            // A removal that was found by comparing has the last state that was known.
            if state.objects[last.objectName] != last { tell(last, isThere: false, &state) }
            state.objects[last.objectName] = nil
        }
    }

    private static func tell(_ object: KubernetesObject, isThere: Bool, _ state: inout State) {
        let revision = object.resourceVersion.flatMap { Int64($0) } ?? 0
        if let before = state.told[object.name]?.last, revision <= before {
            state.problems.append("\(object.objectName): \(revision) is told behind \(before)")
        }
        state.told[object.name, default: []].append(revision)
        state.log.append((revision, object.name, isThere))
    }

    var isSynced: Bool { state.withLock { $0.isSynced } }
    var problems: [String] { state.withLock { $0.problems } }
    /// How often it had to begin again.
    var failures: Int { state.withLock { $0.failures } }

    /// How many changes it told of objects with such names.
    func toldCount(where isMeant: (String) -> Bool) -> Int {
        state.withLock { state in state.log.count { isMeant($0.name) } }
    }

    /// The last revision it told.
    var lastRevision: Int64 { state.withLock { $0.log.last?.revision ?? 0 } }

    /// The revisions by name as they were at a revision.
    func revisions(at revision: Int64) -> [String: String] {
        state.withLock { state in
            var there: [String: String] = [:]
            for change in state.log where change.revision <= revision {
                there[change.name] = change.isThere ? "\(change.revision)" : nil
            }
            return there
        }
    }

    /// The revisions by name as it tells them.
    var revisions: [String: String] {
        state.withLock { state in
            Dictionary(uniqueKeysWithValues: state.objects.map { ($0.key.name, $0.value.resourceVersion ?? "") })
        }
    }

    /// The acknowledged revisions that it did not tell.
    func missing(_ acknowledged: [String: [Int64]]) -> [String] {
        let told = state.withLock { $0.told.mapValues { Set($0) } }
        return acknowledged.flatMap { name, revisions in
            revisions.filter { told[name]?.contains($0) != true }.map { "\(name) at \($0)" }
        }
    }

    func end() async {
        task.cancel()
        await task.value
    }
}
