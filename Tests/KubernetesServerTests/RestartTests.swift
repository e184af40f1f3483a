// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesStore
import Testing

@Suite("A server that was ended and goes on", .timeLimit(.minutes(1))) struct RestartTests {
    /// Two servers on one folder, one after the other; between them objects vanish without anybody seeing it.
    static func with(
        _ before: (TestAPI) async throws -> Void, vanishing: [ObjectKey] = [], _ after: (TestAPI) async throws -> Void
    ) async throws {
        let first = try await TestAPI()
        do { try await before(first) } catch {
            await first.stop()
            throw error
        }
        await first.stop()
        if !vanishing.isEmpty {
            let store = try ObjectStore("\(first.folder.path)/objects.db")
            for key in vanishing {
                guard let found = try store.object(key) else { continue }
                _ = try await store.remove(key, if: .revision(found.revision))
            }
            await store.close()
        }
        let second = try await TestAPI(in: first.folder)
        do { try await after(second) } catch {
            await second.stop()
            throw error
        }
        await second.stop()
    }

    @Test("objects, definitions and revisions are as they were") func objects() async throws {
        try await Self.with { api in
            try api.must(try await api.post(Path.definitions, Widgets.definition()))
            try api.must(try await api.post(Path.widgets, Make.widget("w")))
            try api.must(try await api.post(Path.maps, Make.map("a", ["k": "v"])))
        } _: { api in
            #expect(try await api.get("\(Path.widgets)/w")["spec.color"] == "blue")
            let map = try await api.get("\(Path.maps)/a")
            #expect(map["data.k"] == "v")
            let version = Int64(map["metadata.resourceVersion"]?.string ?? "") ?? 0
            let next = try await api.post(Path.maps, Make.map("b"))
            #expect(Int64(next["metadata.resourceVersion"]?.string ?? "") ?? 0 > version)
            let watch = try await api.watch(
                "\(Path.maps)?watch=true&resourceVersion=\(version)&fieldSelector=metadata.name%3Db")
            #expect(try await watch.texts(1) == ["ADDED b"])
        }
    }

    @Test("what lost its owner meanwhile goes") func owners() async throws {
        let key = ObjectKey(GroupResource(group: "", resource: "configmaps"), ObjectName("default", "owner"))
        try await Self.with(
            { api in
                let owner = try await GarbageCollectionTests.owner(api, "owner")
                try api.must(try await api.post(Path.maps, GarbageCollectionTests.owned("child", by: [owner])))
            }, vanishing: [key]
        ) { api in
            let isGone = try await api.eventually { try await api.isGone("\(Path.maps)/child") }
            #expect(isGone)
        }
    }

    @Test("deletions that were begun are brought to their end") func deletions() async throws {
        try await Self.with { api in
            try api.must(try await api.post(Path.namespaces, Make.namespace("n")))
            try api.must(try await api.post(Path.definitions, Widgets.definition()))
            for path in ["\(Path.namespaces)/n/configmaps"] {
                var stuck = Make.map("stuck")
                stuck["metadata"]?["finalizers"] = ["example.org/stay"]
                try api.must(try await api.post(path, stuck))
            }
            var widget = Make.widget("stuck")
            widget["metadata"]?["finalizers"] = ["example.org/stay"]
            try api.must(try await api.post(Path.widgets, widget))
            try api.must(try await api.delete("\(Path.namespaces)/n"))
            try api.must(try await api.delete(DefinitionTests.path))
        } _: { api in
            #expect(try await api.get("\(Path.namespaces)/n")["status.phase"] == "Terminating")
            let gone: JSON = ["metadata": ["finalizers": nil]]
            try api.must(try await api.patch("\(Path.namespaces)/n/configmaps/stuck", .merge, gone))
            try api.must(try await api.patch("\(Path.widgets)/stuck", .merge, gone))
            #expect(try await api.eventually { try await api.isGone("\(Path.namespaces)/n") })
            #expect(try await api.eventually { try await api.isGone(DefinitionTests.path) })
        }
    }
}
