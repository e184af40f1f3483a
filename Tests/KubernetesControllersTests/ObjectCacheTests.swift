// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import TestServers
import Testing

@testable import KubernetesControllers

@Suite("Caches of objects", .timeLimit(.minutes(5))) struct ObjectCacheTests {
    private static func running(_ cache: ObjectCache, _ use: () async throws -> Void) async throws {
        let task = Task { try await cache.run() }
        do { try await use() } catch {
            task.cancel()
            throw error
        }
        task.cancel()
        _ = await task.result
    }

    private static func size(_ object: KubernetesObject) -> [String] {
        object.json["spec"]?["size"]?.int.map { ["\($0)"] } ?? []
    }

    @Test("indexes follow changes, and keep nothing of what is gone")
    func indexes() async throws {
        try await WidgetCluster.with { cluster in
            let cache = cluster.cache(indexes: ["size": Self.size])
            try await cluster.create("a", size: 1)
            try await Self.running(cache) {
                #expect(await cache.waitUntilSynced())
                #expect(cache.objects(by: "size", "1").map(\.name) == ["a"])
                try await cluster.create("b", size: 1)
                try await eventually("b is found") { cache.objects(by: "size", "1").map(\.name) == ["a", "b"] }
                try await cluster.patch("a", ["spec": ["size": 2]])
                try await eventually("a is found by its new size") { cache.objects(by: "size", "2").count == 1 }
                #expect(cache.objects(by: "size", "1").map(\.name) == ["b"])
                try await cluster.delete("a")
                try await cluster.delete("b")
                try await eventually("all are gone") { cache.count == 0 }
                #expect(cache.indexedTexts == 0)
                #expect(cache.objects(by: "colour", "1").isEmpty)
            }
        }
    }

    @Test("objects are told by namespace, in the order of their names")
    func namespaces() async throws {
        try await WidgetCluster.with { cluster in
            for name in ["one", "two"] {
                _ = try await cluster.client.create(
                    KubernetesObject(GroupVersionKind("", "v1", "Namespace"), name: name),
                    in: GroupVersionResource("", "v1", "namespaces"))
            }
            for (name, namespace) in [("b", "one"), ("a", "one"), ("c", "two")] {
                _ = try await cluster.client.create(
                    WidgetCluster.widget(name, namespace: namespace), in: WidgetCluster.resource)
            }
            let cache = cluster.cache()
            try await Self.running(cache) {
                #expect(await cache.waitUntilSynced())
                #expect(cache.objects(in: "one").map(\.name) == ["a", "b"])
                #expect(cache.objects(in: "two").map(\.name) == ["c"])
                #expect(cache.objects(in: "three").isEmpty)
                #expect(cache.objects().map { "\($0.objectName)" } == ["one/a", "one/b", "two/c"])
                #expect(cache[ObjectName("two", "c")]?.name == "c")
                #expect(cache[ObjectName("two", "a")] == nil)
            }
        }
    }

    @Test("observers are told when what they are told can be read")
    func observers() async throws {
        try await WidgetCluster.with { cluster in
            let cache = cluster.cache()
            let told = Guarded<[String]>([])
            cache.observe { change in
                let line: String
                switch change {
                case .synced: line = "synced \(cache.isSynced)"
                case .changed(let old, let new):
                    line = "\(old == nil ? "new" : "changed") \(cache[new.objectName] == new)"
                case .removed(let last): line = "removed \(cache[last.objectName] == nil)"
                }
                told.withLock { $0.append(line) }
            }
            try await cluster.create("a")
            try await Self.running(cache) {
                #expect(await cache.waitUntilSynced())
                try await cluster.patch("a", ["spec": ["size": 2]])
                try await cluster.delete("a")
                try await eventually("all is told") { told.withLock { $0.count } == 4 }
            }
            #expect(told.withLock { $0 } == ["new true", "synced true", "changed true", "removed true"])
        }
    }

    @Test("who waits for a cache is let go when he is cancelled, and when it is filled")
    func waiting() async throws {
        try await WidgetCluster.with { cluster in
            let cache = cluster.cache()
            let tasks = (0..<20).map { _ in Task { await cache.waitUntilSynced() } }
            let cancelled = (0..<20).map { _ in Task { await cache.waitUntilSynced() } }
            for task in cancelled { task.cancel() }
            for task in cancelled { #expect(await task.value == false) }
            #expect(!cache.isSynced)
            try await Self.running(cache) { for task in tasks { #expect(await task.value) } }
        }
    }

    @Test("what nobody needs is not held")
    func reduced() async throws {
        try await WidgetCluster.with { cluster in
            try await cluster.create("a")
            #expect(try await cluster.get("a").json["metadata"]?["managedFields"] != nil)
            let cache = cluster.cache()
            try await Self.running(cache) {
                #expect(await cache.waitUntilSynced())
                try await cluster.patch("a", ["spec": ["size": 2]])
                try await eventually("the change is known") { cache.objects().first?.generation == 2 }
                #expect(cache.objects().first?.json["metadata"]?["managedFields"] == nil)
            }
        }
    }

    @Test("a cache that is run again tells the differences only")
    func again() async throws {
        try await WidgetCluster.with { cluster in
            let cache = cluster.cache(indexes: ["size": Self.size])
            let told = Guarded<[String]>([])
            cache.observe { change in
                switch change {
                case .synced: told.withLock { $0.append("synced") }
                case .changed(let old, let new):
                    told.withLock { $0.append("\(old == nil ? "new" : "changed") \(new.name)") }
                case .removed(let last): told.withLock { $0.append("removed \(last.name)") }
                }
            }
            for name in ["a", "b", "c", "d"] { try await cluster.create(name) }
            try await Self.running(cache) { #expect(await cache.waitUntilSynced()) }
            told.withLock { $0 = [] }
            try await cluster.patch("b", ["spec": ["size": 2]])
            try await cluster.delete("c")
            try await cluster.delete("d")
            try await cluster.create("d", size: 3)
            #expect(cache.count == 4)
            try await Self.running(cache) {
                try await eventually("the end is told") { told.withLock { $0.last } == "synced" }
            }
            let lines = told.withLock { $0 }
            #expect(lines.filter { $0.hasSuffix("a") }.isEmpty)
            #expect(lines.filter { $0.hasSuffix(" b") } == ["changed b"])
            #expect(lines.filter { $0.hasSuffix(" c") } == ["removed c"])
            #expect(lines.filter { $0.hasSuffix(" d") && $0 != "synced" } == ["removed d", "new d"])
            #expect(cache.objects(by: "size", "1").map(\.name) == ["a"])
            #expect(cache.objects(by: "size", "2").map(\.name) == ["b"])
        }
    }
}
