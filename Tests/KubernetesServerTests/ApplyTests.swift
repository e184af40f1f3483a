// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("Server-side apply", .timeLimit(.minutes(1))) struct ApplyTests {
    static func map(_ data: JSON, labels: JSON = [:]) -> JSON { Make.map("a", data, labels: labels) }

    /// Who owns what: `manager Apply: data.k`.
    static func owners(_ reply: Reply) -> [String: String] {
        var owners: [String: String] = [:]
        for entry in reply["metadata.managedFields"]?.array ?? [] {
            let part = entry["subresource"]?.string.map { "/\($0)" } ?? ""
            owners["\(entry["manager"]?.string ?? "") \(entry["operation"]?.string ?? "")\(part)"] =
                entry["fieldsV1"]?.text(sortedKeys: true) ?? ""
        }
        return owners
    }

    @Test("applying creates, and applying the same again changes nothing") func twice() async throws {
        try await TestAPI.with { api in
            let first = try await api.apply("\(Path.maps)/a", Self.map(["k": "v"]), manager: "one")
            #expect(first.code == 201 && first["data.k"] == "v" && first["metadata.uid"] != nil)
            #expect(Self.owners(first) == ["one Apply": "{\"f:data\":{\"f:k\":{}}}"])
            let again = try await api.apply("\(Path.maps)/a", Self.map(["k": "v"]), manager: "one")
            #expect(again.code == 200 && again.json == first.json)
        }
    }

    @Test("what a manager applies no more goes, unless somebody else owns it") func pruning() async throws {
        try await TestAPI.with { api in
            try api.must(
                try await api.apply(
                    "\(Path.maps)/a", Self.map(["k": "v", "s": "t"], labels: ["l": "m"]), manager: "one"))
            try api.must(try await api.apply("\(Path.maps)/a", Self.map(["s": "t"]), manager: "two"))
            let less = try await api.apply("\(Path.maps)/a", Self.map([:]), manager: "one")
            #expect(less["data"] == ["s": "t"] && less["metadata.labels"] == nil, "\(less.text)")
            let none = try await api.apply("\(Path.maps)/a", Self.map([:]), manager: "two")
            #expect(none["data"]?.object?.isEmpty ?? true)
        }
    }

    @Test("other values for what others own are conflicts, until they are forced") func conflicts() async throws {
        try await TestAPI.with { api in
            let first = try api.must(
                try await api.apply("\(Path.maps)/a", Self.map(["k": "v", "j": "w"]), manager: "one"))
            let shared = try await api.apply("\(Path.maps)/a", Self.map(["j": "w"]), manager: "two")
            #expect(shared.code == 200, "the same value is no conflict")
            let refused = try await api.apply("\(Path.maps)/a", Self.map(["k": "x"]), manager: "two")
            #expect(refused.code == 409 && refused.problem?.reason == "Conflict")
            #expect(
                refused.problem?.message
                    == "Apply failed with 1 conflict: conflict with \"one\": .data.k")
            #expect(refused.causes == ["FieldManagerConflict .data.k: conflict with \"one\""])
            #expect(first["data.k"] == "v")
            let forced = try await api.apply("\(Path.maps)/a", Self.map(["k": "x"]), manager: "two", force: true)
            #expect(forced.code == 200 && forced["data.k"] == "x")
            let owners = Self.owners(forced)
            #expect(
                owners["one Apply"] == "{\"f:data\":{\"f:j\":{}}}" && owners["two Apply"] == "{\"f:data\":{\"f:k\":{}}}"
            )
        }
    }

    @Test("conflicts with those who changed a field name version and moment, and all are told") func manyConflicts()
        async throws
    {
        try await TestAPI.with { api in
            try api.must(try await api.post("\(Path.maps)?fieldManager=maker", Self.map(["a": "1", "b": "2"])))
            let refused = try await api.apply("\(Path.maps)/a", Self.map(["a": "3", "b": "4"]), manager: "two")
            #expect(refused.code == 409)
            let message = refused.problem?.message ?? ""
            #expect(
                message.hasPrefix("Apply failed with 2 conflicts: conflicts with \"maker\" using v1 at "), "\(message)")
            #expect(message.hasSuffix(":\n- .data.a\n- .data.b"), "\(message)")
            #expect(refused.causes.count == 2)
        }
    }

    @Test("what is applied must be of the version, and without managed fields") func refused() async throws {
        try await TestAPI.with { api in
            var other = Self.map([:])
            other["apiVersion"] = "v2"
            let version = try await api.apply("\(Path.maps)/a", other, manager: "m")
            #expect(version.code == 400 && version.problem?.message.contains("v2") == true)
            var managed = Self.map([:])
            managed["metadata"]?["managedFields"] = [["manager": "x"]]
            let fields = try await api.apply("\(Path.maps)/a", managed, manager: "m")
            #expect(fields.problem == Problem(400, "BadRequest", "metadata.managedFields must be nil"))
            let name = try await api.apply("\(Path.maps)/b", Self.map([:]), manager: "m")
            #expect(name.code == 400)
            let list = try await api.apply("\(Path.maps)/b", [1], manager: "m")
            #expect(list.code == 400)
            let namespace = try await api.apply("/api/v1/namespaces/none/configmaps/a", Self.map([:]), manager: "m")
            #expect(namespace.problem == Problem(404, "NotFound", "namespaces \"none\" not found"))
            let strict = try await api.apply(
                "\(Path.deployments)/d?x=y".replacing("?x=y", with: ""),
                {
                    var d = Make.deployment("d"); d["spec"]?["foo"] = 1; return d
                }(), manager: "m",
                query: "&fieldValidation=Strict")
            #expect(strict.code == 400 || strict.code == 500, "\(strict.text)")
            #expect(try await api.isGone("\(Path.deployments)/d"))
        }
    }

    @Test("lists with keys belong to those who applied their elements") func keyedLists() async throws {
        try await TestAPI.withWidgets { api in
            func widget(_ spec: JSON) -> JSON { Make.widget("w", spec) }
            func apply(_ spec: JSON, _ manager: String) async throws -> JSON {
                try api.must(try await api.apply("\(Path.widgets)/w", widget(spec), manager: manager))["spec"] ?? .null
            }
            _ = try await apply(["parts": [["name": "a", "count": 1]], "tags": ["x"], "plain": ["p"]], "one")
            let both = try await apply(["parts": [["name": "b", "count": 2]], "tags": ["y"]], "two")
            #expect(both[path: "parts"]?.array?.compactMap { $0["name"]?.string } == ["a", "b"])
            #expect(both["tags"] == ["x", "y"])
            let fewer = try await apply(["plain": ["q"]], "one")
            #expect(fewer["parts"] == [["name": "b", "count": 2]] && fewer["tags"] == ["y"] && fewer["plain"] == ["q"])
            let atomic = try await api.apply("\(Path.widgets)/w", widget(["plain": ["q", "r"]]), manager: "two")
            #expect(atomic.code == 409, "a list without keys is one value")
            let doubled = try await api.apply("\(Path.widgets)/w", widget(["tags": ["z", "z"]]), manager: "two")
            #expect(doubled.code >= 400, "\(doubled.text)")
        }
    }

    @Test("the first apply to what nobody tracked leaves all of it to those before") func beforeFirstApply()
        async throws
    {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Self.map(["k": "v"])))
            let reset = try await api.patch(
                "\(Path.maps)/a", .merge, ["metadata": ["managedFields": [[:]]]])
            #expect(reset.code == 200 && reset["metadata.managedFields"] == nil)
            let applied = try await api.apply("\(Path.maps)/a", Self.map(["k": "v", "j": "w"]), manager: "one")
            let owners = Self.owners(applied)
            #expect(owners["before-first-apply Update"]?.contains("f:k") == true, "\(owners)")
            #expect(owners["one Apply"] == "{\"f:data\":{\"f:j\":{},\"f:k\":{}}}")
            let refused = try await api.apply("\(Path.maps)/a", Self.map(["k": "x"]), manager: "two")
            #expect(refused.code == 409)
        }
    }

    @Test("those who update own what they changed; a removal leaves all") func updates() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.apply("\(Path.maps)/a", Self.map(["k": "v", "j": "w"]), manager: "one"))
            let patched = try await api.patch(
                "\(Path.maps)/a?fieldManager=tool", .merge, ["data": ["k": "x", "j": nil, "i": "y"]])
            let owners = Self.owners(patched)
            #expect(owners["tool Update"] == "{\"f:data\":{\"f:i\":{},\"f:k\":{}}}", "\(owners)")
            #expect(owners["one Apply"] == nil || owners["one Apply"]?.contains("f:j") == false)
        }
    }

    @Test("the status applied at the main path is left out, and the rest at that of the status") func resetFields()
        async throws
    {
        try await TestAPI.withWidgets { api in
            var widget = Make.widget("w", ["size": 2])
            widget["status"] = ["phase": "mine"]
            let main = try await api.apply("\(Path.widgets)/w", widget, manager: "one")
            #expect(main.code == 201 && main["status"] == nil)
            #expect(Self.owners(main)["one Apply"]?.contains("f:status") == false)
            var status = Make.widget("w", ["size": 9])
            status["status"] = ["phase": "ready"]
            status["metadata"]?["labels"] = ["a": "b"]
            let applied = try await api.apply("\(Path.widgets)/w/status", status, manager: "controller")
            #expect(applied.code == 200 && applied["status.phase"] == "ready" && applied["spec.size"] == 2)
            #expect(applied["metadata.labels"] == nil)
            #expect(Self.owners(applied)["controller Apply/status"] == "{\"f:status\":{\"f:phase\":{}}}")
            let missing = try await api.apply("\(Path.widgets)/x/status", status, manager: "controller")
            #expect(missing.code == 404 || missing.code == 400)
        }
    }

    @Test("from applying at the client to applying at the server: the annotation goes along") func migration()
        async throws
    {
        try await TestAPI.with { api in
            var map = Self.map(["k": "v"])
            let last = Self.map(["k": "v"]).text()
            map["metadata"]?["annotations"] = ["kubectl.kubernetes.io/last-applied-configuration": .string(last)]
            try api.must(try await api.post("\(Path.maps)?fieldManager=kubectl-client-side-apply", map))
            let applied = try await api.apply("\(Path.maps)/a", Self.map(["k": "w"]), manager: "kubectl", force: true)
            #expect(applied.code == 200 && applied["data.k"] == "w")
            var annotated = Self.map(JSON([:] as JSON))
            annotated["data"] = JSON?.none
            annotated["metadata"]?["annotations"] = [
                "kubectl.kubernetes.io/last-applied-configuration": .string(Self.map(["k": "w"]).text())
            ]
            let second = try await api.apply("\(Path.maps)/a", annotated, manager: "kubectl-last-applied", force: true)
            #expect(second.code == 200, "\(second.text)")
            #expect(Self.owners(second).keys.contains("kubectl-last-applied Apply"), "\(Self.owners(second))")
        }
    }

    @Test("a dry run of an apply stores nothing") func dryRun() async throws {
        try await TestAPI.with { api in
            let made = try await api.apply("\(Path.maps)/a", Self.map(["k": "v"]), manager: "m", query: "&dryRun=All")
            #expect(made.code == 201 && made["data.k"] == "v")
            #expect(try await api.isGone("\(Path.maps)/a"))
        }
    }

    @Test("many updaters are joined, so that objects do not grow") func manyManagers() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.maps, Self.map([:])))
            for index in 0..<14 {
                try api.must(
                    try await api.patch(
                        "\(Path.maps)/a?fieldManager=m\(index)", .merge, ["data": [("k\(index)"): "v"]]))
            }
            let reply = try await api.get("\(Path.maps)/a")
            #expect(reply["metadata.managedFields"]?.array?.count == 10)
            #expect(Self.owners(reply).keys.contains("ancient-changes Update"))
        }
    }
}

extension JSON {
    fileprivate init(_ json: JSON) { self = json }
}
