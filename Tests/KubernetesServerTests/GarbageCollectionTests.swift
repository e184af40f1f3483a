// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("Owners and what they own", .timeLimit(.minutes(1))) struct GarbageCollectionTests {
    static func owned(_ name: String, by owners: [Reply], blocks: Bool = false, uid: String? = nil) -> JSON {
        var map = Make.map(name)
        map["metadata"]?["ownerReferences"] = .array(
            owners.map { owner in
                [
                    "apiVersion": owner["apiVersion"] ?? .null, "kind": owner["kind"] ?? .null,
                    "name": owner["metadata.name"] ?? .null,
                    "uid": uid.map { .string($0) } ?? owner["metadata.uid"] ?? .null,
                    "blockOwnerDeletion": .bool(blocks),
                ]
            })
        return map
    }

    static func owner(_ api: TestAPI, _ name: String) async throws -> Reply {
        try api.must(try await api.post(Path.maps, Make.map(name)))
    }

    @Test("what an owner leaves behind goes, and what that owns") func background() async throws {
        try await TestAPI.with { api in
            let owner = try await Self.owner(api, "owner")
            let child = try api.must(try await api.post(Path.maps, Self.owned("child", by: [owner])))
            try api.must(try await api.post(Path.maps, Self.owned("grandchild", by: [child])))
            try api.must(try await api.post(Path.maps, Make.map("stranger")))
            let reply = try await api.delete("\(Path.maps)/owner?propagationPolicy=Background")
            #expect(reply["kind"] == "Status")
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/grandchild") })
            #expect(try await api.isGone("\(Path.maps)/child"))
            #expect(try await api.get("\(Path.maps)/stranger").code == 200)
        }
    }

    @Test("of several owners, the last to go takes it along; the others are forgotten") func severalOwners()
        async throws
    {
        try await TestAPI.with { api in
            let one = try await Self.owner(api, "one"), two = try await Self.owner(api, "two")
            try api.must(try await api.post(Path.maps, Self.owned("child", by: [one, two])))
            try api.must(try await api.delete("\(Path.maps)/one"))
            #expect(
                try await api.eventually {
                    try await api.get("\(Path.maps)/child")["metadata.ownerReferences"]?.array?.count == 1
                })
            try api.must(try await api.delete("\(Path.maps)/two"))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/child") })
        }
    }

    @Test("in the foreground, the owner goes when those that block it are gone") func foreground() async throws {
        try await TestAPI.with { api in
            let owner = try await Self.owner(api, "owner")
            var child = Self.owned("child", by: [owner], blocks: true)
            child["metadata"]?["finalizers"] = ["example.org/stay"]
            try api.must(try await api.post(Path.maps, child))
            var free = Self.owned("free", by: [owner])
            free["metadata"]?["finalizers"] = ["example.org/stay"]
            try api.must(try await api.post(Path.maps, free))
            let reply = try await api.delete("\(Path.maps)/owner", ["propagationPolicy": "Foreground"])
            #expect(reply["kind"] == "ConfigMap" && reply["metadata.finalizers"] == ["foregroundDeletion"])
            #expect(
                try await api.eventually {
                    try await api.get("\(Path.maps)/child")["metadata.deletionTimestamp"] != nil
                })
            #expect(try await api.get("\(Path.maps)/owner").code == 200)
            try api.must(try await api.patch("\(Path.maps)/child", .merge, ["metadata": ["finalizers": nil]]))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/owner") })
            #expect(try await api.get("\(Path.maps)/free")["metadata.deletionTimestamp"] != nil)
        }
    }

    @Test("in the foreground, the dependents' dependents go first as well") func foregroundChain() async throws {
        try await TestAPI.with { api in
            let owner = try await Self.owner(api, "owner")
            let child = try api.must(try await api.post(Path.maps, Self.owned("child", by: [owner], blocks: true)))
            var last = Self.owned("last", by: [child], blocks: true)
            last["metadata"]?["finalizers"] = ["example.org/stay"]
            try api.must(try await api.post(Path.maps, last))
            try api.must(try await api.delete("\(Path.maps)/owner", ["propagationPolicy": "Foreground"]))
            #expect(
                try await api.eventually { try await api.get("\(Path.maps)/last")["metadata.deletionTimestamp"] != nil }
            )
            #expect(try await api.get("\(Path.maps)/owner").code == 200)
            #expect(try await api.get("\(Path.maps)/child").code == 200)
            try api.must(try await api.patch("\(Path.maps)/last", .merge, ["metadata": ["finalizers": nil]]))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/owner") })
            #expect(try await api.isGone("\(Path.maps)/child"))
        }
    }

    @Test("orphans stay, and have no owner any more", arguments: ["propagationPolicy=Orphan", "orphanDependents=true"])
    func orphans(_ query: String) async throws {
        try await TestAPI.with { api in
            let owner = try await Self.owner(api, "owner")
            try api.must(try await api.post(Path.maps, Self.owned("child", by: [owner])))
            try api.must(try await api.delete("\(Path.maps)/owner?\(query)"))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/owner") })
            let child = try await api.get("\(Path.maps)/child")
            #expect(child.code == 200 && child["metadata.ownerReferences"] == nil)
        }
    }

    @Test("an owner of another identity is none") func wrongUID() async throws {
        try await TestAPI.with { api in
            let owner = try await Self.owner(api, "owner")
            try api.must(
                try await api.post(
                    Path.maps, Self.owned("child", by: [owner], uid: "11111111-1111-4111-8111-111111111111")))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/child") })
            #expect(try await api.get("\(Path.maps)/owner").code == 200)
        }
    }

    @Test("an owner in another namespace is none") func otherNamespace() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.namespaces, Make.namespace("other")))
            let owner = try await Self.owner(api, "owner")
            try api.must(
                try await api.post("/api/v1/namespaces/other/configmaps", Self.owned("child", by: [owner])))
            #expect(try await api.eventually { try await api.isGone("/api/v1/namespaces/other/configmaps/child") })
        }
    }

    @Test("an owner without a namespace owns in every one") func clusterOwner() async throws {
        try await TestAPI.with { api in
            let node = try api.must(
                try await api.post(Path.nodes, ["apiVersion": "v1", "kind": "Node", "metadata": ["name": "n"]]))
            try api.must(try await api.post(Path.maps, Self.owned("child", by: [node])))
            try api.must(try await api.post(Path.maps, Make.map("later")))
            #expect(try await api.get("\(Path.maps)/child").code == 200)
            try api.must(try await api.delete("\(Path.nodes)/n"))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/child") })
        }
    }

    @Test("an owner of a kind that is not served keeps what it owns") func unknownKind() async throws {
        try await TestAPI.withWidgets { api in
            var child = Make.map("child")
            child["metadata"]?["ownerReferences"] = [
                ["apiVersion": "unknown.org/v1", "kind": "Thing", "name": "x", "uid": "u"]
            ]
            try api.must(try await api.post(Path.maps, child))
            let owner = try api.must(try await api.post(Path.widgets, Make.widget("w")))
            try api.must(try await api.post(Path.maps, Self.owned("other", by: [owner])))
            try api.must(try await api.delete("\(Path.widgets)/w"))
            #expect(try await api.eventually { try await api.isGone("\(Path.maps)/other") })
            #expect(try await api.get("\(Path.maps)/child").code == 200)
        }
    }
}
