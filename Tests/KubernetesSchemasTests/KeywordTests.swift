// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Keywords of schemas")
struct KeywordTests {
    /// A schema of the field `x`, a value of it, and what is said of it.
    struct Row: Sendable, CustomTestStringConvertible {
        let schema: String
        let value: String
        let errors: [String]
        init(_ schema: String, _ value: String, _ errors: String...) {
            (self.schema, self.value, self.errors) = (schema, value, errors)
        }
        var testDescription: String { "\(schema) of \(value)" }
    }

    private static let rows: [Row] = [
        Row("type: string", "{x: a}"),
        Row("type: string", "{x: 1}", #"x: Invalid value: "integer": x in body must be of type string: "integer""#),
        Row("type: string", "{x: 1.5}", #"x: Invalid value: "number": x in body must be of type string: "number""#),
        Row("type: string", "{x: {}}", #"x: Invalid value: "object": x in body must be of type string: "object""#),
        Row("type: integer", "{x: 2.0}"),
        Row(
            "type: integer", "{x: 2.5}", #"x: Invalid value: "number": x in body must be of type integer: "number""#,
            #"<nil>: Invalid value: "": Checked value must be of type integer (default format) in x"#),
        Row("type: integer", "{x: a}", #"x: Invalid value: "string": x in body must be of type integer: "string""#),
        Row("type: number", "{x: 2}"),
        Row("type: boolean", "{x: []}", #"x: Invalid value: "array": x in body must be of type boolean: "array""#),
        Row("{type: string, nullable: true}", "{x: null}"),
        Row(
            "{type: array, items: {type: string}}", "{x: [null]}",
            #"x[0]: Invalid value: "null": x[0] in body must be of type string: "null""#),
        Row("x-kubernetes-int-or-string: true", "{x: 5}"),
        Row("x-kubernetes-int-or-string: true", "{x: 50%}"),
        Row(
            "x-kubernetes-int-or-string: true", "{x: true}",
            #"x: Invalid value: "boolean": x in body must be of type integer,string: "boolean""#),
        Row(
            "{x-kubernetes-int-or-string: true, anyOf: [{type: integer}, {type: string}], pattern: '^a'}", "{x: b}",
            #"x: Invalid value: "b": x in body should match '^a'"#),
        Row("{type: string, enum: [a, b]}", "{x: b}"),
        Row("{type: string, enum: [a, b]}", "{x: c}", #"x: Unsupported value: "c": supported values: "a", "b""#),
        Row("{type: integer, enum: [1, 2]}", "{x: 3}", #"x: Unsupported value: 3: supported values: "1", "2""#),
        Row("{type: integer, enum: [1, 2]}", "{x: 1}"),
        Row("{type: string, maxLength: 2}", "{x: abc}", "x: Too long: may not be more than 2 bytes"),
        Row("{type: string, maxLength: 1}", "{x: ab}", "x: Too long: may not be more than 1 byte"),
        Row("{type: string, maxLength: 2}", "{x: äö}"),
        Row(
            "{type: string, minLength: 2}", "{x: a}",
            #"x: Invalid value: "a": x in body should be at least 2 chars long"#),
        Row(
            "{type: string, pattern: '^[a-z]+$'}", "{x: 'A\"'}",
            #"x: Invalid value: "A\"": x in body should match '^[a-z]+$'"#),
        Row(
            "{type: integer, maximum: 10}", "{x: 11}",
            "x: Invalid value: 11: x in body should be less than or equal to 10"),
        Row(
            "{type: integer, maximum: 10, exclusiveMaximum: true}", "{x: 10}",
            "x: Invalid value: 10: x in body should be less than 10"),
        Row(
            "{type: integer, minimum: 1}", "{x: 0}",
            "x: Invalid value: 0: x in body should be greater than or equal to 1"),
        Row(
            "{type: number, minimum: 1.5, exclusiveMinimum: true}", "{x: 1.5}",
            "x: Invalid value: 1.5: x in body should be greater than 1.5"),
        Row("{type: number, maximum: 1.5}", "{x: 1}"),
        Row("{type: integer, multipleOf: 5}", "{x: 12}", "x: Invalid value: 12: x in body should be a multiple of 5"),
        Row("{type: number, multipleOf: 0.1}", "{x: 0.3}"),
        Row(
            "{type: integer, format: int32}", "{x: 2147483648}",
            #"<nil>: Invalid value: "": Checked value must be of type integer with format int32 in x"#),
        Row("{type: integer, format: int32}", "{x: 2147483647}"),
        Row(
            "{type: array, maxItems: 2, items: {type: string}}", "{x: [a, b, c]}",
            "x: Too many: 3: must have at most 2 items"),
        Row(
            "{type: array, maxItems: 1, items: {type: string}}", "{x: [a, b]}",
            "x: Too many: 2: must have at most 1 item"),
        Row(
            "{type: array, minItems: 1, items: {type: string}}", "{x: []}",
            "x: Invalid value: 0: x in body should have at least 1 items"),
        Row(
            "{type: object, maxProperties: 2, additionalProperties: {type: string}}", "{x: {a: '', b: '', c: ''}}",
            "x: Too many: 3: must have at most 2 items"),
        Row(
            "{type: object, minProperties: 1, additionalProperties: {type: string}}", "{x: {}}",
            "x: Invalid value: 0: x in body should have at least 1 properties"),
        Row(
            "{type: object, required: [a], properties: {a: {type: string}}}", "{x: {}}", "x.a: Required value"),
        Row(
            "{type: object, additionalProperties: {type: integer}}", "{x: {a.b: c}}",
            #"x.a.b: Invalid value: "string": x.a.b in body must be of type integer: "string""#),
        Row(
            "{type: array, items: {type: object, properties: {m: {type: integer}}}}", "{x: [{m: 1}, {m: a}]}",
            #"x[1].m: Invalid value: "string": x[1].m in body must be of type integer: "string""#),
        Row(
            "{type: string, oneOf: [{pattern: a}, {pattern: b}]}", "{x: ab}",
            #"<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found 2 valid alternatives"#),
        Row(
            "{type: string, oneOf: [{pattern: a}, {pattern: b}]}", "{x: c}",
            #"<nil>: Invalid value: "": "x" must validate one and only one schema (oneOf). Found none valid"#,
            #"x: Invalid value: "c": x in body should match 'a'"#),
        Row("{type: string, anyOf: [{pattern: a}, {pattern: b}]}", "{x: b}"),
        Row(
            "{type: string, anyOf: [{pattern: a}, {pattern: b}]}", "{x: c}",
            #"<nil>: Invalid value: "": "x" must validate at least one schema (anyOf)"#,
            #"x: Invalid value: "c": x in body should match 'a'"#),
        Row(
            "{type: string, allOf: [{pattern: a}, {pattern: b}]}", "{x: c}",
            #"x: Invalid value: "c": x in body should match 'a'"#,
            #"x: Invalid value: "c": x in body should match 'b'"#,
            #"<nil>: Invalid value: "": "x" must validate all the schemas (allOf). None validated"#),
        Row(
            "{type: string, not: {pattern: a}}", "{x: a}",
            #"<nil>: Invalid value: "": "x" must not validate the schema (not)"#),
        Row(
            "{type: string, format: date-time}", "{x: yesterday}",
            #"x: Invalid value: "yesterday": x in body must be of type date-time: "yesterday""#),
        Row(
            "{type: string, format: date-time}", "{x: 5}",
            #"x: Invalid value: "int64": x in body must be of type date-time: "int64""#),
        Row(
            "{type: string, format: k8s-long-name}", "{x: 'a.-'}",
            #"x: Invalid value: "a.-": x in body must be of type k8s-long-name: "a.-""#),
        Row("{type: string, format: made-up}", "{x: anything}"),
    ]

    @Test("What is wrong with a value is said as the API server says it", arguments: rows)
    func texts(_ row: Row) throws {
        #expect(try problems(try fields("x:\n  \(row.schema)"), try yaml(row.value)) == row.errors)
    }

    private static let formats: [(String, right: [String], wrong: [String])] = [
        ("bsonobjectid", ["507f1f77bcf86cd799439011"], ["507f1f77"]),
        ("uri", ["http://example.org/a", "/path"], ["a b", "example"]),
        ("email", ["a@b.example", "A B <a@b.example>", #""a b"@c.example"#], ["a", "@b", "a@", "a@b c"]),
        (
            "hostname", ["example.org", "a", "a-b.example"],
            ["-a.org", "a..b", String(repeating: "a", count: 64) + ".org"]
        ),
        ("ipv4", ["10.0.0.1", "010.0.0.1"], ["10.0.0", "::1", "1.2.3.4.5"]),
        ("ipv6", ["::1", "2001:db8::1"], ["10.0.0.1", ":::"]),
        ("cidr", ["10.0.0.0/8", "::/0"], ["10.0.0.0", "10.0.0.0/33"]),
        (
            "mac", ["01:23:45:67:89:ab", "0123.4567.89ab", "01-23-45-67-89-ab-cd-ef"],
            ["01:23:45:67:89", "0123.4567", ""]
        ),
        ("uuid", ["01234567-89AB-cdef-0123-456789abcdef"], ["0123"]),
        ("uuid3", ["01234567-89ab-3def-0123-456789abcdef"], ["01234567-89ab-4def-0123-456789abcdef"]),
        ("uuid4", ["01234567-89ab-4def-8123-456789abcdef"], ["01234567-89ab-4def-0123-456789abcdef"]),
        ("uuid5", ["01234567-89ab-5def-9123-456789abcdef"], ["01234567-89ab-3def-9123-456789abcdef"]),
        ("isbn", ["0321751043", "978-0321751041"], ["0321751044"]),
        ("isbn10", ["0321751043"], ["978-0321751041"]), ("isbn13", ["978-0321751041"], ["978-0321751042"]),
        ("creditcard", ["4111 1111 1111 1111"], ["4111 1111 1111 1112", "1"]),
        ("ssn", ["111-22-3333"], ["111223333", "11-22-3333"]),
        ("hexcolor", ["#FFF", "a0b1c2"], ["#FFFF"]), ("rgbcolor", ["rgb(1, 2,255)"], ["rgb(1,2,256)"]),
        ("byte", ["YWJj"], ["YWJ", ""]), ("password", ["", "x"], []),
        ("date", ["2024-02-29"], ["2023-02-29", "2024-2-1"]),
        (
            "date-time", ["2024-02-29T10:00:00Z", "2024-02-29t10:00:00.5+01:00"],
            ["2024-02-29", "2024-02-29T25:00:00Z"]
        ),
        ("duration", ["10m", "1h30m", "2 days", "3 wk"], ["ten", "5 parsecs", "5"]),
        ("k8s-short-name", ["a-b"], ["a.b", "A"]), ("k8s-long-name", ["a.b"], ["a..b"]),
    ]

    @Test("Formats admit what they should and nothing else", arguments: formats)
    func format(_ name: String, right: [String], wrong: [String]) throws {
        let schema = try fields("x: {type: string, format: \(name)}")
        for text in right { #expect(try problems(schema, ["x": .string(text)]) == [], "\(text)") }
        for text in wrong {
            let found = schema.validate(["x": .string(text)]).errors
            #expect(found.map(\.reason) == [.typeInvalid], "\(text)")
        }
    }

    @Test("The errors of a status are listed in brackets, equal ones once")
    func summary() throws {
        let schema = try fields("{a: {type: string}, b: {type: string}}")
        let found = schema.validate(["a": 1, "b": true]).errors
        #expect(
            found.summary
                == "[\(found[0].description), \(found[1].description)]")
        #expect((found.prefix(1) + found.prefix(1)).summary == found[0].description)
        #expect(found[0].message == #"Invalid value: "integer": a in body must be of type string: "integer""#)
    }

    @Test("An object full of errors yields no more than a thousand of them")
    func manyErrors() throws {
        let schema = try fields("x: {type: array, items: {type: integer}}")
        let object: JSON = ["x": .array([JSON](repeating: "a", count: 50_000))]
        #expect(schema.validate(object).errors.count == 1000)
    }

    @Test("A schema that multiplies the work is stopped")
    func work() throws {
        var inner: JSON = ["minLength": 1]
        for _ in 0..<30 { inner = ["anyOf": [inner, inner]] }
        inner["type"] = "string"
        var root: JSON = ["type": "object", "properties": ["x": inner]]
        #expect(throws: FieldErrors.self) { try StructuralSchema(root) }
        inner = ["minLength": 0]
        for _ in 0..<10 { inner = ["allOf": [inner, inner]] }
        inner["type"] = "string"
        root = ["type": "object", "properties": ["x": ["type": "array", "items": inner]]]
        let schema = try StructuralSchema(root)
        var limits = ValidationLimits()
        limits.steps = 50_000
        #expect(schema.validate(["x": ["", "", "", ""]], limits: limits).isValid)
        let found = schema.validate(["x": .array([JSON](repeating: "", count: 200))], limits: limits).errors
        #expect(found.map(\.detail) == ["validation takes more than 50000 steps"])
    }

    @Test("A pattern that is long for a long text costs what it may cost")
    func patternWork() throws {
        let schema = try fields("x: {type: array, items: {type: string, pattern: '^(a|b){500}(a|b){500}$'}}")
        var limits = ValidationLimits()
        limits.steps = 500_000
        let text = JSON.string(String(repeating: "ab", count: 500))
        #expect(schema.validate(["x": [text]], limits: limits).isValid)
        let found = schema.validate(["x": .array([JSON](repeating: text, count: 100))], limits: limits).errors
        #expect(found.map(\.detail) == ["validation takes more than 500000 steps"])
    }
}
