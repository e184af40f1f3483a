// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import KubernetesControllers
import Reconciling
import Telemetry
import TestServers

/// A reconciler that does what a test says, and remembers what it was asked.
struct WidgetWorker: Reconciler {
    typealias Object = KubernetesObject
    typealias Work = @Sendable (inout KubernetesObject) async throws(ReconcileError) -> Outcome

    /// What happened, in its order.
    struct History: Sendable {
        var begun: [KubernetesObject] = []
        var ended: [String] = []
        var released: [String] = []
        var busy: Set<String> = []
        var clashes = 0
        var busiest = 0
    }
    let history = Guarded(History())
    var finalizers: [String] = ["example.org/widget"]
    var work: Work = { _ in .done("made") }
    var undo: Work?

    func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        let (name, given) = (object.name, object)
        history.withLock { history in
            history.begun.append(given)
            if !history.busy.insert(name).inserted { history.clashes += 1 }
            history.busiest = max(history.busiest, history.busy.count)
        }
        defer {
            history.withLock { history in
                history.busy.remove(name)
                history.ended.append(name)
            }
        }
        object[status: "size"] = object.json["spec"]?["size"]
        return try await work(&object)
    }

    func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
        if let undo {
            let outcome = try await undo(&object)
            guard outcome == .released else { return outcome }
        }
        history.withLock { [name = object.name] in $0.released.append(name) }
        object.finalizers.removeAll { finalizers.contains($0) }
        return .released
    }

    func passes(_ name: String) -> [KubernetesObject] { history.withLock { $0.begun }.filter { $0.name == name } }
    var count: Int { history.withLock { $0.begun.count } }
}

/// A controller of widgets that runs while a test uses it.
struct WidgetController: Sendable {
    let worker: WidgetWorker
    let cache: ObjectCache
    let driver: ControllerDriver<WidgetWorker>
    let recorder: EventRecorder
    let metrics: ControllerMetrics

    init(
        _ cluster: WidgetCluster, _ worker: WidgetWorker = WidgetWorker(), client: KubernetesClient? = nil,
        workers: Int = 4, grace: Duration = .seconds(60)
    ) throws {
        let client = client ?? cluster.client
        (self.worker, cache) = (worker, cluster.cache(client))
        metrics = try ControllerMetrics()
        recorder = EventRecorder(client, component: "widgets", now: { .present })
        var delays = RetryDelays()
        delays.longest = .milliseconds(200)
        (delays.perSecond, delays.burst) = (10_000, 10_000)
        driver = ControllerDriver(
            "widget", worker, cache, WidgetCluster.resource, client, recorder: recorder, metrics: metrics,
            workers: workers, delays: delays, grace: grace, now: { .present })
    }

    /// Runs it, lets it be used, and waits until it has ended.
    func running(_ use: () async throws -> Void) async throws {
        let task = Task { try await ControllerHost([cache], [{ await driver.run() }]).run() }
        do { try await use() } catch {
            task.cancel()
            _ = await task.result
            throw error
        }
        task.cancel()
        _ = await task.result
    }

    /// Waits until nothing is left to do.
    func settle() async throws {
        var last = -1
        try await eventually("nothing is left to do") {
            let (depth, delayed) = (await driver.queue.depth, await driver.queue.delayed)
            let (count, isBusy) = worker.history.withLock { ($0.begun.count, !$0.busy.isEmpty) }
            defer { last = count }
            guard depth == 0, delayed == 0, !isBusy, count == last else { return false }
            try await Task.sleep(for: .milliseconds(100))
            return worker.count == count
        }
    }
}
