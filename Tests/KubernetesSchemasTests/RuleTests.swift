// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Rules")
struct RuleTests {
    /// A schema of the field `x`, what it was, what it is, and what is said of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let schema: String, old: String?, new: String, found: [String]
        init(_ schema: String, _ new: String, old: String? = nil, _ found: String...) {
            (self.schema, self.old, self.new, self.found) = (schema, old, new, found)
        }
        var testDescription: String { "\(schema) of \(new)" }
    }

    private static func rule(_ type: String, _ rule: String) -> String {
        "{\(type), x-kubernetes-validations: [{\(rule)}]}"
    }
    private static let keyed =
        "type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, required: [k], properties: {k: {type: string}, v: {type: integer, x-kubernetes-validations: [{rule: self >= oldSelf}]}}}"

    private static let rows: [Row] = [
        Row(rule("type: integer", "rule: self > 5"), "6"),
        Row(rule("type: integer", "rule: self > 5"), "5", "x: Invalid value: 5: failed rule: self > 5"),
        Row(rule("type: integer", "rule: self > 5, message: too small"), "5", "x: Invalid value: 5: too small"),
        Row(
            rule("type: integer", #"rule: self > 5, messageExpression: '"got " + string(self)'"#), "5",
            "x: Invalid value: 5: got 5"),
        Row(
            rule("type: integer", #"rule: self > 5, message: plain, messageExpression: '" "'"#), "5",
            "x: Invalid value: 5: plain"),
        Row(
            rule("type: integer", "rule: self > 5, reason: FieldValueForbidden"), "5",
            "x: Forbidden: failed rule: self > 5"),
        Row(rule("type: integer", "rule: self > 5, reason: FieldValueDuplicate"), "5", "x: Duplicate value: 5"),
        Row(
            rule(
                "type: object, properties: {a: {type: string}}",
                "rule: has(self.a), fieldPath: .a, reason: FieldValueRequired"),
            "{}", "x.a: Required value: failed rule: has(self.a)"),
        Row(
            rule("type: object, properties: {a: {type: string}}", "rule: has(self.a)"), "{}",
            "x: Invalid value: failed rule: has(self.a)"),
        Row(
            rule("type: object, properties: {a-b: {type: integer}}", "rule: self.a__dash__b > 0"), "{a-b: 0}",
            "x: Invalid value: failed rule: self.a__dash__b > 0"),
        Row(
            rule("type: string, format: date-time", "rule: \"self > timestamp('2024-01-01T00:00:00Z')\""),
            "'2023-01-01T00:00:00Z'",
            #"x: Invalid value: "2023-01-01T00:00:00Z": failed rule: self > timestamp('2024-01-01T00:00:00Z')"#),
        Row(
            rule("x-kubernetes-int-or-string: true", "rule: \"type(self) == int ? self < 5 : self.endsWith('%')\""),
            "7",
            "x: Invalid value: 7: failed rule: type(self) == int ? self < 5 : self.endsWith('%')"),
        Row(
            rule("type: object, additionalProperties: {type: integer}", "rule: self.a > 0"), "{b: 1}",
            #"x: Invalid value: "object": no such key: a evaluating rule: self.a > 0"#),
        // Rules about changes.
        Row(rule("type: integer", "rule: self >= oldSelf"), "1"),
        Row(rule("type: integer", "rule: self >= oldSelf"), "2", old: "1"),
        Row(
            rule("type: integer", "rule: self >= oldSelf"), "1", old: "2",
            "x: Invalid value: 1: failed rule: self >= oldSelf"),
        Row(
            rule("type: integer", "rule: oldSelf.hasValue() || self > 5, optionalOldSelf: true"), "5",
            "x: Invalid value: 5: failed rule: oldSelf.hasValue() || self > 5"),
        Row(rule("type: integer", "rule: oldSelf.hasValue() || self > 5, optionalOldSelf: true"), "5", old: "6"),
        Row("{\(keyed)}", "[{k: b, v: 0}, {k: a, v: 5}]", old: "[{k: a, v: 5}, {k: c, v: 9}]"),
        Row(
            "{\(keyed)}", "[{k: b, v: 0}, {k: a, v: 4}]", old: "[{k: a, v: 5}]",
            "x[1].v: Invalid value: 4: failed rule: self >= oldSelf"),
        // What did not change is tolerated.
        Row(rule("type: integer", "rule: self > 5"), "5", old: "5"),
        Row(
            rule("type: object, properties: {a: {type: integer}, b: {type: integer}}", "rule: self.a > 0"),
            "{a: 0, b: 1}", old: "{a: 0, b: 1}"),
        Row(
            rule("type: object, properties: {a: {type: integer}, b: {type: integer}}", "rule: self.a > 0"),
            "{a: 0, b: 2}",
            old: "{a: 0, b: 1}", "x: Invalid value: failed rule: self.a > 0"),
        Row("{type: string, maxLength: 2}", "abc", old: "abc"),
        Row("{type: string, maxLength: 2}", "abcd", old: "abc", "x: Too long: may not be more than 2 bytes"),
        Row(
            "{type: object, required: [b], properties: {a: {type: string, maxLength: 1}, b: {type: string}}}",
            "{a: xx, b: new}", old: "{a: xx, b: old}"),
        Row(
            "{type: array, items: {type: string, maxLength: 1}}", "[xx, z]", old: "[xx]",
            "x[0]: Too long: may not be more than 1 byte"),
        Row("{type: array, items: {type: string, maxLength: 1}}", "[xx]", old: "[xx]"),
        Row(
            "{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, required: [k], properties: {k: {type: string}, v: {type: string, maxLength: 1}}}}",
            "[{k: new, v: yy}, {k: a, v: xx}]", old: "[{k: a, v: xx}]", "x[0].v: Too long: may not be more than 1 byte"),
        Row("{type: object, additionalProperties: {type: string, maxLength: 1}}", "{a: xx, b: z}", old: "{a: xx}"),
    ]

    @Test("Rules are run, and changes told from what was there", arguments: rows)
    func texts(_ row: Row) throws {
        let schema = try fields("x: \(row.schema)")
        let old: JSON? = try row.old.map { ["x": try yaml($0)] }
        #expect(try problems(schema, ["x": try yaml(row.new)], old: old) == row.found)
    }

    @Test("What is tolerated is told as a warning")
    func warnings() throws {
        let schema = try fields("x: \(Self.rule("type: integer", "rule: self > 5"))")
        let result = schema.validate(["x": 5], old: ["x": 5])
        #expect(result.isValid)
        #expect(result.warnings.map(\.description) == ["x: Invalid value: 5: failed rule: self > 5"])
    }

    @Test("Rules of the root see the names in metadata, and errors name no field")
    func root() throws {
        var json: JSON = ["type": "object", "properties": ["spec": ["type": "object"]]]
        json["x-kubernetes-validations"] = [["rule": "self.metadata.name.size() < 4 && self.kind == 'K'"]]
        let schema = try StructuralSchema(json)
        #expect(try problems(schema, try yaml("{kind: K, metadata: {name: abc}}")) == [])
        #expect(
            try problems(schema, try yaml("{kind: K, metadata: {name: abcd}}"))
                == ["<nil>: Invalid value: failed rule: self.metadata.name.size() < 4 && self.kind == 'K'"])
    }

    @Test("Rules wait until the object is of the right shape")
    func blocked() throws {
        let schema = try fields("x: \(Self.rule("type: integer", "rule: self > 5"))")
        #expect(
            try problems(schema, ["x": "a"]) == [
                #"x: Invalid value: "string": x in body must be of type integer: "string""#,
                "<nil>: Invalid value: null: some validation rules were not checked because the object was invalid; "
                    + "correct the existing errors to complete validation",
            ])
    }

    private static let refused: [(String, String)] = [
        (rule("type: integer", "rule: self.foo > 1"), "rule: Invalid value"),
        (rule("type: integer", "rule: self + 1"), "cel expression must evaluate to a bool"),
        (rule("type: integer", "rule: self >"), "compilation failed: ERROR: <input>:1:"),
        (rule("type: integer", "rule: ''"), "rule: Required value: rule is not specified"),
        (
            rule("type: integer", "rule: self > 1, message: ' '"),
            "message: Invalid value: \" \": must be non-empty if specified"
        ),
        (
            rule("type: integer", "rule: self > 1, messageExpression: '1'"),
            "messageExpression must evaluate to a string"
        ),
        (rule("type: integer", "rule: self > 1, reason: Odd"), "reason: Unsupported value: \"Odd\""),
        (
            rule("type: object, properties: {a: {type: string}}", "rule: has(self.a), fieldPath: .b"),
            "fieldPath: Invalid value: \".b\": must be a valid path"
        ),
        (
            rule("type: integer", "rule: self > 1, optionalOldSelf: true"),
            "may not be set if oldSelf is not used in rule"
        ),
        (
            "{type: array, items: {type: integer, x-kubernetes-validations: [{rule: self > oldSelf}]}}",
            "oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[x]"
        ),
        (
            rule("type: object, x-kubernetes-preserve-unknown-fields: true", "rule: self.unknown == 1"),
            "undefined field 'unknown'"
        ),
        (
            rule("type: integer, default: 1", "rule: self > 1"),
            "schema.properties[x].default: Invalid value: 1: failed rule: self > 1"
        ),
        (
            "{type: object, default: {a: 1}, properties: {a: {type: integer, x-kubernetes-validations: [{rule: self > 1}]}}}",
            "schema.properties[x].default.a: Invalid value: 1: failed rule: self > 1"
        ),
        ("{type: integer, anyOf: [{x-kubernetes-validations: [{rule: self > 1}]}]}", "must be empty to be structural"),
    ]

    @Test("Rules that cannot work are refused with the schema", arguments: refused)
    func compile(_ node: String, _ text: String) throws {
        let found = refusal(of: ["type": "object", "properties": ["x": try yaml(node)]])
        #expect(found.count == 1)
        #expect(found.joined().contains(text), "\(found)")
    }

    @Test("A rule that never ends is ended, and no other is run for the object")
    func budget() throws {
        let loop = "self.all(a, self.all(b, self.all(c, self.all(d, a + b + c + d >= 0))))"
        let schema = try fields(
            "x: {type: array, items: {type: integer}, x-kubernetes-validations: [{rule: '\(loop)'}, {rule: 'false'}]}")
        let object: JSON = ["x": .array((0..<200).map { .number(JSONNumber($0)) })]
        var limits = ValidationLimits()
        limits.perCall = 20_000
        let found = schema.validate(object, limits: limits).errors
        #expect(found.count == 1)
        #expect(found.first?.detail.contains("call cost exceeds limit for rule") == true)
        let many = try fields(
            "x: {type: array, items: {type: integer, x-kubernetes-validations: [{rule: '[1, 2, 3].all(a, a + self > 0)'}]}}"
        )
        limits.perObject = 500
        #expect(
            many.validate(object, limits: limits).errors.map(\.detail).contains {
                $0.contains("running out of cost budget, no further validation rules will be run")
            })
    }
}
