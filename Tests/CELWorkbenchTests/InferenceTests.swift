// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELWorkbench
import Documents
import Testing

@Suite("What values show of their types") struct InferenceTests {
    private func type(_ yaml: String) throws -> CELType {
        CELType(of: Value(try YAML.document(Array(yaml.utf8), source: "a test").root), named: "x")
    }

    @Test(
        "plain values and lists",
        arguments: [
            ("1", "int"), ("1.5", "double"), ("a", "string"), ("true", "bool"), ("null", "dyn"), ("[]", "list(dyn)"),
            ("[1, 2]", "list(int)"), ("[1, a]", "list(dyn)"), ("[1, null]", "list(dyn)"),
            ("[[1], []]", "list(list(int))"),
            ("{}", "map(string, dyn)"), ("{a/b: 1, c: 2}", "map(string, int)"), ("{a/b: 1, c: x}", "map(string, dyn)"),
        ])
    func plain(yaml: String, expected: String) throws { #expect(try type(yaml).description == expected) }

    @Test("objects have the fields that are there, in lists those of all elements") func objects() throws {
        guard case .object(let object) = try type("{spec: {size: 1}, items: [{a: 1}, {b: x, a: 2}], labels: {k: v}}")
        else { throw Fault(.internal, "no object") }
        #expect(object.fields.keys.sorted() == ["items", "labels", "spec"])
        #expect(object.fields["labels"] == .map(.string, .string))
        guard case .object(let spec)? = object.fields["spec"], case .list(.object(let item))? = object.fields["items"]
        else { throw Fault(.internal, "no objects") }
        #expect(spec.name == "x.spec" && spec.fields == ["size": .int])
        #expect(item.name == "x.items[]" && item.fields == ["a": .int, "b": .string])
    }

    @Test("a misspelled field is an error that names the place and the right one") func misspelled() throws {
        var session = Session()
        try session.set("d", toDocument: ["spec": ["replicas": 3]])
        #expect {
            try session.check("d.spec.replica > 1")
        } throws: { error in
            let text = "\(error)"
            return text.contains("d.spec") && text.contains("did you mean 'replicas'?")
        }
        // When it runs, has() and friends see what is there.
        let program = try session.compile("has(d.spec.replica) || d.?spec.?x.orValue(true)")
        guard case .value(.bool(true)) = try session.evaluate(program) else { throw Fault(.internal, "not true") }
    }

    @Test(
        "a value becomes what was declared for it",
        arguments: [
            ("timestamp", "2026-01-02T03:04:05Z", "timestamp(\"2026-01-02T03:04:05Z\")"),
            ("duration", "1h30m", "duration(\"5400s\")"), ("bytes", "YWJj", "b\"abc\""), ("uint", "3", "3u"),
            ("double", "3", "3.0"), ("int", "3.0", "3"), ("list(uint)", "[1, 2]", "[1u, 2u]"),
            ("map(string, duration)", "{a: 1s}", "{\"a\": duration(\"1s\")}"),
            ("optional(int)", "null", "optional.none()"),
            ("optional(int)", "4", "optional.of(4)"), ("wrapper(int)", "null", "null"), ("dyn", "x", "\"x\""),
        ])
    func declared(type: String, value: String, expected: String) throws {
        var session = Session()
        try session.declare("x", as: CELType(notation: type))
        try session.set("x", toDocument: YAML.document(Array(value.utf8), source: "a test").root)
        #expect(session.values["x"]?.literalText == expected)
    }

    @Test(
        "a value of another type than was declared is refused",
        arguments: [
            ("int", "x"), ("int", "1.5"), ("uint", "-1"), ("timestamp", "yesterday"), ("list(int)", "[a]"),
            ("string", "1"), ("map(string, int)", "{a: b}"), ("int", "null"),
        ])
    func refused(type: String, value: String) throws {
        var session = Session()
        try session.declare("x", as: CELType(notation: type))
        let json = try YAML.document(Array(value.utf8), source: "a test").root
        #expect(throws: Fault.self) { try session.set("x", toDocument: json) }
    }
}
