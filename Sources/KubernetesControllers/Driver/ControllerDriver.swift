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
/// object. A pass begins with what the pass before it has written, also when the watch is behind; every write is bound to
/// the version that the pass saw, so that nothing of others is undone.
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
    private let grace: Duration
    private let now: @Sendable () -> Moment
    /// Names of objects to be looked at.
    public let queue: WorkQueue<ObjectName>
    let written = WrittenObjects()

    /// For so long a watch may be behind what was written; then the server is asked.
    private static var patience: Duration { .seconds(30) }

    /// A driver of a reconciler for the objects of a cache; made before the cache is run.
    ///
    /// - Parameters:
    ///   - workers: how many objects are worked on at a time.
    ///   - grace: for how long a pass may go on when the driver is stopped. With a lease, less than what lies between its
    ///     deadline and its length.
    public init(
        _ name: String, _ reconciler: Worker, _ cache: ObjectCache, _ resource: GroupVersionResource,
        _ client: KubernetesClient, recorder: EventRecorder, metrics: ControllerMetrics, workers: Int = 4,
        delays: RetryDelays = RetryDelays(), grace: Duration = .seconds(4), now: @escaping @Sendable () -> Moment
    ) {
        (self.name, self.reconciler, self.cache, self.resource) = (name, reconciler, cache, resource)
        (self.client, self.recorder, self.metrics, self.workers) = (client, recorder, metrics, workers)
        (self.grace, self.now) = (grace, now)
        queue = WorkQueue(delays)
        cache.observe { [queue, written] change in
            switch change {
            case .synced: break
            case .changed(let old, let new):
                let isKnown = written.covers(new)
                written.confirm(new)
                if !isKnown, old.map(new.asksForReconciliation) ?? true { await queue.add(new.objectName) }
            // A pass may be at work on it; behind that one it is forgotten.
            case .removed(let last): await queue.add(last.objectName)
            }
        }
    }

    /// Has an object looked at.
    public func enqueue(_ name: ObjectName) async { await queue.add(name) }

    /// Works until the task is cancelled; a pass that has begun is finished, if it does not take longer than the grace. May
    /// be run again.
    public func run() async {
        guard await cache.waitUntilSynced() else { return }
        metrics.follow(name) { [queue] in await queue.depth }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<workers {
                group.addTask { [self] in
                    while let key = await queue.next() {
                        await finish(key)
                        await queue.done(key)
                    }
                }
            }
        }
    }

    /// Works on an object, also when the driver is stopped meanwhile: what was done is written.
    private func finish(_ key: ObjectName) async {
        let pass = Task { await work(key) }
        let end = Guarded<Task<Void, Never>?>(nil)
        await withTaskCancellationHandler {
            await pass.value
        } onCancel: {
            end.withLock {
                $0 = Task { [grace] in
                    guard (try? await Task.sleep(for: grace)) != nil else { return }
                    pass.cancel()
                }
            }
        }
        end.withLock { $0 }?.cancel()
    }

    private func work(_ key: ObjectName) async {
        guard let object = await current(key) else {
            written.forget(key)
            return await queue.drop(key)
        }
        let start = ContinuousClock.now
        let pass = await reconciler.pass(over: object, at: now())
        var problem: (any Error)?
        do {
            // Who was told to end may not be the one any more who may write.
            try Task.checkCancellation()
            try await write(pass, of: object, key)
        } catch { problem = error }
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
    private func current(_ key: ObjectName) async -> KubernetesObject? {
        guard let cached = cache[key] else { return nil }
        guard let mine = written.ahead(of: cached) else { return cached }
        // A server that was restored counts from before: then no watch will ever tell of what was written.
        guard ContinuousClock.now - mine.since > Self.patience else { return mine.object }
        do { return try await live(key) } catch { return mine.object }
    }

    /// The object as the server has it; nil when it is gone.
    private func live(_ key: ObjectName) async throws -> KubernetesObject? {
        do {
            let object = try await client.get(resource, key)
            keep(object)
            return object
        } catch let status as APIStatus where status.code == 404 {
            written.forget(key)
            return nil
        }
    }

    private func write(_ pass: ReconcilePass, of before: KubernetesObject, _ key: ObjectName) async throws {
        var object = before
        if pass.changesStatus {
            let patch = Self.statusPatch(from: before, to: pass.object)
            object = try await client.patch(resource, key, .merge(patch), subresource: "status")
            keep(object)
        }
        guard pass.changesFinalizers else { return }
        let version: JSON? = object.resourceVersion.map { .string($0) }
        var metadata: JSON = [
            "finalizers": pass.object.finalizers.isEmpty ? .null : .array(pass.object.finalizers.map { .string($0) })
        ]
        metadata["resourceVersion"] = version
        keep(try await client.patch(resource, key, .merge(["metadata": metadata])))
    }

    private func keep(_ object: KubernetesObject) {
        written.keep(object)
        // The watch may have been faster than the answer.
        if let cached = cache[object.objectName] { written.confirm(cached) }
    }

    /// What makes the one status of the other, bound to the version that the pass saw.
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
        // The version is that of the pass, which has written other parts of the object itself perhaps.
        if let version = new.resourceVersion ?? old.resourceVersion {
            patch["metadata"] = ["resourceVersion": .string(version)]
        }
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
        // The driver is stopped; the object comes again when it runs again.
        if error is CancellationError { return await queue.add(key) }
        if let status = error as? APIStatus, status.code == 404 || status.code == 409 {
            // Others changed the object, or it is gone: nothing is wrong. What it is now may be news to the cache.
            do { if try await live(key) == nil { return await queue.drop(key) } } catch {
                metrics.note("\(name): \(key) could not be read", error)
            }
            if status.code == 409 {
                await queue.retry(key)
                return
            }
        }
        metrics.note("\(name): \(key) could not be written", error)
        await queue.retry(key)
    }

    /// How a pass ended, as metrics call it.
    private static func word(_ pass: ReconcilePass, _ problem: (any Error)?) -> String {
        if let problem {
            return problem is CancellationError
                ? "stopped" : (problem as? APIStatus)?.code == 409 ? "conflict" : "unwritten"
        }
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
