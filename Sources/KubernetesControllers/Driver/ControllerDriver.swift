// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Chronology
internal import Documents
public import Kubernetes
public import KubernetesClient
public import Reconciling
internal import Telemetry

/// Drives one reconciler: takes names from a queue, runs a pass over each object, and writes what came of it.
///
/// What every reconciler needs is done here once: finalizers come first, status and conditions are always written, events
/// told, delays kept, failures tried again later and later, time and results counted. Two workers never have the same
/// object.
public final class ControllerDriver<Worker: Reconciler>: Sendable {
    /// What it is called in metrics and logs.
    public let name: String
    private let reconciler: Worker
    private let cache: ObjectCache
    private let resource: GroupVersionResource
    private let client: KubernetesClient
    private let recorder: EventRecorder
    private let metrics: ControllerMetrics
    private let workers: Int
    private let now: @Sendable () -> Moment
    /// Names of objects to be looked at.
    public let queue: WorkQueue<ObjectName>
    /// Objects as they were written last, until the cache has them: what a pass begins with must not be older.
    private let written = Guarded<[ObjectName: KubernetesObject]>([:])

    /// A driver of a reconciler for the objects of a cache.
    ///
    /// - Parameter workers: how many objects are worked on at a time.
    public init(
        _ name: String, _ reconciler: Worker, _ cache: ObjectCache, _ resource: GroupVersionResource,
        _ client: KubernetesClient, recorder: EventRecorder, metrics: ControllerMetrics, workers: Int = 4,
        delays: RetryDelays = RetryDelays(), now: @escaping @Sendable () -> Moment
    ) {
        (self.name, self.reconciler, self.cache, self.resource) = (name, reconciler, cache, resource)
        (self.client, self.recorder, self.metrics, self.workers) = (client, recorder, metrics, workers)
        self.now = now
        queue = WorkQueue(delays)
        cache.observe { [queue] change in
            switch change {
            case .synced: break
            case .changed(let old, let new):
                if old.map(new.asksForReconciliation) ?? true { await queue.add(new.objectName) }
            case .removed(let last): await queue.forget(last.objectName)
            }
        }
    }

    /// Has an object looked at.
    public func enqueue(_ name: ObjectName) async { await queue.add(name) }

    /// Works until the task is cancelled; what has been begun is finished.
    public func run() async {
        guard await cache.waitUntilSynced() else { return }
        metrics.follow(name) { [queue] in await queue.depth }
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<workers {
                    group.addTask { [self] in
                        while let name = await queue.next() {
                            // A pass that runs when the program is asked to end still writes what it did.
                            await Task { await work(name) }.value
                            await queue.done(name)
                        }
                    }
                }
            }
        } onCancel: {
            Task { [queue] in await queue.close() }
        }
    }

    private func work(_ key: ObjectName) async {
        guard let object = current(key) else {
            written.withLock { $0[key] = nil }
            return await queue.forget(key)
        }
        let start = ContinuousClock.now
        let pass = await reconciler.pass(over: object, at: now())
        var problem: (any Error)?
        do { try await write(pass, of: object, key) } catch { problem = error }
        metrics.count(name, Self.word(pass, problem), ContinuousClock.now - start)
        if let event = pass.event, problem == nil { await recorder.record(event, about: pass.object) }
        if let problem { return await failed(key, problem) }
        switch pass.next {
        case .whenChanged: await queue.forget(key)
        case .now: await queue.add(key)
        case .after(let delay):
            await queue.forget(key)
            // Spread out, so that what began together does not come back together.
            await queue.add(key, after: delay * Double.random(in: 0.95...1.05))
        case .withBackOff: await queue.retry(key)
        }
    }

    /// The object as it is known last: by the cache, or by our own write that the cache has not heard of.
    private func current(_ key: ObjectName) -> KubernetesObject? {
        let cached = cache[key]
        return written.withLock { written in
            guard let mine = written[key] else { return cached }
            guard let cached, cached.uid == mine.uid, Self.isOlder(cached, mine) else {
                written[key] = nil
                return cached
            }
            return mine
        }
    }

    /// Versions are opaque, but servers count them; where they do not, the cache is believed.
    private static func isOlder(_ a: KubernetesObject, _ b: KubernetesObject) -> Bool {
        guard let a = a.resourceVersion.flatMap(UInt64.init), let b = b.resourceVersion.flatMap(UInt64.init) else {
            return false
        }
        return a < b
    }

    private func write(_ pass: ReconcilePass, of before: KubernetesObject, _ key: ObjectName) async throws {
        var object = before
        if pass.changesStatus {
            let patch = Self.statusPatch(from: before, to: pass.object)
            object = try await client.patch(resource, key, .merge(patch), subresource: "status")
            keep(object, key)
        }
        guard pass.changesFinalizers else { return }
        let version: JSON? = object.resourceVersion.map { .string($0) }
        var metadata: JSON = [
            "finalizers": pass.object.finalizers.isEmpty ? .null : .array(pass.object.finalizers.map { .string($0) })
        ]
        metadata["resourceVersion"] = version
        keep(try await client.patch(resource, key, .merge(["metadata": metadata])), key)
    }

    private func keep(_ object: KubernetesObject, _ key: ObjectName) {
        guard object.resourceVersion != nil else { return }
        written.withLock { $0[key] = object }
    }

    /// What makes the one status of the other, bound to the object that the pass saw.
    static func statusPatch(from old: KubernetesObject, to new: KubernetesObject) -> JSON {
        var status = new.json["status"]?.object ?? JSONObject()
        for (key, value) in old.json["status"]?.object ?? JSONObject() {
            switch (status[key], value) {
            case (nil, _): status[key] = .some(.null)
            case (.object?, .object): status[key] = mergePatch(value, status[key] ?? .null)
            default: break
            }
        }
        var patch: JSON = ["status": .object(status)]
        // Only this controller writes the status, and the rest of the object may change meanwhile; but it must be it.
        if let uid = old.uid { patch["metadata"] = ["uid": .string(uid)] }
        return patch
    }

    private static func mergePatch(_ old: JSON, _ new: JSON) -> JSON {
        guard var members = new.object, let before = old.object else { return new }
        for (key, value) in before {
            if let now = members[key] { members[key] = mergePatch(value, now) } else { members[key] = .some(.null) }
        }
        return .object(members)
    }

    private func failed(_ key: ObjectName, _ error: any Error) async {
        if let status = error as? APIStatus {
            // Others changed the object, or it is gone: the cache will say, and nothing is wrong.
            if status.code == 404 { return await queue.forget(key) }
            if status.code == 409 { return await queue.add(key, after: .milliseconds(50)) }
        }
        metrics.note("\(name): \(key) could not be written", error)
        await queue.retry(key)
    }

    /// How a pass ended, as metrics call it.
    private static func word(_ pass: ReconcilePass, _ problem: (any Error)?) -> String {
        if problem != nil { return "unwritten" }
        return switch pass.result {
        case nil: "prepared"
        case .success(.suspended): "suspended"
        case .success(.released): "released"
        case .success: "ready"
        case .failure(.waiting): "waiting"
        case .failure(.progressing): "progressing"
        case .failure(.stalled): "stalled"
        case .failure(.failed): "failed"
        }
    }
}
