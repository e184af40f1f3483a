// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import Documents
import Testing

private let language = Environment(libraries: [.standard, .optionals])

@Suite("Template trees")
struct TemplateTreeTests {
    private func tree(_ document: JSON, _ dialect: TemplateDialect = .kro) throws -> TemplateTree {
        try TemplateTree(document, dialect: dialect, environment: language)
    }

    private func rendered(
        _ document: JSON, _ dialect: TemplateDialect = .kro, _ variables: Variables = [:]
    ) throws -> JSON {
        try tree(document, dialect).compileUnchecked(in: language).render(variables)
    }

    @Test("A document without expressions is returned as it is")
    func plain() throws {
        let document: JSON = ["a": [1, true, nil, "b"], "c": ["${d": "$"]]
        #expect(try tree(document).isPlain)
        #expect(try rendered(document) == document)
    }

    @Test("A string that is one expression keeps the type of its value")
    func standalone() throws {
        let document: JSON = [
            "int": "${1 + 2}", "bool": "${a}", "list": ["${[1, 'b']}", "c"], "map": "${{'k': 1.5}}", "null": "${null}",
            "none": "${optional.none()}", "some": "${optional.of('x')}", "text": "${'y'}", "kept": 7,
        ]
        let expected: JSON = [
            "int": 3, "bool": true, "list": [[1, "b"], "c"], "map": ["k": .number(JSONNumber(text: "1.5")!)],
            "null": nil, "none": nil, "some": "x", "text": "y", "kept": 7,
        ]
        #expect(try rendered(document, .kro, ["a": true]) == expected)
        #expect(try rendered(document, .ocmTransform, ["a": true]) == expected)
    }

    @Test("In kro only strings stand within text")
    func kroText() throws {
        #expect(try rendered("n-${a}-${'b'}!", .kro, ["a": "x"]) == "n-x-b!")
        #expect(throws: TemplateError.self) { try rendered("n-${a}", .kro, ["a": 1]) }
        let typed = language.adding(variables: ["a": .int, "b": .dyn, "c": .string])
        #expect {
            try tree(["f": "n-${a}"]).compile(in: typed)
        } throws: { error in
            "\(error)" == """
                <template> (/f): an expression within text is a string, and this one is of type 'int'; write string(…)
                 | a
                 | ^
                """
        }
        #expect(try tree(["f": "n-${b}${c}"]).compile(in: typed).leaves[0].resultType == .string)
        #expect(throws: TemplateError.self) { try tree("${a}${a}").compile(in: typed) }
    }

    @Test(
        "In OCM every value stands within text as Go prints it",
        arguments: [
            ("null", "<nil>"), ("true", "true"), ("-3", "-3"), ("7u", "7"), ("1.5", "1.5"), ("3.0", "3"),
            ("1000000.0", "1e+06"), ("'a b'", "a b"), ("[]", "[]"), ("['a', 1, [2.5]]", "[a 1 [2.5]]"),
            ("{'k': 'v', 'a': {'b': null}}", "map[a:map[b:<nil>] k:v]"), ("{}", "map[]"),
            ("optional.none()", "<nil>"), ("optional.of(1)", "1"), ("duration('90s')", "1m30s"),
            ("timestamp('2026-01-02T03:04:05Z')", "2026-01-02T03:04:05Z"),
        ])
    func ocmText(expression: String, text: String) throws {
        #expect(try rendered(.string("<${\(expression)}>"), .ocmTransform) == .string("<\(text)>"))
    }

    @Test("What Go refuses does not stand within text", arguments: ["b'a'", "int", "{1: 2}", "[b'a']"])
    func ocmRefusal(expression: String) {
        #expect(throws: TemplateError.self) { try rendered(.string("<${\(expression)}>"), .ocmTransform) }
    }

    @Test("A status field of OCM is an expression or an object of these")
    func bare() throws {
        let document: JSON = ["registry": "r.host", "oci": ["tag": "r.tag + '!'", "n": "size(r.tag)"]]
        let variables: Variables = ["r": ["host": "ghcr.io", "tag": "v1"]]
        #expect(
            try rendered(document, .bare, variables) == ["registry": "ghcr.io", "oci": ["tag": "v1!", "n": 2]])
        let broken: JSON = ["a": 1, "b": ["c": ["x"]], "d": nil, "e": "r.host", "f": "r."]
        #expect {
            try rendered(broken, .bare)
        } throws: { error in
            (error as? TemplateError)?.problems.map(\.pointer.description) == ["/a", "/b/c", "/d", "/f"]
        }
    }

    @Test("A problem is told with its line in the file, its path and its place in the expression")
    func places() throws {
        let yaml = """
            metadata:
              name: ${schema.metadata.name}
            spec:
              replicas: ${schema.spec.replcas}
              text: |
                a ${
                  schema.spec.image +
                  nothing}
              items:
                - ok
                - ${1 +}
            """
        let document = try YAML.document(Array(yaml.utf8), source: "app.yaml")
        #expect {
            try TemplateTree(document, dialect: .kro, environment: language)
        } throws: { error in
            "\(error)".hasPrefix("app.yaml:11:7 (/spec/items/1): the expression ends where")
        }
        let good = try YAML.document(Array(yaml.replacing("${1 +}", with: "${1}").utf8), source: "app.yaml")
        let tree = try TemplateTree(good, dialect: .kro, environment: language)
        let spec = ObjectType(name: "schema.spec", fields: ["replicas": .int, "image": .string])
        let metadata = ObjectType(name: "schema.metadata", fields: ["name": .string])
        let schema = ObjectType(name: "schema", fields: ["spec": .object(spec), "metadata": .object(metadata)])
        #expect {
            try tree.compile(in: language.adding(variables: ["schema": .object(schema)]))
        } throws: { error in
            "\(error)" == """
                app.yaml:4:3 (/spec/replicas): undefined field 'replcas' of schema.spec; did you mean 'replicas'?
                 | schema.spec.replcas
                 | ...........^
                app.yaml:5:3 (/spec/text): undeclared reference to 'nothing'
                 |   nothing
                 | ..^
                """
        }
    }

    @Test("Each leaf has to fit the type of its field")
    func expectedTypes() throws {
        let container = ObjectType(name: "pod.@idx", fields: ["name": .string, "port": .int])
        let pod = ObjectType(
            name: "pod",
            fields: [
                "name": .string, "count": .int, "labels": .map(.string, .string),
                "containers": .list(.object(container)),
            ])
        let open = ObjectType(name: "open", fields: ["pod": .object(pod)], allowsOtherFields: true)
        func problems(_ document: JSON) throws -> [String] {
            do {
                _ = try tree(document).compile(in: language, expected: .object(open))
                return []
            } catch let error as TemplateError { return error.problems.map { "\($0.pointer): \($0.message)" } }
        }
        let good: JSON = [
            "pod": [
                "name": "${'a'}", "count": "${1}", "labels": ["a": "${'b'}"], "none": 1,
                "containers": ["${{'name': 'x'}}", ["name": "n-${'y'}", "port": "${optional.of(1)}"]],
            ], "other": "${1}",
        ]
        #expect(try problems(good) == [])
        #expect(try problems(["pod": ["containers": "${[{'name': 'x', 'port': 1}]}"]]) == [])
        #expect(
            try problems(["pod": ["nme": "${'a'}", "count": "n${'1'}"], "x": ["y": "${1}"]]) == [
                "/pod/nme: undefined field 'nme' of pod",
                "/pod/count: the value does not fit its field: it is of type 'string', not 'int'",
            ])
        #expect(
            try problems(["pod": ["labels": "${{'a': 1}}", "containers": ["a": "${1}"], "name": ["${1}"]]]) == [
                "/pod/containers: this is an object, and its schema says 'list(pod.@idx)'",
                "/pod/name: this is an array, and its schema says 'string'",
                "/pod/labels: the value does not fit its field: .*: it is of type 'int', not 'string'",
            ])
        #expect(
            try problems(["pod": "${{'a': b'x'}}"]) == [
                "/pod: the value does not fit its field: no field of pod is of type 'bytes'"
            ])
    }

    @Test("The paths that a tree reads are known before it is checked")
    func references() throws {
        let tree = try tree([
            "a": "${schema.spec.items.map(i, i.name + other)}", "b": "x-${schema.metadata.name}${optional.of(c[0])}",
            "c": "${type(d) == string && d == google.protobuf.Timestamp}",
        ])
        #expect(
            tree.references.map(\.description).sorted() == [
                "c[0]", "d", "other", "schema.metadata.name", "schema.spec.items",
            ])
        #expect(tree.leaves.map(\.pointer.description) == ["/a", "/b", "/c"])
        #expect(tree.leaves[1].references.map(\.description).sorted() == ["c[0]", "schema.metadata.name"])
    }

    @Test("What cannot be known yet is told apart from what is wrong")
    func missingData() throws {
        let compiled = try tree(["a": "${x.y}", "b": "${x.z}"]).compileUnchecked(in: language)
        #expect { try compiled.render(["x": ["y": 1]]) } throws: { ($0 as? TemplateError)?.isMissingData == true }
        #expect { try compiled.render(["x": 1]) } throws: { ($0 as? TemplateError)?.problems.count == 2 }
        var variables: Variables = ["x": ["y": 1]]
        variables.markUnknown(AttributePath("x", [.field("z")]))
        #expect {
            try compiled.render(variables)
        } throws: {
            ($0 as? TemplateError)?.unknown == [AttributePath("x", [.field("z")])]
        }
    }

    @Test("A value that no document holds is told with its expression")
    func unwritable() throws {
        let compiled = try tree(["a": ["${[b'x']}"]]).compileUnchecked(in: language)
        #expect { try compiled.render() } throws: { error in
            "\(error)" == """
                <template> (/a/0): a document cannot hold bytes; encode them explicitly, as with base64.encode(…) (at /0 \
                of the value)
                 | [b'x']
                 | ^
                """
        }
        #expect(try compiled.render(form: DocumentForm(encodesBytes: true)) == ["a": [["eA=="]]])
    }

    @Test("All leaves share one budget")
    func budget() throws {
        let leaves = (0..<2_000).map { ("k\($0)", JSON.string("${[1, 2, 3].map(x, x + \($0)).size()}")) }
        let compiled = try tree(.object(JSONObject(leaves))).compileUnchecked(in: language)
        #expect(try compiled.render()["k7"] == 3)
        #expect {
            try compiled.render(limits: EvaluationLimits(steps: 1_000, bytes: 1_000_000))
        } throws: {
            ($0 as? TemplateError)?.problems.count == 1 && ($0 as? TemplateError)?.fault.code == .limitExceeded
        }
        let long = Value.string(String(repeating: "x", count: 100_000))
        let copies = try tree(.array(Array(repeating: "${a}", count: 1_000))).compileUnchecked(in: language)
        #expect(throws: TemplateError.self) { try copies.render(["a": long]) }
        #expect(try copies.render(["a": "short"]).array?.count == 1_000)
    }

    @Test("A tree nested too deep is refused")
    func depth() throws {
        var document: JSON = "${1}"
        for _ in 0..<200 { document = [document] }
        #expect(try rendered(document) != .null)
        for _ in 0..<5_000 { document = ["a": document] }
        #expect(throws: TemplateError.self) { try tree(document) }
        let deep = (0..<300).reduce("1") { text, _ in "optional.of([\(text)])" }
        #expect(throws: TemplateError.self) { try rendered(.string("${\(deep)}")) }
    }

    @Test("A document with too many expressions is refused")
    func tooMany() throws {
        let many = Array(repeating: JSON.string("${1}"), count: TemplateTree.mostExpressions)
        #expect(try tree(.array(many)).leaves.count == many.count)
        #expect { try tree(.array(many + many)) } throws: { ($0 as? TemplateError)?.problems.count == 1 }
    }

    @Test("Expressions that Unicode calls equivalent are not the same")
    func equivalence() throws {
        let document: JSON = ["${'\u{E9}'}", "${'e\u{301}'}"]
        let result = try rendered(document)
        #expect(result[0]?.string?.unicodeScalars.count == 1 && result[1]?.string?.unicodeScalars.count == 2)
    }

    @Test("In OCM a field that its schema does not require is left out when it is null")
    func optionalFields() throws {
        let schema: JSON = [
            "type": "object", "required": ["a"],
            "properties": ["a": ["type": "string"], "b": ["type": "string"], "c": ["type": "array", "items": [:]]],
            "additionalProperties": true,
        ]
        let type = try CELType(schema: schema, name: "spec")
        let document: JSON = [
            "a": "${optional.none()}", "b": "${optional.none()}", "c": ["${null}"], "d": "${null}", "e": nil,
        ]
        let environment = language
        func rendered(_ dialect: TemplateDialect) throws -> JSON {
            try tree(document, dialect).compile(in: environment, expected: type).render()
        }
        #expect(try rendered(.ocmTransform) == ["a": nil, "c": [nil], "d": nil, "e": nil])
        #expect(try rendered(.kro) == ["a": nil, "b": nil, "c": [nil], "d": nil, "e": nil])
    }

    @Test("The type of the result follows from plain parts and expressions")
    func resultType() throws {
        let compiled = try tree([
            "n": "${size('abc')}", "ready": "${true}", "at": "${timestamp('2026-01-02T03:04:05Z')}", "fix": "x",
            "list": ["${1.5}"], "any": "${dyn(1)}", "maybe": "${optional.of('x')}",
        ]).compile(in: language)
        #expect(
            compiled.resultType(name: "status").schema == [
                "type": "object",
                "properties": [
                    "n": ["type": "integer"], "ready": ["type": "boolean"],
                    "at": ["type": "string", "format": "date-time"], "fix": ["type": "string"],
                    "list": ["type": "array", "items": ["type": "number"]],
                    "any": ["x-kubernetes-preserve-unknown-fields": true], "maybe": ["type": "string"],
                ],
            ])
    }
}
