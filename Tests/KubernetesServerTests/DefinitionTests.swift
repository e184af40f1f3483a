// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("Definitions of kinds", .timeLimit(.minutes(1))) struct DefinitionTests {
    static let path = "\(Path.definitions)/widgets.example.org"

    static func conditions(_ reply: Reply) -> [String: String] {
        var found: [String: String] = [:]
        for condition in reply["status.conditions"]?.array ?? [] {
            found[condition["type"]?.string ?? ""] = condition["status"]?.string ?? ""
        }
        return found
    }

    @Test("a definition is established at once, and its kind is served before its maker hears of it") func established()
        async throws
    {
        try await TestAPI.with { api in
            let made = try await api.post(Path.definitions, Widgets.definition())
            #expect(made.code == 201)
            #expect(Self.conditions(made) == ["NamesAccepted": "True", "Established": "True"])
            #expect(made["status.storedVersions"] == ["v1"] && made["status.acceptedNames.kind"] == "Widget")
            #expect(made["metadata.finalizers"] == ["customresourcecleanup.apiextensions.k8s.io"])
            #expect(made["spec.names.listKind"] == "WidgetList" && made["spec.conversion"] == ["strategy": "None"])
            #expect(try await api.post(Path.widgets, Make.widget("w")).code == 201)
            #expect(try await api.get(Path.widgets)["kind"] == "WidgetList")
        }
    }

    @Test("a name that does not fit, and schemas that are not structural, are refused") func refused() async throws {
        try await TestAPI.with { api in
            var other = Widgets.definition()
            other["metadata"]?["name"] = "things.example.org"
            let named = try await api.post(Path.definitions, other)
            #expect(
                named.problem?.message.contains(
                    "metadata.name: Invalid value: \"things.example.org\": must be spec.names.plural+\".\"+spec.group")
                    == true,
                "\(named.text)")
            let untyped = Widgets.definition([
                Widgets.version { $0["schema"] = ["openAPIV3Schema": ["properties": ["spec": ["type": "object"]]]] }
            ])
            let refused = try await api.post(Path.definitions, untyped)
            #expect(refused.code == 422 && refused.problem?.reason == "Invalid")
            let prefix = "CustomResourceDefinition.apiextensions.k8s.io \"widgets.example.org\" is invalid: "
            #expect(refused.problem?.message.hasPrefix(prefix) == true, "\(refused.text)")
            let rule = Widgets.definition([
                Widgets.version {
                    $0["schema"]?["openAPIV3Schema"]?["x-kubernetes-validations"] = [["rule": "self.none == 1"]]
                }
            ])
            #expect(try await api.post(Path.definitions, rule).code == 422)
            #expect(try await api.get(Path.widgets).code == 404)
        }
    }

    @Test("unknown fields are pruned, defaults set, and what is free is kept") func pruning() async throws {
        try await TestAPI.withWidgets { api in
            let made = try await api.post(
                Path.widgets, Make.widget("w", ["size": 1, "unknown": 2, "free": ["a": ["b": 1]]]))
            #expect(made["spec"] == ["size": 1, "free": ["a": ["b": 1]], "color": "blue"])
            #expect(made.warnings == ["299 - \"unknown field \\\"spec.unknown\\\"\""])
        }
    }

    @Test("a default that comes later shows in what was stored before") func defaultsOnReading() async throws {
        try await TestAPI.withWidgets { api in
            try api.must(try await api.post(Path.widgets, Make.widget("w", [:])))
            try api.must(
                try await api.patch(
                    Self.path, .json,
                    [
                        [
                            "op": "add",
                            "path": "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/new",
                            "value": ["type": "string", "default": "fresh"],
                        ]
                    ]))
            #expect(try await api.get("\(Path.widgets)/w")["spec.new"] == "fresh")
            #expect(try await api.get(Path.widgets)["items.0.spec.new"] == "fresh")
            let watch = try await api.watch("\(Path.widgets)?watch=true")
            #expect(try await watch.next()?.object[path: "spec.new"] == "fresh")
        }
    }

    @Test("values are checked by the schema and its rules, in Kubernetes' words") func validation() async throws {
        try await TestAPI.withWidgets { api in
            let small = try await api.post(Path.widgets, Make.widget("w", ["size": -1]))
            #expect(
                small.problem
                    == Problem(
                        422, "Invalid",
                        "Widget.example.org \"w\" is invalid: spec.size: Invalid value: -1: spec.size in body should be "
                            + "greater than or equal to 0"))
            let type = try await api.post(Path.widgets, Make.widget("w", ["size": "big"]))
            #expect(
                type.problem?.message.contains(
                    "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"")
                    == true,
                "\(type.text)")
            let rule = try await api.post(Path.widgets, Make.widget("w", ["size": 13]))
            #expect(
                rule.problem?.message.contains("thirteen is not allowed") == true
                    && rule.causes.first?.hasPrefix("FieldValueInvalid spec.size: ") == true, "\(rule.text)")
            let twice = try await api.post(Path.widgets, Make.widget("w", ["tags": ["a", "a"]]))
            #expect(twice.causes == ["FieldValueDuplicate spec.tags[1]: Duplicate value: \"a\""], "\(twice.text)")
            #expect(try await api.get(Path.widgets).names == [])
        }
    }

    @Test("what was wrong before a rule came may stay, but not become wrong in another way") func ratcheting()
        async throws
    {
        let open = Widgets.definition([
            Widgets.version {
                $0["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]?["x-kubernetes-validations"] = JSON?.none
            }
        ])
        try await TestAPI.withWidgets(open) { api in
            try api.must(try await api.post(Path.widgets, Make.widget("w", ["size": 13])))
            try api.must(
                try await api.patch(
                    Self.path, .merge, ["spec": ["versions": Widgets.definition()["spec"]?["versions"] ?? .null]]))
            let label = try await api.patch("\(Path.widgets)/w", .merge, ["metadata": ["labels": ["a": "b"]]])
            #expect(label.code == 200, "\(label.text)")
            try api.must(try await api.patch("\(Path.widgets)/w", .merge, ["spec": ["size": 12]]))
            let back = try await api.patch("\(Path.widgets)/w", .merge, ["spec": ["size": 13]])
            #expect(back.code == 422)
        }
    }

    @Test("rules compare with what was before") func transitions() async throws {
        let definition = Widgets.definition([
            Widgets.version {
                $0["schema"]?["openAPIV3Schema"]?["properties"]?["spec"]?["x-kubernetes-validations"] = [
                    ["rule": "!has(oldSelf.size) || self.size >= oldSelf.size", "message": "widgets do not shrink"]
                ]
            }
        ])
        try await TestAPI.withWidgets(definition) { api in
            try api.must(try await api.post(Path.widgets, Make.widget("w", ["size": 5])))
            let less = try await api.patch("\(Path.widgets)/w", .merge, ["spec": ["size": 4]])
            #expect(less.code == 422 && less.problem?.message.contains("widgets do not shrink") == true)
            #expect(try await api.patch("\(Path.widgets)/w", .merge, ["spec": ["size": 6]]).code == 200)
        }
    }

    @Test("versions show the same objects; one that is deprecated says so") func versions() async throws {
        let definition = Widgets.definition([
            Widgets.version(),
            Widgets.version("v1beta1") {
                $0["deprecated"] = true
                $0["deprecationWarning"] = "use v1 of widgets"
            }, Widgets.version("v1alpha1") { $0["deprecated"] = true },
            Widgets.version("v0") { $0["served"] = false },
        ])
        try await TestAPI.withWidgets(definition) { api in
            let old = Path.widgets.replacing("v1", with: "v1beta1")
            var widget = Make.widget("w")
            widget["apiVersion"] = "example.org/v1beta1"
            let made = try await api.post(old, widget)
            #expect(made.code == 201 && made["apiVersion"] == "example.org/v1beta1")
            #expect(made.warnings == ["299 - \"use v1 of widgets\""])
            let new = try await api.get("\(Path.widgets)/w")
            #expect(new["apiVersion"] == "example.org/v1" && new["metadata.uid"] == made["metadata.uid"])
            #expect(new.warnings == [])
            let list = try await api.get(old)
            #expect(list["apiVersion"] == "example.org/v1beta1" && list["items.0.apiVersion"] == "example.org/v1beta1")
            let alpha = try await api.get(Path.widgets.replacing("v1", with: "v1alpha1"))
            #expect(
                alpha.warnings == ["299 - \"example.org/v1alpha1 Widget is deprecated\""], "\(alpha.warnings)")
            #expect(try await api.get(Path.widgets.replacing("v1", with: "v0")).code == 404)
            let wrong = try await api.post(Path.widgets, widget)
            #expect(
                wrong.problem?.message
                    == "the API version in the data (example.org/v1beta1) does not match the expected API version "
                    + "(example.org/v1)")
            let watch = try await api.watch("\(old)?watch=true")
            #expect(try await watch.next()?.object["apiVersion"] == "example.org/v1beta1")
            let applied = try await api.apply("\(Path.widgets)/w", Make.widget("w", ["size": 1]), manager: "m")
            #expect(applied.code == 200, "what another version's maker set is known: \(applied.text)")
        }
    }

    @Test("names that others have are not accepted, and not served") func conflict() async throws {
        try await TestAPI.withWidgets { api in
            var other = Widgets.definition()
            other["metadata"]?["name"] = "gadgets.example.org"
            other["spec"]?["names"] = ["plural": "gadgets", "singular": "widget", "kind": "Gadget"]
            let made = try await api.post(Path.definitions, other)
            #expect(made.code == 201)
            #expect(Self.conditions(made) == ["NamesAccepted": "False", "Established": "False"])
            let gadgets = Path.widgets.replacing("widgets", with: "gadgets")
            #expect(try await api.get(gadgets).code == 404)
            try api.must(
                try await api.patch(
                    "\(Path.definitions)/gadgets.example.org", .merge, ["spec": ["names": ["singular": "gadget"]]]))
            #expect(try await api.get(gadgets).code == 200)
        }
    }

    @Test("when the one that had the names goes, those that waited for them are served") func freedNames() async throws
    {
        try await TestAPI.withWidgets { api in
            var other = Widgets.definition()
            other["metadata"]?["name"] = "gadgets.example.org"
            other["spec"]?["names"] = ["plural": "gadgets", "singular": "widget", "kind": "Gadget"]
            try api.must(try await api.post(Path.definitions, other))
            try api.must(try await api.delete(Self.path))
            #expect(try await api.eventually { try await api.isGone(Self.path) })
            let gadgets = Path.widgets.replacing("widgets", with: "gadgets")
            #expect(try await api.eventually { try await api.get(gadgets).code == 200 })
        }
    }

    @Test("a definition that goes takes its objects along, and waits for those that something keeps") func deletion()
        async throws
    {
        try await TestAPI.withWidgets { api in
            var widget = Make.widget("stuck")
            widget["metadata"]?["finalizers"] = ["example.org/stay"]
            try api.must(try await api.post(Path.widgets, widget))
            for name in ["a", "b"] { try api.must(try await api.post(Path.widgets, Make.widget(name))) }
            let reply = try await api.delete(Self.path)
            #expect(reply["metadata.deletionTimestamp"] != nil)
            #expect(try await api.eventually { try await api.get(Path.widgets).names == ["stuck"] })
            #expect(
                try await api.eventually {
                    Self.conditions(try await api.get(Self.path))["Terminating"] == "True"
                })
            let late = try await api.post(Path.widgets, Make.widget("late"))
            #expect(late.code == 405 || late.code == 403, "\(late.text)")
            try api.must(try await api.patch("\(Path.widgets)/stuck", .merge, ["metadata": ["finalizers": nil]]))
            #expect(try await api.eventually { try await api.isGone(Self.path) })
            #expect(try await api.get(Path.widgets).code == 404)
            try api.must(try await api.post(Path.definitions, Widgets.definition()))
            #expect(try await api.get(Path.widgets).names == [])
        }
    }

    @Test("the storage version is counted among those stored") func storedVersions() async throws {
        try await TestAPI.withWidgets { api in
            let versions: JSON = [
                Widgets.version { $0["storage"] = false }, Widgets.version("v2") { $0["storage"] = true },
            ]
            let changed = try await api.patch(Self.path, .merge, ["spec": ["versions": versions]])
            #expect(changed["status.storedVersions"] == ["v1", "v2"], "\(changed.text)")
            try api.must(try await api.post(Path.widgets, Make.widget("w")))
            #expect(
                try await api.get("\(Path.widgets.replacing("v1", with: "v2"))/w")["apiVersion"] == "example.org/v2")
            let removed = try await api.patch(
                Self.path, .merge, ["spec": ["versions": [Widgets.version("v2") { $0["storage"] = true }]]])
            #expect(removed.code == 422, "a version that objects are stored in stays: \(removed.text.prefix(500))")
        }
    }

    @Test("objects without namespaces are served without them") func clusterScope() async throws {
        try await TestAPI.withWidgets(Widgets.definition(scope: "Cluster")) { api in
            let made = try await api.post("/apis/example.org/v1/widgets", Make.widget("w"))
            #expect(made.code == 201 && made["metadata.namespace"] == nil)
            #expect(try await api.get("/apis/example.org/v1/widgets").names == ["w"])
            #expect(try await api.get(Path.widgets).code == 404)
        }
    }
}
