// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import KubernetesPatches
import Testing

@Suite("JSON patches") struct JSONPatchTests {
    /// What both readings of the standard agree on, among it the situations of RFC 6902 appendix A.
    static let applied: [(document: String, patch: String, result: String)] = [
        ("{foo: bar}", "[{op: add, path: /baz, value: qux}]", "{foo: bar, baz: qux}"),
        ("{foo: [bar, baz]}", "[{op: add, path: /foo/1, value: qux}]", "{foo: [bar, qux, baz]}"),
        ("{foo: [bar]}", "[{op: add, path: /foo/1, value: qux}]", "{foo: [bar, qux]}"),
        ("{foo: [bar]}", "[{op: add, path: /foo/-, value: [a, b]}]", "{foo: [bar, [a, b]]}"),
        ("{foo: 1}", "[{op: add, path: /foo, value: null}]", "{foo: null}"),
        ("{baz: qux, foo: bar}", "[{op: remove, path: /baz}]", "{foo: bar}"),
        ("{foo: [a, b, c]}", "[{op: remove, path: /foo/1}]", "{foo: [a, c]}"),
        ("{baz: qux, foo: bar}", "[{op: replace, path: /baz, value: boo}]", "{baz: boo, foo: bar}"),
        (
            "{a: [1, 2]}", "[{op: replace, path: /a/1, value: {b: 3}}, {op: add, path: /a/1/c, value: 4}]",
            "{a: [1, {b: 3, c: 4}]}"
        ),
        ("{a: 1}", "[{op: replace, path: '', value: {b: 2}}]", "{b: 2}"),
        (
            "{foo: {bar: baz, waldo: fred}, qux: {corge: grault}}", "[{op: move, from: /foo/waldo, path: /qux/thud}]",
            "{foo: {bar: baz}, qux: {corge: grault, thud: fred}}"
        ),
        (
            "{foo: [all, grass, cows, eat]}", "[{op: move, from: /foo/1, path: /foo/3}]",
            "{foo: [all, cows, eat, grass]}"
        ),
        (
            "{a: {b: 1}}", "[{op: copy, from: /a, path: /c}, {op: add, path: /c/d, value: 2}]",
            "{a: {b: 1}, c: {b: 1, d: 2}}"
        ),
        ("{a: [1, 2]}", "[{op: copy, from: /a/0, path: /a/-}]", "{a: [1, 2, 1]}"),
        (
            "{baz: qux, foo: [a, 2, c]}", "[{op: test, path: /baz, value: qux}, {op: test, path: /foo/1, value: 2}]",
            "{baz: qux, foo: [a, 2, c]}"
        ),
        (
            "{a: {b: 1, c: [1.0]}}",
            "[{op: test, path: /a, value: {c: [1], b: 1}}, {op: test, path: '', value: {a: {b: 1, c: [1]}}}]",
            "{a: {b: 1, c: [1.0]}}"
        ),
        ("{foo: bar}", "[{op: add, path: /child, value: {grandchild: {}}}]", "{foo: bar, child: {grandchild: {}}}"),
        ("{foo: bar}", "[{op: add, path: /baz, value: qux, xyz: 123}]", "{foo: bar, baz: qux}"),
        ("{'/': 9, '~1': 10}", "[{op: test, path: /~01, value: 10}, {op: remove, path: /~1}]", "{'~1': 10}"),
        ("{'': {'': 1}}", "[{op: replace, path: //, value: 2}]", "{'': {'': 2}}"),
        ("{a: 1, b: 2, c: 3}", "[{op: remove, path: /b}, {op: add, path: /b, value: 4}]", "{a: 1, c: 3, b: 4}"),
        ("{a: {b: {c: 1}}}", "[{op: move, from: /a/b/c, path: /a/d}, {op: remove, path: /a/b}]", "{a: {d: 1}}"),
    ]

    @Test("operations apply in order", arguments: applied)
    func application(document: String, patch: String, result: String) throws {
        for dialect in [JSONPatch.Dialect.kubernetes, .rfc6902] {
            let patched = try JSONPatch(yaml(patch), dialect: dialect).applied(to: yaml(document))
            #expect(patched.text() == yaml(result).text(), "\(dialect)")
        }
    }

    /// Where the API server reads the standard in its own way: nil where an operation is refused.
    static let differing: [(document: String, patch: String, kubernetes: String?, standard: String?)] = [
        ("{a: 1}", "[{op: replace, path: /b, value: 2}]", "{a: 1, b: 2}", nil),
        ("{a: [1, 2]}", "[{op: remove, path: /a/-1}]", "{a: [1]}", nil),
        ("{a: [1, 2]}", "[{op: add, path: /a/-1, value: 3}]", "{a: [1, 2, 3]}", nil),
        ("{a: [1, 2]}", "[{op: replace, path: /a/-2, value: 3}]", "{a: [3, 2]}", nil),
        ("{a: [1, 2]}", "[{op: remove, path: /a/-3}]", nil, nil),
        ("{a: 1}", "[{op: test, path: /b, value: null}]", "{a: 1}", nil),
        ("{a: 1}", "[{op: copy, from: /b, path: /c}]", "{a: 1, c: null}", nil),
        ("{a: 1}", "[{op: add, path: '', value: {b: 1}}]", nil, "{b: 1}"),
        ("{a: 1}", "[{op: copy, from: '', path: /b}]", nil, "{a: 1, b: {a: 1}}"),
        ("{a: {b: 1}}", "[{op: move, from: /a, path: ''}]", nil, "{b: 1}"),
        ("{a: 1}", "[{op: move, from: /a, path: /a}]", "{a: 1}", "{a: 1}"),
    ]

    @Test("the API server's reading and the standard's differ where they are known to", arguments: differing)
    func dialects(document: String, patch: String, kubernetes: String?, standard: String?) throws {
        for (dialect, result) in [(JSONPatch.Dialect.kubernetes, kubernetes), (.rfc6902, standard)] {
            let patch = try JSONPatch(yaml(patch), dialect: dialect)
            let patched = try? patch.applied(to: yaml(document))
            #expect(patched?.text() == result.map { yaml($0).text() }, "\(dialect)")
            if result == nil {
                #expect(failure { try patch.applied(to: yaml(document)) }?.code == .patchInapplicable, "\(dialect)")
            }
        }
    }

    static let inapplicable: [(document: String, patch: String, code: Fault.Code, sentence: String)] = [
        (
            "{a: 1}", "[{op: add, path: /a/b, value: 1}]", .patchInapplicable,
            "operation 0 of the JSON patch (add “/a/b”)"
        ),
        ("{a: 1}", "[{op: add, path: /b/c, value: 1}]", .patchInapplicable, "“/b/c” does not exist"),
        ("{a: 1}", "[{op: test, path: /a, value: 1}, {op: remove, path: /b}]", .patchInapplicable, "operation 1"),
        ("{a: []}", "[{op: add, path: /a/1, value: 1}]", .patchInapplicable, "no such position"),
        ("{a: [1]}", "[{op: remove, path: /a/-}]", .patchInapplicable, "no such position"),
        ("{a: [1]}", "[{op: remove, path: /a/01}]", .patchInapplicable, "no such position"),
        ("{a: [1]}", "[{op: replace, path: /a/+0, value: 1}]", .patchInapplicable, "no such position"),
        ("{a: [1]}", "[{op: replace, path: /a/-0, value: 1}]", .patchInapplicable, "no such position"),
        ("{a: [1]}", "[{op: remove, path: /a/9223372036854775808}]", .patchInapplicable, "no such position"),
        ("{a: 1}", "[{op: remove, path: ''}]", .patchInapplicable, "as a whole"),
        ("{a: {b: 1}}", "[{op: move, from: /a, path: /a/b/c}]", .patchInapplicable, "operation 0"),
        ("{a: 1}", "[{op: test, path: /a, value: 2}]", .patchTestFailed, "not the one tested for"),
        ("{a: 1}", "[{op: test, path: /a, value: '1'}]", .patchTestFailed, "(test “/a”)"),
        ("{a: {b: 1}}", "[{op: test, path: /a, value: {}}]", .patchTestFailed, "operation 0"),
        ("{a: e\u{301}}", "[{op: test, path: /a, value: é}]", .patchTestFailed, "operation 0"),
        ("{a: 1}", "[{op: test, path: /b, value: 1}]", .patchTestFailed, "operation 0"),
    ]

    @Test("an operation that does not apply is named", arguments: inapplicable)
    func refusals(document: String, patch: String, code: Fault.Code, sentence: String) throws {
        let patch = try JSONPatch(yaml(patch))
        let fault = failure { try patch.applied(to: yaml(document)) }
        #expect(fault?.code == code && fault?.message.contains(sentence) == true, "\(fault as Any)")
    }

    static let malformed: [(patch: String, sentence: String)] = [
        ("{}", "must be an array"), ("[1]", "operation 0"), ("[{path: /a}]", "op is missing"),
        ("[{op: add, path: /a, value: 1}, {op: merge, path: /a}]", "operation 1 of the JSON patch: “merge”"),
        ("[{op: add, path: /a}]", "value is missing"), ("[{op: add, value: 1}]", "path is missing"),
        ("[{op: move, path: /a}]", "from is missing"), ("[{op: add, path: a, value: 1}]", "no JSON pointer"),
        ("[{op: add, path: /~2, value: 1}]", "no JSON pointer"),
        ("[{op: add, path: /a~, value: 1}]", "no JSON pointer"),
        ("[{op: add, path: 1, value: 1}]", "path is missing"),
    ]

    @Test("what is no patch is refused before anything is done", arguments: malformed)
    func malformation(patch: String, sentence: String) {
        let fault = failure { try JSONPatch(yaml(patch)) }
        #expect(fault?.code == .invalid && fault?.message.contains(sentence) == true, "\(fault as Any)")
    }

    private func repeated(_ count: Int, _ operation: (Int) -> JSON) -> JSON { .array((0..<count).map(operation)) }

    @Test("no more than 10 000 operations are taken")
    func operations() throws {
        let test: JSON = ["op": "test", "path": "/a", "value": 1]
        #expect(try JSONPatch(repeated(10_000) { _ in test }).applied(to: ["a": 1]) == ["a": 1])
        let fault = failure { try JSONPatch(repeated(10_001) { _ in test }) }
        #expect(fault?.code == .limitExceeded)
        #expect(fault?.message == "The allowed maximum operations in a JSON patch is 10000, got 10001")
    }

    @Test("copies that double a document are stopped, and so are those that deepen it")
    func copyBombs() throws {
        let wide = try JSONPatch(
            repeated(40) { ["op": "copy", "from": "/a", "path": .string("/a/\($0)")] }, dialect: .kubernetes)
        #expect(
            failure { try wide.applied(to: ["a": ["x": .string(String(repeating: "x", count: 1000))]]) }?.code
                == .limitExceeded)
        let deep = try JSONPatch(
            repeated(300) { index in
                index % 2 == 0
                    ? ["op": "move", "from": "/a", "path": "/b/c"] : ["op": "move", "from": "/b", "path": "/a/d"]
            })
        #expect(failure { try deep.applied(to: ["a": [:], "b": [:]]) } != nil)
        let nesting = try JSONPatch(
            repeated(400) { index in
                let (from, to) = index % 2 == 0 ? ("/a", "/b") : ("/b", "/a")
                return ["op": "move", "from": .string(from), "path": .string(to + "/x")]
            }.array.map { operations in
                .array(
                    operations.flatMap { operation -> [JSON] in
                        let to = operation["path"]?.string?.dropLast(2) ?? ""
                        return [["op": "add", "path": .string(String(to)), "value": [:]], operation]
                    })
            } ?? [])
        let fault = failure { try nesting.applied(to: ["a": [:], "b": [:]]) }
        #expect(fault?.code == .limitExceeded && fault?.message.contains("deeper than 256") == true, "\(fault as Any)")
        let path = JSON.string(String(repeating: "/a", count: 257))
        #expect(failure { try JSONPatch([["op": "remove", "path": path]]) }?.code == .limitExceeded)
    }

    @Test("moving a large part again and again is stopped")
    func work() throws {
        let items = JSON.array((0..<100_000).map { .number(JSONNumber(Int64($0))) })
        let patch = try JSONPatch(
            repeated(1000) {
                ["op": "move", "from": .string($0 % 2 == 0 ? "/a" : "/b"), "path": .string($0 % 2 == 0 ? "/b" : "/a")]
            })
        #expect(failure { try patch.applied(to: ["a": items]) }?.code == .limitExceeded)
    }

    @Test("ten thousand members leave an object of a hundred thousand")
    func removals() throws {
        let object = JSONObject((0..<100_000).map { ("k\($0)", JSON.number(JSONNumber(Int64($0)))) })
        let patch = try JSONPatch(repeated(10_000) { ["op": "remove", "path": .string("/k\($0 * 10)")] })
        let patched = try patch.applied(to: .object(object))
        #expect(patched.object?.count == 90_000)
        #expect(patched["k10"] == nil && patched["k11"] == 11)
    }
}

@Suite("JSON merge patches") struct JSONMergePatchTests {
    /// The situations of RFC 7386 appendix A in which both are objects, and where the API server prunes nulls.
    static let applied: [(document: String, patch: String, result: String)] = [
        ("{a: b}", "{a: c}", "{a: c}"), ("{a: b}", "{b: c}", "{a: b, b: c}"), ("{a: b}", "{a: null}", "{}"),
        ("{a: b, b: c}", "{a: null}", "{b: c}"), ("{a: [b]}", "{a: c}", "{a: c}"), ("{a: c}", "{a: [b]}", "{a: [b]}"),
        ("{a: {b: c}}", "{a: {b: d, c: null}}", "{a: {b: d}}"), ("{a: [{b: c}]}", "{a: [1]}", "{a: [1]}"),
        ("{e: null}", "{a: 1}", "{e: null, a: 1}"), ("{}", "{a: {bb: {ccc: null}}}", "{a: {bb: {}}}"),
        ("{a: 1}", "{a: {b: null, c: 1}}", "{a: {c: 1}}"), ("{a: null}", "{a: {b: null}}", "{a: {}}"),
        ("{a: [1]}", "{a: [{b: null, c: 1}, null]}", "{a: [{c: 1}, null]}"),
        ("{a: {b: 1}}", "{a: [{b: null}]}", "{a: [{b: null}]}"),
        ("{a: 1, b: 2, c: 3}", "{c: 4, a: null}", "{b: 2, c: 4}"),
        ("{}", "{}", "{}"), ("{a: 1}", "{x: null}", "{a: 1}"),
    ]

    @Test("members are set, null removes", arguments: applied)
    func application(document: String, patch: String, result: String) throws {
        #expect(try JSONMergePatch.apply(yaml(patch), to: yaml(document)).text() == yaml(result).text())
    }

    @Test("what is no object is refused", arguments: ["[]", "1", "null", "text"])
    func refusal(patch: String) {
        #expect(failure { try JSONMergePatch.apply(yaml(patch), to: [:]) }?.code == .invalid)
    }
}
