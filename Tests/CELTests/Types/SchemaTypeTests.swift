// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import Documents
import Testing

@Suite("Types of schemas")
struct SchemaTypeTests {
    private func type(_ schema: JSON) throws -> CELType { try CELType(schema: schema, name: "s") }

    @Test(
        "Each kind of schema has its type",
        arguments: [
            (["type": "string"], "string"), (["type": "boolean"], "bool"), (["type": "integer"], "int"),
            (["type": "integer", "format": "int64"], "int"), (["type": "number"], "double"),
            (["type": "number", "format": "int32"], "double"), (["type": "null"], "null_type"),
            (["type": "string", "format": "byte"], "bytes"), (["type": "string", "format": "email"], "string"),
            (["type": "string", "format": "duration"], "google.protobuf.Duration"),
            (["type": "string", "format": "date"], "google.protobuf.Timestamp"),
            (["type": "string", "format": "date-time"], "google.protobuf.Timestamp"),
            (["x-kubernetes-int-or-string": true, "type": "string"], "dyn"),
            (["type": "string", "format": "int-or-string"], "dyn"),
            (["oneOf": [["type": "integer"], ["type": "string"]], "format": "int-or-string"], "dyn"),
            (["x-kubernetes-preserve-unknown-fields": true], "dyn"),
            (["type": "object", "x-kubernetes-preserve-unknown-fields": true], "map(string, dyn)"),
            (["type": "object"], "map(string, dyn)"), (["type": "object", "properties": [:]], "map(string, dyn)"),
            (["type": "object", "additionalProperties": true], "map(string, dyn)"),
            (["type": "object", "additionalProperties": ["type": "integer"]], "map(string, int)"),
            (["type": "object", "properties": ["a": ["type": "string"]]], "s"),
            (["type": "object", "additionalProperties": false], "s"),
            (["type": "array", "items": ["type": "string"]], "list(string)"), (["type": "array"], "list(dyn)"),
            (["type": "array", "items": ["type": "object", "properties": ["a": true]]], "list(s.@idx)"),
            (["additionalProperties": ["properties": ["a": true]]], "map(string, s.@elem)"),
            (["items": ["type": "string"]], "list(string)"), ([:], "dyn"), (true, "dyn"), (false, "dyn"),
            (["type": "string", "nullable": true], "wrapper(string)"),
            (["type": ["string", "null"]], "wrapper(string)"),
            (["type": ["string", "integer"]], "dyn"), (["type": "array", "nullable": true], "dyn"),
            (["type": "string", "format": "date-time", "nullable": true], "google.protobuf.Timestamp"),
            (["anyOf": [["type": "string"], ["type": "null"]]], "wrapper(string)"),
            (["oneOf": [["type": "string"], ["type": "string", "maxLength": 3]]], "string"),
            (["oneOf": [["type": "string"], ["type": "number"]]], "dyn"),
            (["allOf": [["type": "integer"], ["minimum": 3]]], "int"), (["const": "a"], "string"),
            (["enum": ["a", "b"]], "string"), (["enum": ["a", 1]], "dyn"), (["type": "what"], "dyn"),
        ] as [(JSON, String)])
    func kinds(schema: JSON, expected: String) throws {
        #expect(try type(schema).description == expected)
    }

    @Test("Fields are checked along their path, and errors name it")
    func paths() throws {
        let schema: JSON = [
            "type": "object",
            "properties": [
                "spec": [
                    "type": "object",
                    "properties": [
                        "template": ["type": "object", "properties": ["image": ["type": "string"]]],
                        "ports": [
                            "type": "array",
                            "items": ["type": "object", "properties": ["port": ["type": "integer"]]],
                        ],
                        "volumes": [
                            "type": "object",
                            "additionalProperties": ["type": "object", "properties": ["size": ["type": "string"]]],
                        ],
                        "open": [
                            "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                            "properties": ["known": ["type": "boolean"]],
                        ],
                    ],
                ]
            ],
        ]
        let environment = Environment(variables: ["schema": try CELType(schema: schema, name: "schema")])
        func result(_ text: String) -> String {
            do throws(CompileError) { return try environment.compile(text).resultType.description } catch {
                return error.problems.map(\.message).joined(separator: "; ")
            }
        }
        #expect(result("schema.spec.template.image") == "string")
        #expect(result("schema.spec.template.x") == "undefined field 'x' of schema.spec.template")
        #expect(result("schema.spec.ports[0].port + 1") == "int")
        #expect(result("schema.spec.ports[0].prt").hasPrefix("undefined field 'prt' of schema.spec.ports.@idx"))
        #expect(result("schema.spec.volumes['a'].size") == "string")
        #expect(result("schema.spec.volumes.b.x") == "undefined field 'x' of schema.spec.volumes.@elem")
        #expect(result("schema.spec.open.known") == "bool")
        #expect(result("schema.spec.open.anything.at.all") == "dyn")
        #expect(result("schema.spec.ports.map(p, p.port)") == "list(int)")
    }

    @Test("Names that are no names of the language are escaped, keywords can be written plainly too")
    func escapes() throws {
        let names = ["a-b", "c.d", "e/f", "g__h", "namespace", "plain", "ü", "1x"]
        let properties = JSONObject(names.map { ($0, ["type": "string"]) })
        let type = try type(["type": "object", "properties": .object(properties)])
        let environment = Environment(variables: ["s": type])
        let document = JSON.object(JSONObject(names.map { ($0, .string("<\($0)>")) }))
        let variables: Variables = ["s": Value(document: document, as: type)]
        let cases = [
            ("s.a__dash__b", "<a-b>"), ("s.c__dot__d", "<c.d>"), ("s.e__slash__f", "<e/f>"),
            ("s.g__underscores__h", "<g__h>"), ("s.g__h", "<g__h>"), ("s.namespace", "<namespace>"),
            ("s.__namespace__", "<namespace>"), ("s.plain", "<plain>"), ("s.`a-b`", "<a-b>"),
            ("has(s.a__dash__b) ? 'yes' : 'no'", "yes"),
        ]
        for (text, expected) in cases {
            let program = try environment.compile(text)
            #expect(try program.evaluate(variables).text == expected, "\(text)")
        }
        #expect(throws: CompileError.self) { try environment.compile("s.a__dot__b") }
    }

    @Test("References into the schema are followed, and end where they come back")
    func references() throws {
        let schema: JSON = [
            "$defs": [
                "node": [
                    "type": "object",
                    "properties": ["name": ["type": "string"], "children": ["items": ["$ref": "#/$defs/node"]]],
                ],
                "a/b%c": ["type": "integer"],
            ],
            "type": "object",
            "properties": [
                "tree": ["$ref": "#/$defs/node"], "n": ["$ref": "#/$defs/a~1b%25c"], "all": ["$ref": "#"],
                "far": ["$ref": "https://example.com/schema"], "maybe": ["$ref": "#/$defs/a~1b%25c", "nullable": true],
            ],
        ]
        let type = try #require(try type(schema).object)
        #expect(type.fields["n"] == .int)
        #expect(type.fields["maybe"] == .nullable(.int))
        #expect(type.fields["far"] == .dyn)
        let tree = try #require(type.fields["tree"]?.object)
        #expect(tree.name == "s.tree")
        #expect(tree.fields == ["name": .string, "children": .list(.dyn)])
        #expect(throws: Fault.self) { try self.type(["$ref": "#/$defs/none"]) }
        let part = try CELType(schema: ["$ref": "#/$defs/a~1b%25c"], name: "p", root: schema)
        #expect(part == .int)
    }

    @Test("The fields of the parts of a schema are fields of the whole")
    func parts() throws {
        let schema: JSON = [
            "type": "object", "properties": ["type": ["type": "string"]],
            "oneOf": [
                ["properties": ["url": ["type": "string"], "size": ["type": "integer"]]],
                ["properties": ["path": ["type": "string"], "size": ["type": "string"]], "required": ["path"]],
                ["required": ["type"]],
            ],
        ]
        let type = try #require(try type(schema).object)
        #expect(type.fields == ["type": .string, "url": .string, "path": .string, "size": .dyn])
        #expect(!type.allowsOtherFields)
    }

    @Test("An embedded resource has the fields of every resource")
    func embedded() throws {
        let schema: JSON = [
            "type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true,
        ]
        let type = try #require(try type(schema).object)
        #expect(type.fields.keys.sorted() == ["apiVersion", "kind", "metadata"] && type.allowsOtherFields)
    }

    @Test("A schema that is too large or too deep is refused")
    func limits() {
        var deep: JSON = ["type": "string"]
        for _ in 0..<200 { deep = ["type": "array", "items": deep] }
        #expect(throws: Fault.self) { try type(deep) }
        // Each of these refers to the next one twice.
        let definitions =
            (0..<40).map { index in
                (
                    "d\(index)",
                    [
                        "properties": [
                            "a": ["$ref": .string("#/d\(index + 1)")], "b": ["$ref": .string("#/d\(index + 1)")],
                        ]
                    ]
                )
            } as [(String, JSON)]
        var schema = JSON.object(JSONObject(definitions))
        schema["d40"] = ["type": "string"]
        schema["$ref"] = "#/d0"
        #expect(throws: Fault.self) { try type(schema) }
    }

    @Test("The type of a sample has the fields of the sample")
    func samples() throws {
        let sample: JSON = [
            "a": 1, "b": [["c": "x", "n": nil], ["c": nil, "d": true, "n": nil], ["c": "y"]], "e": [:], "f": nil,
            "g": [], "h": [1, "x"],
            "big": .number(JSONNumber(text: "18446744073709551615")!), "half": .number(JSONNumber(text: "0.5")!),
        ]
        let type = try #require(CELType(inferredFrom: sample, name: "doc").object)
        #expect(type.fields["a"] == .int && type.fields["big"] == .uint && type.fields["half"] == .double)
        #expect(type.fields["e"] == .map(.string, .dyn) && type.fields["f"] == .dyn)
        #expect(type.fields["g"] == .list(.dyn) && type.fields["h"] == .list(.dyn))
        let element = try #require(type.fields["b"]?.element?.object)
        #expect(element.name == "doc.b.@idx" && element.fields == ["c": .nullable(.string), "d": .bool, "n": .dyn])
        var deep: JSON = 1
        for _ in 0..<3_000 { deep = [deep] }
        _ = CELType(inferredFrom: deep, name: "deep")
    }

    @Test("Samples and schemas with many different fields take no longer than their size", .timeLimit(.minutes(1)))
    func manyFields() throws {
        let objects = (0..<20_000).map { index in JSON.object(JSONObject([("k\(index)", ["v\(index)": 1])])) }
        let type = CELType(inferredFrom: .array(objects), name: "doc")
        #expect(type.element?.object?.fields.count == 20_000)
        let parts = (0..<10_000).map { index in
            JSON.object(["properties": .object(JSONObject([("k\(index)", ["type": "string"])]))])
        }
        let whole = try self.type(["type": "object", "oneOf": .array(parts)])
        #expect(whole.object?.fields.count == 10_000)
        #expect(try self.type(["oneOf": .array(parts)]).object?.fields.count == 10_000)
    }

    @Test("The schema of a type is read as the same type")
    func roundTrip() throws {
        let inner = ObjectType(name: "s.o", fields: ["x": .int, "t": .timestamp])
        let open = ObjectType(name: "s.p", fields: ["y": .bytes], allowsOtherFields: true)
        let type = ObjectType(
            name: "s",
            fields: [
                "o": .object(inner), "p": .object(open), "l": .list(.double), "m": .map(.string, .bool), "d": .duration,
                "n": .nullable(.string), "any": .dyn,
            ])
        let read = try #require(try self.type(CELType.object(type).schema).object)
        #expect(read.fields == type.fields)
        let readInner = try #require(read.fields["o"]?.object), readOpen = try #require(read.fields["p"]?.object)
        #expect(readInner.fields == inner.fields)
        #expect(readOpen.fields == open.fields && readOpen.allowsOtherFields)
        #expect(CELType.uint.schema == ["type": "integer"])
        #expect(CELType.optional(.string).schema == ["type": "string"])
    }
}

extension CELType {
    fileprivate var object: ObjectType? { if case .object(let type) = self { type } else { nil } }
    fileprivate var element: CELType? { if case .list(let type) = self { type } else { nil } }
}
