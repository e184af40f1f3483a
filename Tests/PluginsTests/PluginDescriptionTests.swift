// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Orchestration
import TestInputs
import Testing

@testable import Plugins

@Suite("Descriptions of plug-ins") struct PluginDescriptionTests {
    static let document = """
        {"protocolVersion":"v1alpha1","name":"n","version":"1","operations":[{"type":"a.example/v1alpha1",
        "summary":"Does.","properties":{"type":"object","properties":{"list":{"type":"array","items":{"type":"string",
        "enum":["a","b"]},"maxItems":2},"map":{"type":"object","additionalProperties":{"type":"number","maximum":2}},
        "open":{"type":"object","x-kubernetes-preserve-unknown-fields":true},"maybe":{"type":"string","nullable":true}}},
        "outputs":{"type":"object"},"content":{"input":"data","output":"data","inputFiles":["more"]},
        "deadlineSeconds":5}]}
        """

    static func parsed(_ text: String) throws(Fault) -> PluginDescription {
        try PluginDescription(JSON(parsing: Array(text.utf8), source: "test"), source: "test")
    }

    @Test("what is described becomes a kind of operation, with its contents among properties and outputs")
    func read() throws {
        let operation = try Self.parsed(Self.document).operations[0]
        #expect(operation.type == "a.example/v1alpha1" && operation.deadline == .seconds(5))
        let type = operation.operationType
        #expect(type.properties["properties"]?.object?.keys == ["list", "map", "open", "maybe", "data", "more"])
        #expect(type.properties["required"] == ["data", "more"] && type.outputs["required"] == ["data"])
    }

    static let wrong: [(String, String, String)] = [
        (#""v1alpha1","name""#, #""v2","name""#, "speaks the version 'v2'"),
        (#""name":"n""#, #""name":"""#, "'name' is missing"),
        (#""name":"n""#, #""name":"a\nb""#, "'name' is missing"),
        (#""version":"1""#, #""versions":"1""#, "does not know"),
        (#""summary":"Does.""#, #""summary":1"#, "'summary' is missing"),
        (#"a.example/v1alpha1"#, "a.example", "no kind of operation"),
        (#"a.example/v1alpha1"#, "../x/v1", "no kind of operation"),
        (#"a.example/v1alpha1"#, "a example/v1", "no kind of operation"),
        (#""maxItems":2"#, #""uniqueItems":true"#, "keyword 'uniqueItems', which is not checked"),
        (#""maxItems":2"#, #""maxItems":-2"#, "no number of things"),
        (#""type":"number""#, #""type":"float""#, "'type' is none of"),
        (#""enum":["a","b"]"#, #""enum":"a""#, "'enum' is no list"),
        (#""outputs":{"type":"object"}"#, #""outputs":{"type":"string"}"#, "does not have the type 'object'"),
        (#""outputs":{"type":"object"}"#, #""outputs":{"type":"object","properties":{"data":{}}}"#, "'data' twice"),
        (#""input":"data""#, #""input":"../data""#, "no name of a content"),
        (#"["more"]"#, #"["more","more"]"#, "'more' twice"),
        (#""deadlineSeconds":5"#, #""deadlineSeconds":0"#, "deadlineSeconds"),
        (#""deadlineSeconds":5"#, #""deadline":5"#, "does not know"),
    ]

    @Test("a description of the wrong form is refused, and the reason says where", arguments: wrong)
    func refused(_ old: String, _ new: String, _ says: String) throws {
        let text = Self.document.replacing(old, with: new, maxReplacements: 1)
        try #require(text != Self.document)
        let fault = try #require(throws: Fault.self) { try Self.parsed(text) }
        #expect(fault.message.contains(says), "\(fault)")
    }

    @Test("a schema nested without end is refused")
    func deep() throws {
        let schema = String(repeating: #"{"items":"#, count: 100) + "{}" + String(repeating: "}", count: 100)
        let json = try JSON(parsing: Array(schema.utf8), source: "test")
        #expect(throws: Fault.self) { try ValueSchema(json, of: "x") }
    }

    static let values: [(String, String)] = [
        (#"{"list":["a","b"],"map":{"x":1.5},"open":{"y":1},"maybe":null}"#, ""),
        (#"{"list":["c"]}"#, #"p.list[0] is none of "a", "b""#),
        (#"{"list":["a","a","a"]}"#, "p.list has 3 elements, more than 2"),
        (#"{"list":"a"}"#, "p.list is string, not array"),
        (#"{"map":{"x":3}}"#, "p.map.x is greater than 2.0"),
        (#"{"map":{"x":"3"}}"#, "p.map.x is string, not number"),
        (#"{"maybe":true}"#, "p.maybe is boolean, not string"),
        (#"{"list":null}"#, "p.list is null, not array"),
        (#"{"new":1}"#, "p has 'new', which is not described"),
        ("[]", "p is array, not object"),
    ]

    @Test("values are held against a schema", arguments: values)
    func compared(_ text: String, _ problem: String) throws {
        let schema = try Self.parsed(Self.document).operations[0].properties
        let problems = schema.problems(in: try JSON(parsing: Array(text.utf8), source: "test"), named: "p")
        #expect(problems.joined() == problem)
    }

    @Test("a damaged description is refused or read, and never ends the program")
    func damaged() {
        var mutator = ByteMutator(samples: [Array(Self.document.utf8)], tokens: ["type", "{}", "[]", "null"], seed: 20)
        var refused = 0
        for _ in 0..<5000 {
            let bytes = mutator.next()
            do {
                let json = try JSON(parsing: bytes, source: "test")
                _ = try PluginDescription(json, source: "test").operations.map(\.operationType)
            } catch { refused += 1 }
        }
        #expect(refused > 1000)
    }
}
