// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import Reconciling
import TestServers
import Testing

@testable import KubernetesControllers

@Suite("Drivers of reconcilers", .timeLimit(.minutes(5))) struct ControllerDriverTests {
    private static func isReady(_ object: KubernetesObject) -> Bool {
        object.isReady && object.observedGeneration == object.generation
    }

    @Test("finalizers come before work; status and conditions are written with the generation that they are about")
    func order() async throws {
        try await WidgetCluster.with { cluster in
            let controller = try WidgetController(cluster)
            try await controller.running {
                try await cluster.create("a", size: 3)
                try await eventually("a is ready") { try await Self.isReady(cluster.get("a")) }
                let made = try await cluster.get("a")
                #expect(made.finalizers == ["example.org/widget"])
                #expect(made.json["status"]?["size"]?.int == 3)
                #expect(made.observedGeneration == 1)
                #expect(made.condition("Ready")?.observedGeneration == 1)
                #expect(made.condition("Reconciling") == nil)
                #expect(made.generation == 1)
                try await controller.settle()
                let passes = controller.worker.passes("a")
                #expect(passes.allSatisfy { $0.finalizers == ["example.org/widget"] })
                #expect(passes.count <= 2, "own writes ask for no pass, the finalizer for one at most")

                let before = passes.count
                try await cluster.patch("a", ["spec": ["size": 4]])
                try await eventually("a is ready again") {
                    let now = try await cluster.get("a")
                    return Self.isReady(now) && now.generation == 2
                }
                try await controller.settle()
                #expect(controller.worker.passes("a").count == before + 1)
                #expect(try await cluster.get("a").json["status"]?["size"]?.int == 4)
                // What nobody asked for is no reason.
                try await cluster.patch("a", ["metadata": ["labels": ["colour": "red"]]])
                try await eventually("the label is known") {
                    controller.cache.objects().first?[label: "colour"] == "red"
                }
                try await controller.settle()
                #expect(controller.worker.passes("a").count == before + 1)
            }
            #expect(controller.worker.history.withLock { $0.clashes } == 0)
            #expect(controller.driver.written.count == 0)
        }
    }

    @Test("what is deleted is released and then forgotten")
    func deletion() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            let isFree = Guarded(false)
            worker.undo = { _ throws(ReconcileError) in
                guard isFree.withLock({ $0 }) else {
                    throw .waiting("something holds it", reason: "Busy", retryAfter: .milliseconds(20))
                }
                return .released
            }
            let controller = try WidgetController(cluster, worker)
            try await controller.running {
                try await cluster.create("a")
                try await eventually("a is ready") { try await cluster.get("a").isReady }
                try await cluster.delete("a")
                try await eventually("it says why it stays") {
                    try await cluster.get("a").condition("Ready")?.reason == "Busy"
                }
                isFree.withLock { $0 = true }
                try await eventually("a is gone") { try await !cluster.exists("a") }
                try await eventually("nothing is kept of it") { await controller.driver.queue.isEmpty }
                #expect(controller.worker.history.withLock { $0.released } == ["a"])
                #expect(controller.driver.written.count == 0)
                // A new one of the same name is another one.
                try await cluster.create("a", size: 9)
                try await eventually("the new one is ready") {
                    try await cluster.get("a").json["status"]?["size"]?.int == 9
                }
            }
        }
    }

    @Test("a removed object leaves no visit that was to come later")
    func forgottenVisits() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            worker.finalizers = []
            worker.work = { _ in .requeue(after: .seconds(3600), "made") }
            let controller = try WidgetController(cluster, worker)
            try await controller.running {
                for index in 0..<5 { try await cluster.create("w\(index)") }
                try await eventually("all are to come again") { await controller.driver.queue.delayed == 5 }
                for index in 0..<5 { try await cluster.delete("w\(index)") }
                try await eventually("none is") { await controller.driver.queue.isEmpty }
                #expect(controller.driver.written.count == 0)
            }
        }
    }

    @Test("suspended objects stay as they are, and are deleted all the same")
    func suspended() async throws {
        try await WidgetCluster.with { cluster in
            let controller = try WidgetController(cluster)
            try await controller.running {
                try await cluster.create("a", size: 1)
                try await eventually("a is ready") { try await cluster.get("a").isReady }
                let status = try await cluster.get("a").json["status"]
                try await cluster.patch("a", ["spec": ["size": 2, "suspend": true]])
                try await eventually("it is known") { controller.cache.objects().first?.generation == 2 }
                try await controller.settle()
                #expect(try await cluster.get("a").json["status"] == status)
                try await cluster.patch("a", ["spec": ["suspend": false]])
                try await eventually("it goes on") { try await cluster.get("a").json["status"]?["size"]?.int == 2 }
                try await cluster.patch("a", ["spec": ["suspend": true]])
                try await cluster.delete("a")
                try await eventually("a is gone") { try await !cluster.exists("a") }
            }
        }
    }

    @Test("a request by annotation is one more pass, and is noted")
    func request() async throws {
        try await WidgetCluster.with { cluster in
            let controller = try WidgetController(cluster)
            try await controller.running {
                try await cluster.create("a")
                try await eventually("a is ready") { try await cluster.get("a").isReady }
                try await controller.settle()
                let before = controller.worker.count
                try await cluster.patch("a", ["metadata": ["annotations": [.init(ReconcileRequest.annotation): "now"]]])
                try await eventually("it is heeded") {
                    try await cluster.get("a").json["status"]?[ReconcileRequest.statusField]?.string == "now"
                }
                try await controller.settle()
                #expect(controller.worker.count == before + 1)
                #expect(try await !cluster.get("a").isReconciliationRequested)
            }
        }
    }

    @Test("what is to be looked at again after a while is, and failures come again later and later until they end")
    func again() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            let (visits, failures) = (Guarded(0), Guarded(0))
            worker.work = { object throws(ReconcileError) in
                if object.name == "visited" {
                    return visits.withLock {
                        $0 += 1; return $0
                    } < 4
                        ? .requeue(after: .milliseconds(20), "made") : .done("made")
                }
                if failures.withLock({
                    $0 += 1; return $0
                }) < 5 {
                    throw .failed(Fault(.unavailable, "the shop is closed"), reason: "Closed")
                }
                return .done("made")
            }
            let controller = try WidgetController(cluster, worker)
            try await controller.running {
                try await cluster.create("visited")
                try await cluster.create("failing")
                try await eventually("both are at their ends") {
                    visits.withLock { $0 } >= 4 && failures.withLock { $0 } >= 5
                }
                try await eventually("both are ready") {
                    let (a, b) = (try await cluster.get("visited"), try await cluster.get("failing"))
                    return a.isReady && b.isReady
                }
                try await controller.settle()
                try await eventually("failures are forgotten") { await controller.driver.queue.isEmpty }
            }
        }
    }

    @Test("who writes between is not undone, and no error is told: the pass is made again")
    func conflict() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            let isFirst = Guarded(true)
            worker.work = { object throws(ReconcileError) in
                if isFirst.withLock({
                    let first = $0; $0 = false; return first
                }) {
                    do { try await cluster.patch("a", ["spec": ["size": 5]]) } catch {
                        throw .failed(Fault(wrapping: error), reason: "Test")
                    }
                }
                return .done("made \(object.json["spec"]?["size"]?.int ?? 0)")
            }
            let controller = try WidgetController(cluster, worker)
            try await controller.running {
                try await cluster.create("a", size: 1)
                try await eventually("the second pass is written") {
                    let now = try await cluster.get("a")
                    return now.isReady && now.json["status"]?["size"]?.int == 5
                }
                try await controller.settle()
                let text = String(decoding: await controller.metrics.text(), as: UTF8.self)
                #expect(text.contains("result=\"conflict\"} 1"))
                #expect(!text.contains("result=\"unwritten\""))
                #expect(!text.contains("result=\"failed\""))
                await controller.recorder.flush()
                let events = try await cluster.client.list(GroupVersionResource("", "v1", "events")).objects
                #expect(events.map { $0.json["message"]?.string } == ["made 5"])
                try await eventually("it is no failure") { await controller.driver.queue.isEmpty }
            }
        }
    }

    @Test("a pass begins with what was written, also when the watch is behind")
    func stale() async throws {
        try await WidgetCluster.with { cluster in
            let proxy = try CuttingProxy(to: cluster.port)
            var worker = WidgetWorker()
            worker.work = { object throws(ReconcileError) in
                let steps = (object.json["status"]?["steps"]?.int ?? 0) + 1
                object[status: "steps"] = .number(JSONNumber(steps))
                // From here on the watch tells nothing, and says nothing of it.
                proxy.holdWatches()
                return steps < 4 ? .requeue(after: .milliseconds(1), "step \(steps)") : .done("step \(steps)")
            }
            let controller = try WidgetController(cluster, worker, client: WidgetCluster.client(proxy.port))
            try await controller.running {
                try await cluster.create("a")
                try await eventually("four steps were made") {
                    try await cluster.get("a").json["status"]?["steps"]?.int == 4
                }
                try await controller.settle()
                let steps = controller.worker.passes("a").map { $0.json["status"]?["steps"]?.int ?? 0 }
                #expect(steps == [0, 1, 2, 3])
                #expect(controller.cache.objects().first?.json["status"]?["steps"]?.int ?? 0 < 4)
                // Others write meanwhile: the cache does not know, and still nothing is undone.
                try await cluster.patch("a", ["spec": ["size": 8]])
                await controller.driver.enqueue(WidgetCluster.name("a"))
                try await eventually("the pass is over what the server has") {
                    try await cluster.get("a").json["status"]?["size"]?.int == 8
                }
                proxy.mend()
                try await eventually("the cache has come after") {
                    controller.cache.objects().first?.json["status"]?["size"]?.int == 8
                }
                try await eventually("nothing is kept") { controller.driver.written.count == 0 }
            }
            await proxy.stop()
        }
    }

    @Test("two workers never have the same object, and all work at a time")
    func workers() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            worker.work = { _ in
                try? await Task.sleep(for: .milliseconds(3))
                return .done("made")
            }
            let controller = try WidgetController(cluster, worker, workers: 8)
            try await controller.running {
                for index in 0..<20 { try await cluster.create("w\(index)") }
                for size in 2..<6 {
                    for index in 0..<20 {
                        try await cluster.patch("w\(index)", ["spec": ["size": .number(JSONNumber(Int64(size)))]])
                        await controller.driver.enqueue(WidgetCluster.name("w\(index)"))
                    }
                }
                try await eventually("all are ready") {
                    try await cluster.client.list(WidgetCluster.resource).objects.allSatisfy {
                        Self.isReady($0) && $0.json["status"]?["size"]?.int == 5
                    }
                }
            }
            let history = controller.worker.history.withLock { $0 }
            #expect(history.clashes == 0)
            #expect(history.busiest > 1)
            #expect(history.busiest <= 8)
        }
    }

    @Test("a driver that is stopped finishes what it has begun, and begins nothing more; it may be run again")
    func stopping() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            let (began, mayEnd) = (Guarded(false), Guarded(false))
            worker.work = { _ in
                began.withLock { $0 = true }
                while !mayEnd.withLock({ $0 }) { await Task.yield() }
                return .done("made")
            }
            let controller = try WidgetController(cluster, worker, workers: 1)
            try await cluster.create("a", size: 1)
            let task = Task { try await ControllerHost([controller.cache], [{ await controller.driver.run() }]).run() }
            try await eventually("a pass has begun") { began.withLock { $0 } }
            try await cluster.create("b", size: 1)
            task.cancel()
            mayEnd.withLock { $0 = true }
            _ = await task.result
            let names = controller.worker.history.withLock { $0.ended }
            #expect(names.count == 1)
            #expect(try await cluster.get(names.first ?? "").isReady)
            try await controller.running {
                try await eventually("both are ready") {
                    let (a, b) = (try await cluster.get("a"), try await cluster.get("b"))
                    return a.isReady && b.isReady
                }
            }
        }
    }

    @Test("a pass that does not end within the grace is cancelled")
    func grace() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            let began = Guarded(false)
            worker.work = { _ throws(ReconcileError) in
                began.withLock { $0 = true }
                do { try await Task.sleep(for: .seconds(3600)) } catch {
                    throw .failed(Fault(.cancelled, "the work was cancelled"), reason: "Cancelled")
                }
                return .done("made")
            }
            let controller = try WidgetController(cluster, worker, grace: .milliseconds(50))
            try await controller.running {
                try await cluster.create("a")
                try await eventually("a pass has begun") { began.withLock { $0 } }
            }
            // That it was stopped is no failure of the object.
            #expect(try await cluster.get("a").condition("Ready") == nil)
        }
    }

    @Test("a kind without the part status is a failure that is told, not an object that is gone")
    func noStatus() async throws {
        try await WidgetCluster.with { cluster in
            _ = try await cluster.client.patch(
                GroupVersionResource("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
                ObjectName(nil, "widgets.example.org"),
                .json([["op": "remove", "path": "/spec/versions/0/subresources"]]))
            let controller = try WidgetController(cluster)
            try await controller.running {
                try await cluster.create("a")
                try await eventually("it is counted") {
                    String(decoding: await controller.metrics.text(), as: UTF8.self).contains("result=\"unwritten\"")
                }
                try await eventually("it is tried again") { controller.worker.passes("a").count > 3 }
            }
        }
    }

    private static let kubectl = InstalledKubectl.newest ?? InstalledKubectl.old

    @Test("kubectl waits for what the conditions say", .enabled(if: kubectl != nil, "kubectl is not installed"))
    func waitable() async throws {
        try await WidgetCluster.with { cluster in
            let controller = try WidgetController(cluster)
            let folder = try TemporaryFolder()
            try await controller.running {
                try await cluster.create("a")
                var environment = Environment.process.variables
                (environment["HOME"], environment["KUBECONFIG"]) = (folder.path, "\(folder.path)/none")
                for size in 2..<5 {
                    try await cluster.patch("a", ["spec": ["size": .number(JSONNumber(Int64(size)))]])
                    let result = try await ChildProcess.run(
                        [
                            Self.kubectl ?? "kubectl", "--server", "http://127.0.0.1:\(cluster.port)", "wait",
                            "widgets.example.org/a", "--for=condition=Ready", "--timeout=60s",
                        ], environment: Environment(environment))
                    #expect(String(decoding: result.stdout, as: UTF8.self).contains("condition met"))
                    #expect(try await cluster.get("a").json["status"]?["size"]?.int == Int64(size))
                }
            }
        }
    }
}
