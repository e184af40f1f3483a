// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Pruning, nulls and defaults")
struct PruneAndDefaultTests {
    /// Fields of a kind, an object, what is left of it, and the paths of what is not.
    private static let pruned: [(String, String, String, [String])] = [
        ("{a: {type: string}}", "{a: x, b: y}", "{a: x}", ["b"]),
        (
            "{a: {type: string}}", "{apiVersion: v, kind: K, metadata: {name: m}, b: 1}",
            "{apiVersion: v, kind: K, metadata: {name: m}}", ["b"]
        ),
        (
            "{a: {type: string}}",
            "{metadata: {name: m, nmae: m, labels: {x: l}, ownerReferences: [{uid: u, bad: 1}]}}",
            "{metadata: {name: m, labels: {x: l}, ownerReferences: [{uid: u}]}}",
            ["metadata.nmae", "metadata.ownerReferences[0].bad"]
        ),
        ("{a: {type: object, properties: {b: {type: string}}}}", "{a: {b: x, c: {d: 1}}}", "{a: {b: x}}", ["a.c"]),
        (
            "{a: {type: array, items: {type: object, properties: {b: {type: string}}}}}", "{a: [{b: x}, {c: z}]}",
            "{a: [{b: x}, {}]}", ["a[1].c"]
        ),
        (
            "{a: {type: object, additionalProperties: {type: object, properties: {b: {type: string}}}}}",
            "{a: {k.l: {b: x, c: z}}}", "{a: {k.l: {b: x}}}", ["a.k.l.c"]
        ),
        ("{a: {type: object, additionalProperties: true}}", "{a: {b: x, c: {d: 1}}}", "{a: {b: x, c: {}}}", ["a.c.d"]),
        ("{a: {type: object, x-kubernetes-preserve-unknown-fields: true}}", "{a: {b: {c: 1}}}", "{a: {b: {c: 1}}}", []),
        (
            "{a: {type: object, x-kubernetes-preserve-unknown-fields: true, properties: {p: {type: object, properties: {q: {type: string}}}}}}",
            "{a: {b: {c: 1}, p: {q: x, r: 1}}}", "{a: {b: {c: 1}, p: {q: x}}}", ["a.p.r"]
        ),
        (
            "{a: {x-kubernetes-preserve-unknown-fields: true, items: {type: object, properties: {q: {type: string}}}}}",
            "{a: [{q: x, r: 1}]}", "{a: [{q: x, r: 1}]}", []
        ),
        (
            "{a: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}}",
            "{a: {apiVersion: v1, kind: Pod, metadata: {name: m, bad: 1}, spec: {}, other: 1}}",
            "{a: {apiVersion: v1, kind: Pod, metadata: {name: m}, spec: {}}}", ["a.metadata.bad", "a.other"]
        ),
        ("{a: {type: string}}", "{a: {b: 1}}", "{a: {}}", ["a.b"]),
        ("{a: {type: string}}", "{a: [1, {b: 1}]}", "{a: [1, {}]}", ["a[1].b"]),
    ]

    @Test("Unknown fields are found and taken away", arguments: pruned)
    func prune(_ properties: String, _ object: String, _ left: String, _ unknown: [String]) throws {
        let schema = try fields(properties)
        let (result, found) = schema.pruned(try yaml(object))
        #expect(result == (try yaml(left)))
        #expect(found == unknown)
        #expect(schema.pruned(result).object == result)
        #expect(schema.pruned(result).unknownFields == [])
    }

    @Test("Clients are told of unknown fields in the words of the API server")
    func texts() {
        #expect(["spec.foo"].asUnknownFields == [#"unknown field "spec.foo""#])
        #expect(["spec.foo"].asDuplicateFields == [#"duplicate field "spec.foo""#])
    }

    @Test("Of a field that is given twice the last counts, and clients are told of it")
    func duplicates() throws {
        let text = #"{"spec": {"a": 1, "a": 2, "list": [{}, {"b": 1, "b": 2}]}, "spec": {"a": 3}}"#
        let (value, keys) = try JSON.toleratingRepeatedKeys(Array(text.utf8), source: "it")
        #expect(value == ["spec": ["a": 3]])
        #expect(
            keys.asDuplicateFields == [
                #"duplicate field "spec.a""#, #"duplicate field "spec.list[1].b""#, #"duplicate field "spec""#,
            ])
        let many = "{" + String(repeating: #""a":1,"#, count: 5000) + #""a":1}"#
        #expect(try JSON.toleratingRepeatedKeys(Array(many.utf8), source: "it").repeatedKeys.count == 100)
    }

    private static let defaulted: [(String, String, String)] = [
        ("{a: {type: string, default: x}}", "{}", "{a: x}"),
        ("{a: {type: string, default: x}}", "{a: y}", "{a: y}"),
        ("{a: {type: string, default: x}}", "{a: null}", "{a: x}"),
        ("{a: {type: string, default: x, nullable: true}}", "{a: null}", "{a: null}"),
        ("{a: {type: string}}", "{a: null}", "{}"),
        ("{a: {type: string, nullable: true}}", "{a: null}", "{a: null}"),
        ("{a: {type: object, properties: {b: {type: integer, default: 5}}}}", "{}", "{}"),
        ("{a: {type: object, properties: {b: {type: integer, default: 5}}}}", "{a: {}}", "{a: {b: 5}}"),
        ("{a: {type: object, default: {}, properties: {b: {type: integer, default: 5}}}}", "{}", "{a: {b: 5}}"),
        (
            "{a: {type: array, items: {type: object, properties: {b: {type: integer, default: 5}}}}}",
            "{a: [{}, {b: 1}]}", "{a: [{b: 5}, {b: 1}]}"
        ),
        (
            "{a: {type: object, additionalProperties: {type: object, properties: {b: {type: integer, default: 5}}}}}",
            "{a: {k: {}}}", "{a: {k: {b: 5}}}"
        ),
        ("{a: {type: array, items: {type: string, default: x}}}", "{a: [null, z]}", "{a: [x, z]}"),
        ("{a: {type: array, items: {type: string}}}", "{a: [null]}", "{a: [null]}"),
        ("{a: {type: object, additionalProperties: {type: string}}}", "{a: {k: null, l: v}}", "{a: {l: v}}"),
        ("{a: {type: object, x-kubernetes-preserve-unknown-fields: true}}", "{a: {k: null}}", "{a: {k: null}}"),
    ]

    @Test("Defaults stand where nothing is given, and nulls only where they may", arguments: defaulted)
    func defaults(_ properties: String, _ object: String, _ wanted: String) throws {
        let schema = try fields(properties)
        let result = try schema.admitted(try yaml(object)).object
        #expect(result == (try yaml(wanted)))
        #expect(try schema.admitted(result).object == result)
    }

    @Test("Defaults that would make a small object huge are refused")
    func defaultBomb() throws {
        let properties = JSONObject((0..<1000).map { ("f\($0)", ["type": "string", "default": "x"]) })
        let schema = try StructuralSchema(
            [
                "type": "object",
                "properties": [
                    "x": ["type": "array", "items": ["type": "object", "properties": .object(properties)]]
                ],
            ])
        let object: JSON = ["x": .array([JSON](repeating: [:], count: 1000))]
        let fault = #expect(throws: Fault.self) { try schema.admitted(object) }
        #expect(fault?.code == .limitExceeded)
        #expect(try schema.admitted(["x": [[:], [:]]]).object["x"]?[1]?["f999"] == "x")
    }

    private static let lists: [(String, String, [String])] = [
        (
            "{type: array, x-kubernetes-list-type: set, items: {type: string}}", "[a, b, a, a]",
            [#"x[2]: Duplicate value: "a""#]
        ),
        ("{type: array, x-kubernetes-list-type: set, items: {type: string}}", "[a, b]", []),
        (
            "{type: array, x-kubernetes-list-type: set, items: {type: array, items: {type: integer}}}",
            "[[1, 2], [2, 1], [1, 2]]", ["x[2]: Duplicate value: [1,2]"]
        ),
        (
            "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, required: [k], properties: {k: {type: string}, v: {type: string}}}}",
            "[{k: a, v: b}, {k: a, v: c}, {k: b}]", [#"x[1]: Duplicate value: {"k":"a"}"#]
        ),
        (
            "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k, p], items: {type: object, required: [k], properties: {k: {type: string}, p: {type: integer, default: 1}}}}",
            "[{k: a, p: 2}, {k: a}, {k: a, p: 1}]", [#"x[2]: Duplicate value: {"k":"a","p":1}"#]
        ),
    ]

    @Test("Elements of sets and keys of maps are there once", arguments: lists)
    func uniqueness(_ node: String, _ list: String, _ found: [String]) throws {
        let schema = try fields("x: \(node)")
        let object: JSON = ["x": try yaml(list)]
        #expect(try problems(schema, object) == found)
        // What was there twice before is tolerated.
        #expect(try problems(schema, object, old: schema.admitted(object).object) == [])
    }

    @Test("Embedded resources have a version, a kind and sound metadata")
    func embedded() throws {
        let schema = try fields(
            "x: {type: object, x-kubernetes-embedded-resource: true, x-kubernetes-preserve-unknown-fields: true}")
        #expect(
            try problems(schema, try yaml("x: {apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {b: 1}}")) == [])
        #expect(try problems(schema, try yaml("x: {}")) == ["x.apiVersion: Required value", "x.kind: Required value"])
        #expect(
            try problems(schema, try yaml("x: {apiVersion: a/b/c, kind: Pod}")) == [
                #"x.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c"#
            ])
        #expect(
            try problems(schema, try yaml("x: {apiVersion: v1, kind: Pod, metadata: {name: a/b}}")) == [
                #"x.metadata.name: Invalid value: "a/b": may not contain '/'"#
            ])
        #expect(try problems(schema, try yaml("x: {apiVersion: v1, kind: Pod, metadata: {labels: {a: 1}}}")).count == 1)
    }
}
