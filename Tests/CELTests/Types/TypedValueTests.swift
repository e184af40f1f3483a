// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents
import Testing

@Suite("Values read as their schema says")
struct TypedValueTests {
    private let schema: JSON = [
        "type": "object",
        "properties": [
            "at": ["type": "string", "format": "date-time"], "day": ["type": "string", "format": "date"],
            "wait": ["type": "string", "format": "duration"], "data": ["type": "string", "format": "byte"],
            "ratio": ["type": "number"], "count": ["type": "integer"], "port": ["x-kubernetes-int-or-string": true],
            "times": ["type": "array", "items": ["type": "string", "format": "date-time"]],
            "byName": ["type": "object", "additionalProperties": ["type": "number"]],
            "note": ["type": "string", "nullable": true],
        ],
        "additionalProperties": true,
    ]
    private let document: JSON = [
        "at": "2026-01-02T03:04:05.000Z", "day": "2026-01-02", "wait": "1h30m", "data": "aGk=", "ratio": 2,
        "count": 3, "port": "80%", "times": ["2026-01-02T03:04:05Z", "never"], "byName": ["a": 1], "note": nil,
        "unknown": ["x": "2026-01-02T03:04:05Z"],
    ]

    private func evaluate(_ text: String) throws -> Value {
        let type = try CELType(schema: schema, name: "s")
        let environment = Environment(libraries: [.standard, .optionals], variables: ["s": type])
        return try environment.compile(text).evaluate(["s": Value(document: document, as: type)])
    }

    @Test(
        "Each part has the type of its schema",
        arguments: [
            ("s.at.getFullYear()", "2026"), ("s.day == timestamp('2026-01-02T00:00:00Z')", "true"),
            ("s.wait > duration('1h')", "true"), ("size(s.data)", "2"), ("string(s.data)", "hi"),
            ("s.ratio / 4.0", "0.5"),
            ("s.count / 2", "1"), ("s.port", "80%"), ("type(s.port) == string", "true"),
            ("s.times[0] < timestamp('2027-01-01T00:00:00Z')", "true"), ("s.byName['a'] / 2.0", "0.5"),
            ("s.byName.map(k, k)", "[\"a\"]"), ("s.note == null", "true"), ("s.unknown.x.startsWith('2026')", "true"),
            ("has(s.nothing)", "false"), ("s.?nothing.orValue(1)", "1"),
            ("s.times.exists(t, t.getMonth() == 0)", "true"),
        ])
    func parts(text: String, expected: String) throws {
        #expect(try evaluate(text).text == expected)
    }

    @Test("A string that is not of its format stays a string, and only its use fails")
    func wrongFormat() throws {
        #expect(try evaluate("string(dyn(s.times[1]))").text == "never")
        #expect(throws: EvaluationError.self) { try evaluate("s.times[1].getFullYear()") }
        #expect(try evaluate("size(s.times)").text == "2")
    }

    @Test("A whole number of any spelling is an int where the schema has integers")
    func integers() throws {
        let type = CELType.list(.int)
        let numbers = ["3", "3.0", "3e2", "3.5", "9223372036854775808"].map { JSON.number(JSONNumber(text: $0)!) }
        #expect(
            Value(document: .array(numbers), as: type).literalText == "[3, 3, 300, 3.5, 9223372036854775808u]")
        #expect(Value(document: .array([numbers[0]]), as: type, numbers: .doubles).literalText == "[3]")
    }

    @Test("What is not what the type says stays what it is")
    func otherKinds() {
        let cases: [(JSON, CELType, String)] = [
            (1, .string, "1"), ("a", .int, "\"a\""), ([1], .map(.string, .int), "[1]"), (nil, .timestamp, "null"),
            (["a": 1], .list(.int), "{\"a\": 1}"), (5, .timestamp, "5"), ("!", .bytes, "\"!\""),
            ("soon", .duration, "\"soon\""), (nil, .optional(.int), "optional.none()"),
            (1, .optional(.double), "optional.of(1.0)"), (1, .uint, "1u"),
        ]
        for (json, type, text) in cases { #expect(Value(document: json, as: type).literalText == text) }
    }

    @Test("A document that went through an expression is written as it was")
    func backAgain() throws {
        #expect(try evaluate("s").document() == document)
        #expect(try evaluate("{'all': s.times}").document() == ["all": document["times"]!])
        #expect(try evaluate("[s.at]").document() == ["2026-01-02T03:04:05Z"])
    }
}
