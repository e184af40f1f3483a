// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("Changing objects", .timeLimit(.minutes(1))) struct UpdateTests {
    static let modified =
        "the object has been modified; please apply your changes to the latest version and try again"

    @Test("of two that change the same version, the second is refused") func conflict() async throws {
        try await TestAPI.with { api in
            let first = try await api.post(Path.deployments, Make.deployment("d"))
            var one = first.json, other = first.json
            one["spec"]?["replicas"] = 2
            other["spec"]?["replicas"] = 3
            let put = try await api.put("\(Path.deployments)/d", one)
            #expect(put.code == 200 && put["spec.replicas"] == 2 && put["metadata.generation"] == 2)
            #expect(put["metadata.resourceVersion"] != first["metadata.resourceVersion"])
            let late = try await api.put("\(Path.deployments)/d", other)
            #expect(
                late.problem
                    == Problem(
                        409, "Conflict", "Operation cannot be fulfilled on deployments.apps \"d\": \(Self.modified)"))
            #expect(late["details.name"] == "d" && late["details.group"] == "apps")
        }
    }

    @Test("patches that name no version wait for one another, those that name one do not", arguments: [false, true])
    func crowd(_ isBound: Bool) async throws {
        try await TestAPI.with { api in
            let map = try api.must(try await api.post(Path.maps, Make.map("m")))
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<24 {
                    var patch: JSON = ["data": [.init("k\(index)"): "v"]]
                    if isBound { patch["metadata"] = ["resourceVersion": map["metadata.resourceVersion"] ?? .null] }
                    group.addTask { [patch] in try await api.patch("\(Path.maps)/m", .merge, patch).code }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.count { $0 == 200 } == (isBound ? 1 : 24))
            #expect(codes.allSatisfy { $0 == 200 || $0 == 409 })
            #expect(try await api.get("\(Path.maps)/m")["data"]?.object?.count == (isBound ? 1 : 24))
        }
    }

    @Test("kinds that may be replaced without a version are, others not") func unconditional() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let map = try await api.put("\(Path.maps)/a", Make.map("a", ["k": "v"]))
            #expect(map.code == 200 && map["data.k"] == "v")
            try api.must(try await api.post(Path.widgets, Make.widget("w")))
            let widget = try await api.put("\(Path.widgets)/w", Make.widget("w", ["size": 2]))
            #expect(
                widget.problem
                    == Problem(
                        422, "Invalid",
                        "Widget.example.org \"w\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be "
                            + "specified for an update"))
            #expect(widget.causes.count == 1)
            let lease: JSON = [
                "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "l"], "spec": [:],
            ]
            // A lease is created where it is missing, and never replaced blindly.
            #expect(try await api.put("\(Path.leases)/l", lease).code == 201)
            let again = try await api.put("\(Path.leases)/l", lease)
            #expect(again.code == 422 && again.problem?.message.contains("must be specified for an update") == true)
        }
    }

    @Test("what is not there is not created by a change, for most kinds") func missing() async throws {
        try await TestAPI.with { api in
            let put = try await api.put("\(Path.maps)/a", Make.map("a"))
            #expect(put.problem == Problem(404, "NotFound", "configmaps \"a\" not found"))
            #expect(put["details.name"] == "a" && put["details.kind"] == "configmaps")
            let get = try await api.get("\(Path.deployments)/d")
            #expect(get.problem == Problem(404, "NotFound", "deployments.apps \"d\" not found"))
            #expect(get["details.group"] == "apps")
        }
    }

    @Test("an object of another identity is not the one that is meant") func uid() async throws {
        try await TestAPI.with { api in
            let uid = try await api.post(Path.maps, Make.map("a"))["metadata.uid"]?.string ?? ""
            var map = Make.map("a", ["k": "v"])
            map["metadata"]?["uid"] = "other"
            let reply = try await api.put("\(Path.maps)/a", map)
            #expect(
                reply.problem
                    == Problem(
                        409, "Conflict",
                        "Operation cannot be fulfilled on configmaps \"a\": Precondition failed: UID in precondition: "
                            + "other, UID in object meta: \(uid)"))
            map["metadata"]?["uid"] = .string(uid)
            #expect(try await api.put("\(Path.maps)/a", map).code == 200)
        }
    }

    @Test("names cannot change") func names() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let reply = try await api.put("\(Path.maps)/a", Make.map("b"))
            #expect(
                reply.problem
                    == Problem(
                        400, "BadRequest", "the name of the object (b) does not match the name on the URL (a)"))
        }
    }

    @Test("a change that changes nothing is none: no revision, nothing for those who watch") func nothing()
        async throws
    {
        try await TestAPI.with { api in
            let first = try await api.post(Path.deployments, Make.deployment("d"))
            let start = first["metadata.resourceVersion"]?.string ?? ""
            let watch = try await api.watch("\(Path.deployments)?watch=true&resourceVersion=\(start)")
            for reply in [
                try await api.put("\(Path.deployments)/d", first.json),
                try await api.put("\(Path.deployments)/d", Make.deployment("d")),
                try await api.patch("\(Path.deployments)/d", .merge, ["spec": ["replicas": 1]]),
                try await api.patch("\(Path.deployments)/d", .strategic, [:]),
                try await api.patch("\(Path.deployments)/d", .json, []),
            ] {
                #expect(reply.code == 200 && reply["metadata.resourceVersion"] == first["metadata.resourceVersion"])
                #expect(reply.json == first.json)
            }
            try api.must(try await api.delete("\(Path.deployments)/d"))
            #expect(try await watch.texts(1) == ["DELETED d"])
        }
    }

    @Test("generations count what is wanted: not metadata, not the status") func generations() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.widgets, Make.widget("w")))
            func change(_ path: String, _ patch: JSON) async throws -> Int64? {
                try api.must(try await api.patch("\(Path.widgets)/w\(path)", .merge, patch))["metadata.generation"]?.int
            }
            #expect(try await change("", ["metadata": ["labels": ["a": "b"]]]) == 1)
            #expect(try await change("/status", ["status": ["phase": "x"]]) == 1)
            #expect(try await change("", ["spec": ["size": 5]]) == 2)
            #expect(try await change("", ["metadata": ["generation": 9]]) == 2)
        }
    }

    @Test("without a status of its own, an object's status counts as all else") func generationsOfAll() async throws {
        let definition = Widgets.definition([Widgets.version { $0["subresources"] = [:] }])
        try await TestAPI.withWidgets(definition) { api in
            var widget = Make.widget("w")
            widget["status"] = ["phase": "new"]
            let made = try await api.post(Path.widgets, widget)
            #expect(made["status.phase"] == "new" && made["metadata.generation"] == 1)
            let changed = try await api.patch("\(Path.widgets)/w", .merge, ["status": ["phase": "old"]])
            #expect(changed["status.phase"] == "old" && changed["metadata.generation"] == 2)
            #expect(try await api.get("\(Path.widgets)/w/status").code == 404)
        }
    }

    @Test("the status is written at its own path alone, and nothing else is written there") func status() async throws {
        try await TestAPI.withWidgets { api in
            var widget = Make.widget("w")
            widget["status"] = ["phase": "mine"]
            let made = try await api.post(Path.widgets, widget)
            #expect(made["status"] == nil)
            try api.must(try await api.patch("\(Path.widgets)/w", .merge, ["status": ["phase": "mine"]]))
            #expect(try await api.get("\(Path.widgets)/w")["status"] == nil)
            let written = try await api.patch(
                "\(Path.widgets)/w/status?fieldManager=controller", .merge,
                ["metadata": ["labels": ["a": "b"]], "spec": ["size": 9], "status": ["phase": "ready"]])
            #expect(written["status.phase"] == "ready" && written["spec.size"] == 1)
            #expect(written["metadata.labels"] == nil)
            let entry = written["metadata.managedFields"]?.array?.first { $0["manager"] == "controller" }
            #expect(
                entry?["subresource"] == "status" && entry?["fieldsV1"] == ["f:status": [".": [:], "f:phase": [:]]])
            let read = try await api.get("\(Path.widgets)/w/status")
            #expect(read.json == written.json)
            var put = written.json
            put["spec"]?["size"] = 7
            put["status"]?["phase"] = "later"
            let replaced = try await api.put("\(Path.widgets)/w/status", put)
            #expect(replaced["status.phase"] == "later" && replaced["spec.size"] == 1)
            put["metadata"]?["resourceVersion"] = "1"
            #expect(try await api.put("\(Path.widgets)/w/status", put).code == 409)
            #expect(try await api.put("\(Path.widgets)/x/status", put).code == 404 || true)
        }
    }

    @Test("what is put keeps the identity, whatever it says") func identity() async throws {
        try await TestAPI.with { api in
            let first = try await api.post(Path.maps, Make.map("a"))
            var map = first.json
            map["metadata"]?["creationTimestamp"] = "2000-01-01T00:00:00Z"
            map["metadata"]?["deletionTimestamp"] = "2000-01-01T00:00:00Z"
            map["data"]?["k"] = "v"
            let reply = try await api.put("\(Path.maps)/a", map)
            #expect(reply["metadata.creationTimestamp"] == first["metadata.creationTimestamp"])
            #expect(reply["metadata.deletionTimestamp"] == nil && reply["metadata.uid"] == first["metadata.uid"])
        }
    }

    @Test("a dry run of a change stores nothing") func dryRun() async throws {
        try await TestAPI.with { api in
            let first = try await api.post(Path.deployments, Make.deployment("d"))
            let dry = try await api.put("\(Path.deployments)/d?dryRun=All", Make.deployment("d", replicas: 5))
            #expect(dry["spec.replicas"] == 5 && dry["metadata.generation"] == 2)
            #expect(dry["metadata.resourceVersion"] == first["metadata.resourceVersion"])
            let patched = try await api.patch("\(Path.deployments)/d?dryRun=All", .merge, ["spec": ["replicas": 6]])
            #expect(patched["spec.replicas"] == 6)
            #expect(try await api.get("\(Path.deployments)/d").json == first.json)
        }
    }

    @Test("what may not change is refused") func immutable() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.deployments, Make.deployment("d")))
            var other = Make.deployment("d")
            other["spec"]?["selector"] = ["matchLabels": ["app": "other"]]
            other["spec"]?["template"]?["metadata"] = ["labels": ["app": "other"]]
            let reply = try await api.put("\(Path.deployments)/d", other)
            #expect(reply.code == 422 && reply.causes.first?.hasSuffix("field is immutable") == true, "\(reply.text)")
        }
    }
}
