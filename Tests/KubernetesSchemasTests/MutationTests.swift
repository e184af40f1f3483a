// SPDX-License-Identifier: Apache-2.0

import Chronology
import Documents
import Kubernetes
import KubernetesSchemas
import TestInputs
import Testing

@Suite("Damaged schemas, definitions and objects")
struct MutationTests {
    private static let schema = """
        {"type":"object","properties":{"spec":{"type":"object","required":["a"],"properties":{\
        "a":{"type":"string","default":"x","maxLength":3,"pattern":"^[a-z]+$"},\
        "n":{"type":"number","minimum":1,"multipleOf":0.5},\
        "p":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]},\
        "o":{"type":"object","oneOf":[{"required":["b"]},{"required":["c"]}],"properties":{"b":{"type":"string"},"c":{"type":"boolean","nullable":true}}},\
        "set":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}},\
        "map":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],"items":{"type":"object","required":["k"],\
        "properties":{"k":{"type":"string"},"v":{"type":"integer","x-kubernetes-validations":[{"rule":"self >= oldSelf"}]}}}},\
        "raw":{"type":"object","x-kubernetes-embedded-resource":true,"x-kubernetes-preserve-unknown-fields":true}},\
        "x-kubernetes-validations":[{"rule":"!has(self.n) || self.n < 100.0","messageExpression":"'n is ' + string(self.n)","fieldPath":".n"}]}}}
        """
    private static let object = """
        {"apiVersion":"a/v1","kind":"K","metadata":{"name":"n","labels":{"a":"b"}},"spec":{"a":"abc","n":1.5,"p":"5%","o":{"b":"c"},\
        "set":["a","b"],"map":[{"k":"a","v":1},{"k":"b"}],"raw":{"apiVersion":"v1","kind":"Pod","x":[null,{}]},"unknown":{"z":1}}}
        """
    private static let tokens = [
        "\"type\":", "\"object\"", "\"properties\":{", "\"default\":null", "\"items\":", "null", "true", "-1", "1e400",
        "{}", "[]",
        "\"anyOf\":[{}]", "\"x-kubernetes-list-type\":\"set\"", "\"nullable\":true", "\"required\":[\"z\"]",
        "\"format\":\"date\"",
    ]

    private static func limits() -> ValidationLimits {
        var limits = ValidationLimits()
        (limits.steps, limits.perCall, limits.perObject) = (100_000, 20_000, 100_000)
        return limits
    }

    @Test("Whatever a schema became, it is refused with reasons or works", arguments: [1, 2, 3] as [UInt64])
    func schemas(seed: UInt64) throws {
        let object = try JSON(parsing: Array(Self.object.utf8), source: "the object")
        var mutator = ByteMutator(samples: [Array(Self.schema.utf8)], tokens: Self.tokens, seed: seed)
        var read = 0, accepted = 0
        for _ in 0..<1500 {
            guard let json = try? JSON(parsing: mutator.next(), source: "the schema") else { continue }
            read += 1
            switch Result(catching: { () throws(FieldErrors) in try StructuralSchema(json) }) {
            case .success(let schema):
                accepted += 1
                try check(object, nil, schema)
                let component = schema.openAPI(group: "g", version: "v", kind: "K")
                #expect(component["properties"] != nil)
                var document = SwaggerDocument(.json)
                document.add(["components": ["schemas": ["K": component]]])
                let old = try JSON(parsing: document.bytes, source: "the old document")
                #expect(old["definitions"]?["K"]?["x-kubernetes-group-version-kind"] != nil)
            case .failure(let error):
                #expect(!error.errors.isEmpty && error.errors.allSatisfy { !$0.field.isEmpty })
            }
        }
        #expect(read > 100)
        #expect(accepted > 20)
    }

    @Test("Whatever an object became, it is pruned once and judged the same twice", arguments: [4, 5, 6] as [UInt64])
    func objects(seed: UInt64) throws {
        let schema = try StructuralSchema(JSON(parsing: Array(Self.schema.utf8), source: "the schema"))
        let old = try schema.admitted(try JSON(parsing: Array(Self.object.utf8), source: "the object")).object
        var mutator = ByteMutator(samples: [Array(Self.object.utf8)], tokens: Self.tokens, seed: seed)
        var read = 0
        for _ in 0..<1500 {
            guard let json = try? JSON(parsing: mutator.next(), source: "the object") else { continue }
            read += 1
            try check(json, old, schema)
        }
        #expect(read > 200)
    }

    private func check(_ object: JSON, _ old: JSON?, _ schema: StructuralSchema) throws {
        let admitted = try schema.admitted(object).object
        #expect(schema.pruned(admitted).object == admitted)
        #expect(try schema.defaulted(admitted) == admitted)
        let result = schema.validate(admitted, old: old, limits: Self.limits())
        #expect(schema.validate(admitted, old: old, limits: Self.limits()).errors == result.errors)
        #expect(result.errors.allSatisfy { !$0.description.isEmpty })
    }

    @Test("Whatever a path became, it is refused or yields what it finds", arguments: [7, 8] as [UInt64])
    func paths(seed: UInt64) throws {
        let object = try JSON(parsing: Array(Self.object.utf8), source: "the object")
        let samples = [
            "{.spec.map[?(@.k==\"a\")].v}", "{range .spec.map[*]}{.k}={.v}{\"\\n\"}{end}", "{..k}",
            "{.spec.set[0:2:1]}",
            "{.spec['a','n']}", #"{.metadata.labels['a\.b']}"#,
        ]
        var mutator = ByteMutator(
            samples: samples.map { Array($0.utf8) },
            tokens: ["[", "]", "{", "}", "..", "[?(", ")]", "*", "@", "'", ":", "-1", "range "],
            seed: seed)
        var read = 0
        for _ in 0..<3000 {
            guard let path = try? JSONPath(String(decoding: mutator.next(), as: UTF8.self)) else { continue }
            read += 1
            _ = try? path.text(in: object)
        }
        #expect(read > 300)
    }

    @Test("Whatever a definition became, it is refused with reasons or has versions")
    func definitions() throws {
        let text = """
            {"metadata":{"name":"ks.a.b"},"spec":{"group":"a.b","scope":"Cluster","names":{"plural":"ks","kind":"K"},"versions":[{"name":"v1",\
            "served":true,"storage":true,"schema":{"openAPIV3Schema":\(Self.schema)},"subresources":{"status":{},\
            "scale":{"specReplicasPath":".spec.n","statusReplicasPath":".status.n"}},"selectableFields":[{"jsonPath":".spec.a"}],\
            "additionalPrinterColumns":[{"name":"A","type":"string","jsonPath":".spec.a"}]}]}}
            """
        var mutator = ByteMutator(samples: [Array(text.utf8)], tokens: Self.tokens, seed: 9)
        let object = try JSON(parsing: Array(Self.object.utf8), source: "the object")
        let now = try #require(Moment(rfc3339: "2026-01-01T00:00:00Z"))
        var accepted = 0
        for _ in 0..<1500 {
            guard let json = try? JSON(parsing: mutator.next(), source: "it") else { continue }
            do throws(FieldErrors) {
                let definition = try CustomResourceDefinition(CustomResourceDefinition.defaulted(json))
                accepted += 1
                let columns = definition.storageVersion.columns
                #expect(columns.cells(of: object, now: now).count == columns.tableDefinitions.count)
            } catch { #expect(!error.errors.isEmpty) }
        }
        #expect(accepted > 20)
    }
}
