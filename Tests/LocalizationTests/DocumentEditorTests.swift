// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Localization
import Testing

/// The text with values written at paths.
func localise(
    _ text: String, _ mappings: [(String, JSON)], creates: Bool = false, where conditions: [(String, String)] = []
) throws -> String {
    var editor = try DocumentEditor(Array(text.utf8), source: "values.yaml")
    let localizer = MappingLocalizer(
        try mappings.map {
            .init(
                try ValuePath($0.0), $0.1, creates: creates,
                conditions: try conditions.map { (try ValuePath($0.0), $0.1) })
        })
    _ = try localizer.localize(&editor)
    return String(decoding: try editor.finish(), as: UTF8.self)
}

@Suite("Editing documents in place") struct DocumentEditorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let path: String
        let value: JSON
        let result: String

        init(_ name: String, _ text: String, _ path: String, _ value: JSON, _ result: String) {
            (testDescription, self.text, self.path, self.value, self.result) = (name, text, path, value, result)
        }
    }

    static let replacements: [Case] = [
        Case("a plain value", "a: 1\nimage: old # why\nb: 2\n", "image", "new", "a: 1\nimage: new # why\nb: 2\n"),
        Case("blanks before a comment stay", "image:    old    # why\n", "image", "new", "image:    new    # why\n"),
        Case("single quotes", "image: 'old'\n", "image", "it's", "image: 'it''s'\n"),
        Case("double quotes", "image: \"old\" # x\n", "image", "a\"b", "image: \"a\\\"b\" # x\n"),
        Case("single quotes that cannot hold it", "image: 'old'\n", "image", "a\nb", "image: \"a\\nb\"\n"),
        Case("a text that needs quotes", "tag: old\n", "tag", "1.10", "tag: \"1.10\"\n"),
        Case("a word that is a boolean elsewhere", "tag: old\n", "tag", "yes", "tag: \"yes\"\n"),
        Case("a text with a comment sign", "tag: old\n", "tag", "a #b", "tag: \"a #b\"\n"),
        Case("a number", "port: 80\n", "port", 8080, "port: 8080\n"),
        Case("a number in place of a quoted text", "port: '80'\n", "port", 8080, "port: 8080\n"),
        Case("true", "on: false\n", "true", true, "on: true\n"),
        Case("null", "a: b\n", "a", nil, "a: null\n"),
        Case("the same value keeps its bytes", "tag: !!str   \"x\"\n", "tag", "x", "tag: !!str   \"x\"\n"),
        Case("an empty value", "image:\nother: 1\n", "image", "new", "image: new\nother: 1\n"),
        Case("an empty value before a comment", "image: # none\n", "image", "new", "image: new # none\n"),
        Case("an empty element", "-\n- b\n", "[0]", "new", "- new\n- b\n"),
        Case("an empty value in a flow mapping", "{a: , b: 1} # x\n", "a", "new", "{a: new, b: 1} # x\n"),
        Case("nothing behind an anchor", "a: &x\nb: 1\n", "a", "new", "a: &x new\nb: 1\n"),
        Case("an anchor stays", "a: &x old\n", "a", "new", "a: &x new\n"),
        Case("a tag stays", "a: !!str 12\n", "a", "13", "a: !!str \"13\"\n"),
        Case("anchor, comment, value", "a: &x # c\n  old\n", "a", "new", "a: &x # c\n  new\n"),
        Case("a value of several lines", "a: one\n  two\nb: 1\n", "a", "new", "a: new\nb: 1\n"),
        Case("quotes over several lines", "a: \"one\n  two\" # c\n", "a", "new", "a: \"new\" # c\n"),
        Case(
            "a literal block becomes a line", "a: |-  # c\n  one\n  two\n\n# d\nb: 1\n", "a", "new",
            "a: new  # c\n\n# d\nb: 1\n"),
        Case("a folded block", "a: >\n  one\n  two\nb: 1\n", "a", "new", "a: new\nb: 1\n"),
        Case("a block that keeps lines", "a: |+\n  one\n\n\nb: 1\n", "a", "new", "a: new\n\n\nb: 1\n"),
        Case(
            "a literal block stays one", "a: |\n    one\n    two\nb: 1\n", "a", "x\n\n y\n",
            "a: |\n    x\n\n     y\nb: 1\n"),
        Case("a literal block at the end", "a: |\n  one", "a", "x\ny", "a: |-\n  x\n  y\n"),
        Case("flow", "c: {image: old, tag: \"1\"}\n", "c.image", "new", "c: {image: new, tag: \"1\"}\n"),
        Case("a comma in flow", "c: {image: old}\n", "c.image", "a,b", "c: {image: \"a,b\"}\n"),
        Case("a comma in block", "image: old\n", "image", "a,b", "image: a,b\n"),
        Case("keys of JSON in YAML", "{\"a\":old, # c\n b: 1}\n", "a", "new", "{\"a\":new, # c\n b: 1}\n"),
        Case(
            "windows lines", "a: 1\r\nimage: old\r\nb: |\r\n  x\r\n", "image", "new",
            "a: 1\r\nimage: new\r\nb: |\r\n  x\r\n"),
        Case(
            "windows lines in a block", "a: |\r\n  x\r\n  y\r\nb: 1\r\n", "a", "p\nq\n",
            "a: |\r\n  p\r\n  q\r\nb: 1\r\n"),
        Case("a byte order mark", "\u{FEFF}ä: ö\nimage: old\n", "image", "new", "\u{FEFF}ä: ö\nimage: new\n"),
        Case("other letters before", "# 世界 🎉\nä: é\nimage: 'ü' # ß\n", "image", "ö", "# 世界 🎉\nä: é\nimage: 'ö' # ß\n"),
        Case("a key with a dot", "a.b: {c: old}\n", "\"a.b\".c", "new", "a.b: {c: new}\n"),
        Case("a key with a dot, escaped", "a.b: old\n", "a\\.b", "new", "a.b: new\n"),
        Case("an index", "c:\n- image: a\n- image: b\n", "c[1].image", "new", "c:\n- image: a\n- image: new\n"),
        Case("all elements", "c:\n- image: a\n- image: b\n", "c[*].image", "v", "c:\n- image: v\n- image: v\n"),
        Case(
            "a selection", "c:\n- {name: app, image: a}\n- {name: 1.0, image: b}\n", "c[name=1.0].image", "v",
            "c:\n- {name: app, image: a}\n- {name: 1.0, image: v}\n"),
        Case(
            "a selection below", "c:\n- m: {k: x y}\n  i: a\n- m: {k: z}\n  i: b\n", "c[m.k=\"x y\"].i", "v",
            "c:\n- m: {k: x y}\n  i: v\n- m: {k: z}\n  i: b\n"),
        Case("members", "a: {i: 1}\nb: {i: 2}\n", "*.i", 3, "a: {i: 3}\nb: {i: 3}\n"),
        Case("any depth", "i: 1\na: [{b: {i: 2}}]\n", "**.i", 3, "i: 3\na: [{b: {i: 3}}]\n"),
        Case("several documents", "---\na: 1\n---\n# none\n---\na: 2\n", "a", 3, "---\na: 3\n---\n# none\n---\na: 3\n"),
        Case("an alias is written over", "a: &x old\nb: *x\nc: *x\n", "b", "new", "a: &x old\nb: new\nc: *x\n"),
        Case("all of an anchor", "a: &x old\nb: *x # c\n", "*", "new", "a: &x new\nb: *x # c\n"),
        Case(
            "all that is merged", "base: &b {i: old}\nx:\n  <<: *b\n  j: 1\n", "*.i", "new",
            "base: &b {i: new}\nx:\n  <<: *b\n  j: 1\n"),
        Case(
            "JSON", "{\n\t\"image\": \"a\\ud83c\\udf89\",\n\t\"n\": 1.0\n}\n", "image", "ü\"\n",
            "{\n\t\"image\": \"ü\\\"\\n\",\n\t\"n\": 1.0\n}\n"),
        Case("a list in JSON", "[[1, 2],[3 ]]", "[1][0]", "x", "[[1, 2],[\"x\" ]]"),
    ]

    @Test("only what is addressed changes", arguments: replacements)
    func replaces(_ item: Case) throws {
        let result = try localise(item.text, [(item.path, item.value)])
        #expect(result == item.result)
        #expect(result.utf8.elementsEqual(item.result.utf8))
        #expect(try localise(result, [(item.path, item.value)]) == result, "a second time changes nothing")
    }

    static let creations: [Case] = [
        Case(
            "behind the last member", "a: 1\nb:\n  c: 2 # x\n\nd: 3\n", "b.e", "v",
            "a: 1\nb:\n  c: 2 # x\n  e: v\n\nd: 3\n"),
        Case("several levels", "a: 1\n", "b.c.d", "v", "a: 1\nb:\n  c:\n    d: v\n"),
        Case("without a last line break", "a: 1", "b", "v", "a: 1\nb: v"),
        Case("in a flow mapping", "a: {b: 1} # x\n", "a.c", "v", "a: {b: 1, c: v} # x\n"),
        Case("in an empty flow mapping", "a: {}\n", "a.c", "v", "a: {c: v}\n"),
        Case("in a null", "a:\nb: 1\n", "a.c.d", "v", "a: {c: {d: v}}\nb: 1\n"),
        Case("in a written null", "a: ~ # x\n", "a.c", "v", "a: {c: v} # x\n"),
        Case(
            "in an element", "l:\n  - name: x\n    image: y\n  - name: z\n", "l[name=x].tag", "1",
            "l:\n  - name: x\n    image: y\n    tag: \"1\"\n  - name: z\n"),
        Case("in all elements", "l:\n- k: x\n- k: y\n", "l[*].t", 1, "l:\n- k: x\n  t: 1\n- k: y\n  t: 1\n"),
        Case(
            "behind a block scalar", "a:\n  t: |\n    x\n\n# c\nb: 1\n", "a.k", 1,
            "a:\n  t: |\n    x\n  k: 1\n\n# c\nb: 1\n"),
        Case(
            "behind a block that keeps lines", "a:\n  t: |+\n    x\n\nb: 1\n", "a.k", 1,
            "a:\n  t: |+\n    x\n\n  k: 1\nb: 1\n"),
        Case("in nothing", "# only this\n", "a.b", "v", "# only this\na:\n  b: v\n"),
        Case("in an empty text", "", "a", "v", "a: v\n"),
        Case("windows lines", "a: 1\r\n", "b.c", 1, "a: 1\r\nb:\r\n  c: 1\r\n"),
        Case(
            "JSON on lines", "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n", "a.c", "v",
            "{\n  \"a\": {\n    \"b\": 1,\n    \"c\": \"v\"\n  }\n}\n"),
        Case("JSON on one line", "{\"a\": 1}", "b.c", "v", "{\"a\": 1, \"b\": {\"c\":\"v\"}}"),
        Case("a key that needs quotes", "a: 1\n", "\"yes\"", "v", "a: 1\n\"yes\": v\n"),
        Case("a value of lines", "a: 1\n", "b", "x\ny\n", "a: 1\nb: |\n  x\n  y\n"),
    ]

    @Test("what is missing is made behind what is there", arguments: creations)
    func creates(_ item: Case) throws {
        let result = try localise(item.text, [(item.path, item.value)], creates: true)
        #expect(result == item.result)
        #expect(try localise(result, [(item.path, item.value)]) == result)
    }

    static let refusals: [(String, String, String, Fault.Code, String)] = [
        ("a: &x old\nb: *x\n", "a", "new", .unsupported, "anchor"),
        ("base: &b {i: old}\nx: *b\n", "x.i", "new", .unsupported, "anchor"),
        ("base: &b {i: old}\nx: {<<: *b}\n", "base.i", "new", .unsupported, "anchor"),
        ("a: {b: 1}\n", "a", "new", .invalid, "values.yaml:1:1: “a” is an object"),
        ("a: [1]\n", "a", "new", .invalid, "is an array"),
        (
            "image:\n  repository: x\n  tag: y\n", "image.repositry", "n", .notFound,
            "values.yaml:1:1: there is no “image.repositry”: “image” has no “repositry”"
        ),
        ("image: {tag: y}\n", "image.name", "n", .notFound, "has no “name”"),
        ("l: [1, 2]\n", "l[7]", "n", .notFound, "“l” is a list of 2"),
        ("a: x\n", "a.b", "n", .notFound, "“a” is a string"),
        ("", "a", "n", .notFound, "is empty"),
        ("a: 1\na: 2\n", "a", "n", .invalid, "twice"),
        ("a:\n\tb: 1\n", "a.b", "n", .invalid, "values.yaml:2:1"),
        ("a: !!int 5\n", "a", "x", .unsupported, "cannot be written"),
        ("a: \u{1}\n", "a", "x", .invalid, "values.yaml:1:4"),
    ]

    @Test("what cannot be right is refused, with its place", arguments: refusals)
    func refuses(text: String, path: String, value: String, code: Fault.Code, message: String) throws {
        let fault = #expect(throws: Fault.self) { try localise(text, [(path, .string(value))]) }
        #expect(fault?.code == code)
        #expect(fault?.message.contains(message) == true, "\(fault?.message ?? "")")
    }

    @Test("a misspelt name is corrected, an unknown one answered with what there is")
    func suggestions() throws {
        let text = "image:\n  repository: x\n  tag: y\n"
        let near = #expect(throws: Fault.self) { try localise(text, [("image.repositry", "n")]) }
        #expect(near?.fix == "did you mean “repository”?")
        let far = #expect(throws: Fault.self) { try localise(text, [("image.zzzzzzzz", "n")]) }
        #expect(far?.fix == "it has “repository”, “tag”")
    }

    @Test("several values go in at once, and one value is not given two")
    func several() throws {
        let text = "a: 1\nb: {c: x, d: y}\n"
        #expect(
            try localise(text, [("b.d", "longer than before"), ("a", 22), ("b.c", "")])
                == "a: 22\nb: {c: \"\", d: longer than before}\n")
        let fault = #expect(throws: Fault.self) { try localise(text, [("a", 2), ("*", 3)]) }
        #expect(fault?.code == .invalid || fault?.code == .conflict)
    }

    @Test("documents are chosen by what they hold")
    func conditions() throws {
        let text = "kind: A\nv: 1\n---\nkind: B\nv: 1\n"
        #expect(try localise(text, [("v", 2)], where: [("kind", "B")]) == "kind: A\nv: 1\n---\nkind: B\nv: 2\n")
        #expect(
            try localise(text, [("w", 2)], creates: true, where: [("kind", "A")])
                == "kind: A\nv: 1\nw: 2\n---\nkind: B\nv: 1\n")
        let fault = #expect(throws: Fault.self) { try localise(text, [("w", 2)], creates: true) }
        #expect(fault?.message.contains("none of 2 documents") == true)
        #expect(throws: Fault.self) { try localise(text, [("v", 2)], where: [("kind", "C")]) }
    }

    @Test("a very long line costs no more than its length")
    func longLine() throws {
        let long = String(repeating: "x", count: 2_000_000)
        #expect(try localise("a: [\(long), old]\n", [("a[1]", "new")]) == "a: [\(long), new]\n")
    }

    @Test("aliases that multiply, values too deep and texts too large stop at the limit")
    func limits() throws {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        let texts = [
            bomb, String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
            "a: " + String(repeating: "x", count: 17 << 20),
        ]
        for text in texts {
            let fault = #expect(throws: Fault.self) { try localise(text, [("**.zz", "n")]) }
            #expect(fault?.code == .limitExceeded)
        }
    }
}
