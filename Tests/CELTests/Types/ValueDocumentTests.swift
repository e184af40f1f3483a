// SPDX-License-Identifier: Apache-2.0

import CEL
import Documents
import Testing

@Suite("Values written into documents")
struct ValueDocumentTests {
    private func evaluate(_ text: String) throws -> Value {
        try Environment(libraries: [.standard, .optionals]).compileUnchecked(text).evaluate()
    }

    @Test(
        "Every value that documents know",
        arguments: [
            ("null", "null"), ("true", "true"), ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551615u", "18446744073709551615"), ("1.5", "1.5"), ("3.0", "3"), ("-0.0", "-0"),
            ("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("1e-7", "1e-07"), ("'a\\n'", "\"a\\n\""),
            ("optional.none()", "null"), ("optional.of(optional.of(1))", "1"), ("duration('90s')", "\"1m30s\""),
            ("duration('1.5s')", "\"1.5s\""),
            ("timestamp('2026-01-02T03:04:05.600Z')", "\"2026-01-02T03:04:05.6Z\""),
            ("[1, [true, {}], {'b': [], 'a': null}]", "[1,[true,{}],{\"b\":[],\"a\":null}]"),
        ])
    func written(text: String, expected: String) throws {
        #expect(try evaluate(text).document().text() == expected)
    }

    @Test(
        "What a document cannot hold is refused with its path",
        arguments: [
            ("[0, {'a': b'x'}]", "(at /1/a of the value)"), ("b'x'", "base64.encode"),
            ("[0.0 / 0.0]", "the number NaN"),
            ("-1.0 / 0.0", "the number -Inf"), ("{'a': {1: 2}}", "the key 1 is of type int, and no string (at /a"),
            ("{true: 2}", "the key true"), ("int", "a value of type type"), ("[optional.of(b'')]", "at /0"),
        ])
    func refused(text: String, message: String) {
        #expect {
            try evaluate(text).document()
        } throws: { error in
            (error as? EvaluationError)?.message.contains(message) == true
        }
    }

    @Test("Bytes are written as Base64 when that is asked for")
    func bytes() throws {
        #expect(try evaluate("{'a': b'hi'}").document(DocumentForm(encodesBytes: true)) == ["a": "aGk="])
    }

    @Test("Depth and size are limited, also for parts of documents")
    func limits() throws {
        var deep = Value.null, document = JSON.null
        for _ in 0..<300 { (deep, document) = ([deep], [document]) }
        #expect(throws: EvaluationError.self) { try deep.document() }
        #expect(throws: EvaluationError.self) { try Value(document).document() }
        var form = DocumentForm()
        form.depth = 400
        #expect(try deep.document(form) == document)
        #expect(try Value(document).document(form) == document)
        let page = Value(JSON.array(Array(repeating: "0123456789", count: 10_000)))
        let library = Value.list(Array(repeating: page, count: 10_000))
        #expect(throws: EvaluationError.self) { try library.document() }
        #expect(throws: EvaluationError.self) { try Value.list(Array(repeating: .none, count: 10_000_000)).document() }
    }
}
