// SPDX-License-Identifier: Apache-2.0

import Documents
import KubernetesSchemas
import Testing

@Suite("Structure of schemas")
struct StructureTests {
    private static let rows: [(String, [String])] = [
        ("{type: object}", []),
        ("{}", ["schema.type: Required value: must not be empty at the root"]),
        ("{type: string}", [#"schema.type: Invalid value: "string": must be object at the root"#]),
        ("{type: object, nullable: true}", ["schema.nullable: Forbidden: nullable cannot be true at the root"]),
        (
            "{type: object, properties: {x: {}}}",
            ["schema.properties[x].type: Required value: must not be empty for specified object fields"]
        ),
        ("{type: object, properties: {x: {x-kubernetes-preserve-unknown-fields: true}}}", []),
        ("{type: object, properties: {x: {x-kubernetes-int-or-string: true}}}", []),
        (
            "{type: object, properties: {x: {type: array}}}",
            ["schema.properties[x].items: Required value: must be specified"]
        ),
        (
            "{type: object, properties: {x: {type: array, items: {}}}}",
            ["schema.properties[x].items.type: Required value: must not be empty for specified array items"]
        ),
        (
            "{type: object, additionalProperties: {type: string}}",
            ["schema.additionalProperties: Forbidden: must not be used at the root"]
        ),
        (
            "{type: object, properties: {x: {type: object, properties: {a: {type: string}}, additionalProperties: {type: string}}}}",
            [
                "schema.properties[x].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"
            ]
        ),
        (
            "{type: object, properties: {x: {$ref: '#/definitions/y', type: string}}}",
            ["schema.properties[x].$ref: Forbidden: $ref is not supported"]
        ),
        (
            "{type: object, properties: {x: {type: 'null'}}}",
            [
                #"schema.properties[x].type: Unsupported value: "null": supported values: "array", "boolean", "integer", "number", "object", "string""#,
                "schema.properties[x].type: Forbidden: type cannot be set to null, use nullable as an alternative",
            ]
        ),
        (
            "{type: object, properties: {x: {type: string, uniqueItems: true}}}",
            [
                "schema.properties[x].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic"
            ]
        ),
        (
            "{type: object, properties: {x: {type: array, items: [{type: string}]}}}",
            [
                "schema.properties[x].items: Required value: must be specified",
                "schema.properties[x].items: Forbidden: items must be a schema object and not an array",
            ]
        ),
        (
            "{type: object, properties: {x: {type: string, anyOf: [{type: string}]}}}",
            ["schema.properties[x].anyOf[0].type: Forbidden: must be empty to be structural"]
        ),
        (
            "{type: object, properties: {x: {type: string, oneOf: [{default: a}]}}}",
            ["schema.properties[x].oneOf[0].default: Forbidden: must be undefined to be structural"]
        ),
        (
            "{type: object, properties: {x: {type: object, not: {additionalProperties: {}}}}}",
            ["schema.properties[x].not.additionalProperties: Forbidden: must be undefined to be structural"]
        ),
        (
            "{type: object, properties: {x: {type: string, allOf: [{description: a, nullable: true}]}}}",
            [
                "schema.properties[x].allOf[0].description: Forbidden: must be empty to be structural",
                "schema.properties[x].allOf[0].nullable: Forbidden: must be false to be structural",
            ]
        ),
        (
            "{type: object, oneOf: [{required: [a], properties: {a: {pattern: x}}}]}",
            ["schema.properties[a]: Required value: because it is defined in schema.oneOf[0].properties[a]"]
        ),
        ("{type: object, properties: {metadata: {type: object, properties: {name: {type: string, pattern: a}}}}}", []),
        (
            "{type: object, properties: {metadata: {type: object, properties: {labels: {type: object}}}}}",
            [
                "schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified"
            ]
        ),
        (
            "{type: object, properties: {kind: {type: integer}}}",
            [#"schema.properties[kind].type: Invalid value: "integer": must be string"#]
        ),
        (
            "{type: object, properties: {x: {type: string, pattern: '('}}}",
            [
                #"schema.properties[x].pattern: Invalid value: "(": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`"#
            ]
        ),
        (
            "{type: object, properties: {x: {x-kubernetes-embedded-resource: true}}}",
            [
                "schema.properties[x].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields",
                "schema.properties[x].type: Required value: must be object if x-kubernetes-embedded-resource is true",
            ]
        ),
        (
            "{type: object, properties: {x: {x-kubernetes-int-or-string: true, x-kubernetes-preserve-unknown-fields: true}}}",
            [
                "schema.properties[x].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true"
            ]
        ),
        (
            "{type: object, properties: {x: {type: object, x-kubernetes-preserve-unknown-fields: false}}}",
            [
                "schema.properties[x].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined"
            ]
        ),
        (
            "{type: object, properties: {x: {type: string, default: 5}}}",
            [#"schema.properties[x].default: Invalid value: "integer":  in body must be of type string: "integer""#]
        ),
        (
            "{type: object, properties: {x: {type: object, default: {b: 1}, properties: {a: {type: string}}}}}",
            [#"schema.properties[x].default: Invalid value: {"b":1}: must not have unknown fields"#]
        ),
        (
            "{type: object, properties: {metadata: {type: object, default: {}}}}",
            ["schema.properties[metadata].default: Forbidden: must not be set in top-level metadata"]
        ),
        (
            "{type: object, properties: {x: {type: array, x-kubernetes-list-type: bag, items: {type: string}}}}",
            [
                #"schema.properties[x].x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map""#
            ]
        ),
        (
            "{type: object, properties: {x: {type: array, x-kubernetes-list-type: map, items: {type: object, properties: {k: {type: string}}}}}}",
            [
                "schema.properties[x].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"
            ]
        ),
        (
            "{type: object, properties: {x: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, properties: {k: {type: string}}}}}}",
            [
                "schema.properties[x].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
            ]
        ),
        (
            "{type: object, properties: {x: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [j], items: {type: object, required: [k], properties: {k: {type: string}}}}}}",
            [
                #"schema.properties[x].x-kubernetes-list-map-keys: Invalid value: ["j"]: entries must all be names of item properties"#
            ]
        ),
        (
            "{type: object, properties: {x: {type: array, x-kubernetes-list-type: set, items: {type: object, properties: {k: {type: string}}}}}}",
            [
                "schema.properties[x].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set"
            ]
        ),
        (
            "{type: object, properties: {x: {type: string, x-kubernetes-map-type: atomic}}}",
            [
                #"schema.properties[x].type: Invalid value: "string": must be object if x-kubernetes-map-type is specified"#
            ]
        ),
        ("{type: object, properties: {x: 5}}", ["schema.properties[x]: Invalid value: 5: must be of type object"]),
        (
            "{type: object, properties: {x: {type: string, maxLength: a}}}",
            [#"schema.properties[x].maxLength: Invalid value: "a": must be of type integer"#]
        ),
    ]

    @Test("What is not structural is refused as the API server refuses it", arguments: rows)
    func texts(_ text: String, _ errors: [String]) throws {
        #expect(refusal(of: try yaml(text)) == errors)
    }

    @Test("With a status subresource the root says no more than what its status needs")
    func status() throws {
        let found = refusal(of: try yaml("{type: object, maxProperties: 5}"), hasStatus: true)
        #expect(found.count == 1)
        #expect(found.first?.contains("fields are allowed at the root of the schema if the status subresource") == true)
    }

    @Test("A schema beyond the limits is refused, however deep or wide it is")
    func limits() throws {
        var deep: JSON = ["type": "string"]
        for _ in 0..<120 { deep = ["type": "array", "items": deep] }
        #expect(refusal(of: ["type": "object", "properties": ["x": deep]]).joined().contains("96 levels"))
        let wide = JSONObject((0..<60_000).map { ("f\($0)", ["type": "string"]) })
        #expect(refusal(of: ["type": "object", "properties": .object(wide)]).joined().contains("50000 schemas"))
        let patterns = JSONObject((0..<1200).map { ("f\($0)", ["type": "string", "pattern": "a{900}"]) })
        #expect(refusal(of: ["type": "object", "properties": .object(patterns)]).joined().contains("instructions"))
    }

    @Test("Rules and keys of lists have limits of their own")
    func ruleLimits() throws {
        let rules = JSON.array((0..<5001).map { ["rule": .string("self > \($0)")] })
        let many: JSON = [
            "type": "object", "properties": ["x": ["type": "integer", "x-kubernetes-validations": rules]],
        ]
        #expect(refusal(of: many).joined().contains("more than 5000 rules"))
        let keys = JSON.array((0..<33).map { .string("k\($0)") })
        let list: JSON = [
            "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys,
            "items": ["type": "object"],
        ]
        #expect(refusal(of: ["type": "object", "properties": ["x": list]]).joined().contains("more than 32 keys"))
    }
}
