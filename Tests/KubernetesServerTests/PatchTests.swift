// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing
import Web

@Suite("Patches", .timeLimit(.minutes(1))) struct PatchTests {
    @Test("JSON patches are lists of operations") func jsonPatch() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a", ["k": "v", "j": "w"])))
            let reply = try await api.patch(
                "\(Path.maps)/a", .json,
                [
                    ["op": "test", "path": "/data/k", "value": "v"],
                    ["op": "replace", "path": "/data/k", "value": "x"], ["op": "remove", "path": "/data/j"],
                    ["op": "add", "path": "/data/i", "value": "y"],
                    ["op": "copy", "from": "/data/i", "path": "/data/h"],
                ])
            #expect(reply.code == 200 && reply["data"] == ["k": "x", "i": "y", "h": "y"])
            let failed = try await api.patch(
                "\(Path.maps)/a", .json, [["op": "test", "path": "/data/k", "value": "v"]])
            #expect(failed.code == 422 && failed.problem?.reason == "Invalid")
            #expect(
                failed.problem?.message.hasPrefix("the server rejected our request due to an error in our request")
                    == true)
            let missing = try await api.patch("\(Path.maps)/a", .json, [["op": "remove", "path": "/data/none"]])
            #expect(missing.code == 422)
            let nonsense = try await api.patch("\(Path.maps)/a", .json, ["op": "remove"])
            #expect(nonsense.code == 400 && nonsense.problem?.reason == "BadRequest")
        }
    }

    @Test("merge patches lay one object over another; null takes away") func mergePatch() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.deployments, Make.deployment("d")))
            let reply = try await api.patch(
                "\(Path.deployments)/d", .merge,
                [
                    "metadata": ["labels": ["a": "b"]],
                    "spec": ["template": ["spec": ["containers": [["name": "other", "image": "o:1"]]]]],
                ])
            #expect(reply.code == 200 && reply["spec.template.spec.containers"]?.array?.count == 1)
            let removed = try await api.patch("\(Path.deployments)/d", .merge, ["metadata": ["labels": nil]])
            #expect(removed["metadata.labels"] == nil)
            #expect(try await api.patch("\(Path.deployments)/d", .merge, []).code == 400)
            #expect(
                try await api.send(
                    .patch, "\(Path.deployments)/d", Array("{".utf8), type: TestAPI.PatchForm.merge.rawValue
                ).code == 400)
        }
    }

    @Test("strategic patches merge lists by their keys") func strategic() async throws {
        try await TestAPI.with { api in
            var deployment = Make.deployment("d")
            deployment["spec"]?["template"]?["spec"]?["containers"] = [
                [
                    "name": "main", "image": "nginx:1",
                    "env": [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
                    "ports": [["containerPort": 80]],
                ], ["name": "side", "image": "side:1"],
            ]
            try api.must(try await api.post(Path.deployments, deployment))
            func patch(_ container: JSON) async throws -> JSON {
                try api.must(
                    try await api.patch(
                        "\(Path.deployments)/d", .strategic,
                        ["spec": ["template": ["spec": ["containers": [container]]]]]))["spec.template.spec.containers"]
                    ?? .null
            }
            func names(_ list: JSON?) -> [String] { list?.array?.compactMap { $0["name"]?.string } ?? [] }
            let image = try await patch(["name": "main", "image": "nginx:2"])
            #expect(names(image) == ["main", "side"] && image[path: "0.image"] == "nginx:2")
            #expect(names(image[path: "0.env"]) == ["A", "B"])
            let changed = try await patch([
                "name": "main", "env": [["name": "B", "value": "3"], ["name": "C", "value": "4"]],
            ])
            #expect(Set(names(changed[path: "0.env"])) == ["A", "B", "C"])
            let removed = try await patch(["name": "main", "env": [["name": "A", "$patch": "delete"]]])
            #expect(!names(removed[path: "0.env"]).contains("A"))
            let ordered = try await patch([
                "name": "main", "$setElementOrder/env": [["name": "C"], ["name": "B"]],
                "env": [["name": "C", "value": "5"]],
            ])
            #expect(names(ordered[path: "0.env"]) == ["C", "B"])
            let replaced = try await patch([
                "name": "main", "env": [["$patch": "replace"], ["name": "Z", "value": "0"]],
            ])
            #expect(names(replaced[path: "0.env"]) == ["Z"])
            let gone = try await patch(["name": "side", "$patch": "delete"])
            #expect(names(gone) == ["main"])
        }
    }

    @Test("strategic patches keep some keys of a union, and take away from lists of values") func directives()
        async throws
    {
        try await TestAPI.with { api in
            var deployment = Make.deployment("d")
            deployment["metadata"]?["finalizers"] = ["example.org/a", "example.org/b"]
            try api.must(try await api.post(Path.deployments, deployment))
            let recreated = try await api.patch(
                "\(Path.deployments)/d", .strategic,
                ["spec": ["strategy": ["$retainKeys": ["type"], "type": "Recreate"]]])
            #expect(recreated.code == 200 && recreated["spec.strategy"] == ["type": "Recreate"], "\(recreated.text)")
            let fewer = try await api.patch(
                "\(Path.deployments)/d", .strategic,
                ["metadata": ["$deleteFromPrimitiveList/finalizers": ["example.org/a"]]])
            #expect(fewer["metadata.finalizers"] == ["example.org/b"])
            let more = try await api.patch(
                "\(Path.deployments)/d", .strategic, ["metadata": ["finalizers": ["example.org/c"]]])
            #expect(Set(more["metadata.finalizers"]?.array ?? []) == ["example.org/b", "example.org/c"])
            try api.must(try await api.patch("\(Path.deployments)/d", .merge, ["metadata": ["labels": ["a": "b"]]]))
            let none = try await api.patch(
                "\(Path.deployments)/d", .strategic, ["metadata": ["labels": ["$patch": "replace", "only": "one"]]])
            #expect(none["metadata.labels"] == ["only": "one"], "\(none.text)")
            #expect(
                try await api.patch("\(Path.deployments)/d", .strategic, ["spec": ["$patch": "explode"]]).code >= 400)
        }
    }

    @Test(
        "a patch that names a version is refused when the object has another",
        arguments: [TestAPI.PatchForm.merge, .strategic])
    func version(_ form: TestAPI.PatchForm) async throws {
        try await TestAPI.with { api in
            let first = try await api.post(Path.maps, Make.map("a"))
            let version = first["metadata.resourceVersion"] ?? .null
            let patch: JSON = ["metadata": ["resourceVersion": version], "data": ["k": "v"]]
            #expect(try await api.patch("\(Path.maps)/a", form, patch).code == 200)
            let late = try await api.patch(
                "\(Path.maps)/a", form, ["metadata": ["resourceVersion": version], "data": ["k": "w"]])
            #expect(
                late.problem
                    == Problem(
                        409, "Conflict",
                        "Operation cannot be fulfilled on configmaps \"a\": \(UpdateTests.modified)"))
        }
    }

    @Test("many patches at once all take place") func concurrency() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let codes = try await withThrowingTaskGroup(of: Int.self) { group in
                for index in 0..<12 {
                    group.addTask {
                        try await api.patch("\(Path.maps)/a", .merge, ["data": [("k\(index)"): "v"]]).code
                    }
                }
                var codes: [Int] = []
                for try await code in group { codes.append(code) }
                return codes
            }
            #expect(codes.allSatisfy { $0 == 200 }, "\(codes)")
            #expect(try await api.get("\(Path.maps)/a")["data"]?.object?.count == 12)
        }
    }

    @Test("what is missing is not patched; only applying creates", arguments: TestAPI.PatchForm.allCases)
    func missing(_ form: TestAPI.PatchForm) async throws {
        try await TestAPI.with { api in
            let patch: JSON = form == .json ? [] : ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]]
            let manager = form == .apply ? "?fieldManager=m" : ""
            let reply = try await api.patch("\(Path.maps)/a\(manager)", form, patch)
            if form == .apply {
                #expect(reply.code == 201)
            } else {
                #expect(reply.problem == Problem(404, "NotFound", "configmaps \"a\" not found"))
            }
        }
    }

    @Test("options and forms that do not go together are refused") func options() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Make.map("a")))
            let forced = try await api.patch("\(Path.maps)/a?force=true", .merge, [:])
            #expect(
                forced.problem
                    == Problem(
                        422, "Invalid",
                        "PatchOptions.meta.k8s.io \"\" is invalid: force: Forbidden: may not be specified for non-apply "
                            + "patch"))
            let nobody = try await api.patch("\(Path.maps)/a", .apply, Make.map("a"))
            #expect(
                nobody.problem
                    == Problem(
                        422, "Invalid",
                        "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply "
                            + "patch"))
        }
    }

    @Test("identity and kind do not change by a patch") func identity() async throws {
        try await TestAPI.with { api in
            let first = try await api.post(Path.maps, Make.map("a"))
            let name = try await api.patch("\(Path.maps)/a", .merge, ["metadata": ["name": "b"]])
            #expect(name.code >= 400 && name.code < 500)
            let uid = try await api.patch("\(Path.maps)/a", .merge, ["metadata": ["uid": "other"]])
            #expect(uid.code == 409)
            let kind = try await api.patch("\(Path.maps)/a", .merge, ["kind": "Secret"])
            #expect(kind.code >= 400 && kind.code < 500)
            #expect(try await api.get("\(Path.maps)/a").json == first.json)
        }
    }

    @Test("values of wrong types are wrong parts of the patch") func types() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.deployments, Make.deployment("d")))
            for form in [TestAPI.PatchForm.merge, .strategic] {
                let reply = try await api.patch("\(Path.deployments)/d", form, ["spec": ["replicas": "three"]])
                #expect(reply.code == 422 && reply.problem?.reason == "Invalid")
                #expect(
                    reply.causes.first?.hasPrefix("FieldValueInvalid patch: Invalid value: ") == true, "\(reply.text)")
            }
        }
    }
}
