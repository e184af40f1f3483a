// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import Reconciling
import TestServers
import Testing
import Web
import WebClient
import WebServer

@testable import KubernetesControllers

@Suite("Hosts, metrics and health", .timeLimit(.minutes(5))) struct HostingTests {
    private static func get(_ server: HealthServer, _ path: String) async throws -> (status: Int, text: String) {
        let url = try HTTPURL("http://127.0.0.1:\(server.port)\(path)")
        let response = try await HTTPClient().open(HTTPRequest(method: .get, url: url), retry: false)
        return (response.status, String(decoding: try await response.body.collect(limit: 1 << 20), as: UTF8.self))
    }

    @Test("probes are told whether the work goes on, and Prometheus what was done")
    func endpoints() async throws {
        try await WidgetCluster.with { cluster in
            var worker = WidgetWorker()
            worker.work = { object throws(ReconcileError) in
                if object.name == "bad" {
                    throw .stalled(Fault(.invalid, "it makes no sense"), reason: "Senseless")
                }
                return .done("made")
            }
            let controller = try WidgetController(cluster, worker)
            let host = ControllerHost([controller.cache], [{ await controller.driver.run() }])
            let server = try HealthServer(ServerSettings(), metrics: controller.metrics) { host.isReady }
            #expect(try await Self.get(server, "/healthz").status == 200)
            #expect(try await Self.get(server, "/readyz").status == 503)
            try await controller.running {
                try await eventually("it is ready") { try await Self.get(server, "/readyz").status == 200 }
                try await cluster.create("good")
                try await cluster.create("bad")
                try await eventually("both are judged") {
                    let (good, bad) = (try await cluster.get("good"), try await cluster.get("bad"))
                    return good.isReady && bad.isTrue("Stalled")
                }
                try await controller.settle()
                let (status, text) = try await Self.get(server, "/metrics")
                #expect(status == 200)
                for line in [
                    "sovereign_reconcile_passes_total{controller=\"widget\",result=\"prepared\"} 2",
                    "sovereign_reconcile_queue_depth{controller=\"widget\"} 0",
                    "# TYPE sovereign_reconcile_seconds histogram",
                ] { #expect(text.contains(line), "\(line)") }
                #expect(text.contains("result=\"ready\""))
                #expect(text.contains("result=\"stalled\""))
                #expect(try await Self.get(server, "/nothing").status == 404)
            }
            await server.stop()
        }
    }

    @Test("a cache that cannot be kept ends its host")
    func brokenCache() async throws {
        try await WidgetCluster.with { cluster in
            for index in 0..<3 { try await cluster.create("w\(index)") }
            var options = FeedOptions()
            options.mostObjects = 2
            let cache = ObjectCache(WidgetCluster.kind, cluster.client.feed(WidgetCluster.resource, options))
            let host = ControllerHost([cache], [{ _ = await cache.waitUntilSynced() }])
            let fault = await #expect(throws: Fault.self) { try await host.run() }
            #expect(fault?.code == .limitExceeded)
            #expect(!host.isReady)
        }
    }

    @Test("what is cached is read from caches, all else from the server")
    func cachedCluster() async throws {
        try await WidgetCluster.with { cluster in
            let cache = cluster.cache()
            let reading = CachedCluster(cluster.client, Discovery(cluster.client), caches: [cache])
            try await cluster.create("a")
            let task = Task { try await cache.run() }
            #expect(try await reading.get(WidgetCluster.kind, namespace: "default", name: "a")?.name == "a")
            #expect(try await reading.get(WidgetCluster.kind, namespace: "default", name: "b") == nil)
            #expect(try await reading.list(WidgetCluster.kind, namespace: nil).map(\.name) == ["a"])
            let namespace = GroupVersionKind("", "v1", "Namespace")
            #expect(try await reading.get(namespace, namespace: "ignored", name: "default")?.name == "default")
            #expect(try await reading.get(namespace, namespace: nil, name: "nowhere") == nil)
            #expect(try await reading.list(namespace, namespace: nil).contains { $0.name == "default" })
            task.cancel()
            _ = await task.result
        }
    }
}
