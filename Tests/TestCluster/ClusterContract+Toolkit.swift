// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesClient
internal import KubernetesControllers
internal import Reconciling
internal import TestServers

extension ClusterContract {
    /// What the controllers' toolkit does with every API server. The steps define a kind of their own, `Probe`, and leave its
    /// definition behind.
    public static let toolkit: [Step] = [
        Step("a cache follows what changes, and finds it by its index", cache),
        Step("a driver brings objects to their end, tells of it, and releases them", driver),
        Step("one of several candidates leads at a time", election),
        Step("a set of objects is applied, and what is none of it any longer is removed", applySet),
    ]

    private static let kind = GroupVersionKind("contract.example.org", "v1", "Probe")
    private static let probes = GroupVersionResource("contract.example.org", "v1", "probes")
    private static let finalizer = "contract.example.org/probe"

    @Sendable private static func now() -> Moment { Moment(seconds: Timestamp.now().seconds) ?? start }
    private static let start = Moment(seconds: 0)!

    private static func define(_ client: KubernetesClient) async throws {
        let free: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
        let definition: JSON = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "probes.contract.example.org"],
            "spec": [
                "group": "contract.example.org", "scope": "Namespaced",
                "names": ["plural": "probes", "singular": "probe", "kind": "Probe", "listKind": "ProbeList"],
                "versions": [
                    [
                        "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                        "schema": [
                            "openAPIV3Schema": ["type": "object", "properties": ["spec": free, "status": free]]
                        ],
                    ]
                ],
            ],
        ]
        _ = try await client.apply(
            KubernetesObject(unchecked: definition),
            to: GroupVersionResource("apiextensions.k8s.io", "v1", "customresourcedefinitions"), force: true)
        try await eventually("the kind is served") { (try? await client.list(probes)) != nil }
    }

    private static func probe(_ namespace: String, _ name: String, size: Int64 = 1) -> KubernetesObject {
        var object = KubernetesObject(kind, namespace: namespace, name: name)
        object.json["spec"] = ["size": .number(JSONNumber(size))]
        return object
    }

    /// Runs something beside what uses it, and waits for its end.
    private static func beside(
        _ body: @escaping @Sendable () async throws -> Void, _ use: () async throws -> Void
    ) async throws {
        let task = Task { try await body() }
        let result: Result<Void, any Error>
        do {
            try await use()
            result = .success(())
        } catch { result = .failure(error) }
        task.cancel()
        _ = await task.result
        try result.get()
    }

    @Sendable private static func cache(_ client: KubernetesClient, _ namespace: String) async throws {
        let cache = ObjectCache(
            GroupVersionKind("", "v1", "ConfigMap"), client.feed(maps, namespace: namespace),
            indexes: ["a": { [$0.json["data"]?["a"]?.string ?? ""] }])
        _ = try await client.create(map(namespace, "one"), in: maps)
        try await beside({ try await cache.run() }) {
            try expect(await cache.waitUntilSynced(), "a cache is filled")
            try await eventually("one is found") { cache.objects(by: "a", "1").map(\.name) == ["one"] }
            _ = try await client.create(map(namespace, "two"), in: maps)
            try await eventually("two is found as well") {
                cache.objects(by: "a", "1").map(\.name) == ["one", "two"]
            }
            _ = try await client.patch(maps, ObjectName(namespace, "one"), .merge(["data": ["a": "2"]]))
            try await eventually("one is found by its new value") {
                cache.objects(by: "a", "2").map(\.name) == ["one"] && cache.objects(by: "a", "1").map(\.name) == ["two"]
            }
            _ = try await client.delete(maps, ObjectName(namespace, "one"))
            try await eventually("one is gone") { cache.objects(by: "a", "2").isEmpty }
        }
    }

    private struct Worker: Reconciler {
        typealias Object = KubernetesObject

        let finalizers = [ClusterContract.finalizer]

        func reconcile(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
            object[status: "size"] = object.json["spec"]?["size"]
            return .done("made")
        }

        func release(_ object: inout KubernetesObject) async throws(ReconcileError) -> Outcome {
            object.finalizers.removeAll { finalizers.contains($0) }
            return .released
        }
    }

    @Sendable private static func driver(_ client: KubernetesClient, _ namespace: String) async throws {
        try await define(client)
        let cache = ObjectCache(kind, client.feed(probes, namespace: namespace))
        let recorder = EventRecorder(client, component: "contract", now: now)
        let driver = ControllerDriver(
            "probe", Worker(), cache, probes, client, recorder: recorder, metrics: try ControllerMetrics(), now: now)
        try await beside({ try await ControllerHost([cache], [{ await driver.run() }]).run() }) {
            let name = ObjectName(namespace, "p")
            func isReady(_ size: Int64) async throws -> Bool {
                let object = try await client.get(probes, name)
                return object.isReady && object.observedGeneration == object.generation
                    && object.json["status"]?["size"]?.int == size
            }
            _ = try await client.create(probe(namespace, "p", size: 3), in: probes)
            try await eventually("the object is ready") { try await isReady(3) }
            try expect(try await client.get(probes, name).finalizers == [finalizer], "the finalizer is there")
            _ = try await client.patch(probes, name, .merge(["spec": ["size": 4]]))
            try await eventually("the object is ready in its new generation") { try await isReady(4) }
            try await eventually("there is an event about it") {
                try await client.listAll(GroupVersionResource("", "v1", "events"), namespace: namespace).objects
                    .contains { $0.json["involvedObject"]?["name"]?.string == "p" }
            }
            _ = try await client.delete(probes, name)
            try await eventually("the object is released") { try await !exists(client, probes, name) }
        }
    }

    @Sendable private static func election(_ client: KubernetesClient, _ namespace: String) async throws {
        let leading = Guarded((now: 0, most: 0, terms: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ["a", "b", "c"] {
                group.addTask {
                    var settings = LeaderElection.Settings()
                    settings.retry = .milliseconds(200)
                    let election = LeaderElection(
                        client, lease: ObjectName(namespace, "leader"), identity: name, settings, now: now)
                    try await election.run {
                        leading.withLock {
                            $0.now += 1
                            $0.most = max($0.most, $0.now)
                            $0.terms += 1
                        }
                        try? await Task.sleep(for: .milliseconds(50))
                        leading.withLock { $0.now -= 1 }
                    }
                }
            }
            try await group.waitForAll()
        }
        let seen = leading.withLock { $0 }
        try expect(seen.most == 1 && seen.terms == 3, "each leads once and alone: \(seen)")
    }

    @Sendable private static func applySet(_ client: KubernetesClient, _ namespace: String) async throws {
        try await define(client)
        _ = try await client.create(probe(namespace, "set"), in: probes)
        let target = ClientCluster(client, Discovery(client))
        func apply(_ names: [String]) async throws -> ApplySet.Result {
            let parent = try await client.get(probes, ObjectName(namespace, "set"))
            let members = names.map { name in
                var member = map(namespace, name)
                member[label: ApplySetIdentity.memberLabel] = ApplySetIdentity.id(of: parent)
                return member
            }
            return try await ApplySet(parent: parent, cluster: target, tooling: "contract/1", manager: "contract")
                .apply(members)
        }
        let first = try await apply(["one", "two"])
        try expect(first.applied.count == 2 && first.pruned.isEmpty, "two members are applied")
        let second = try await apply(["one"])
        try expect(second.pruned.map(\.name) == ["two"], "what is no member any longer is removed")
        try expect(try await exists(client, maps, ObjectName(namespace, "one")), "the member is there")
        try await eventually("the other is gone") { try await !exists(client, maps, ObjectName(namespace, "two")) }
    }
}
