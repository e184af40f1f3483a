// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("Refusing YAML") struct YAMLErrorTests {
    @Test(
        "names line, column and a way out",
        arguments: [
            ("a: 1\n\nb: 2\na: 3", "4:1: the key “a” is given twice", "keep one"),
            ("{a: 1, 'a': 2}", "1:8: the key “a” is given twice", "keep one"),
            ("1: x\n'1': y", "2:1: the key “1” is given twice", "keep one"),
            ("a: *x", "1:4: the anchor “x” is not defined above", "&x"),
            ("a: &a [*a]", "1:8: the anchor “a” is not defined above", "&a"),
            ("---\n&a 1\n---\n*a", "4:1: the anchor", "&a"),
            ("a: !foo x", "1:4: the tag !foo is not accepted", "without it"),
            ("!!set {a}", "1:1: the tag !!set is not accepted", "without it"),
            ("!!binary aGk=", "1:1: the tag !!binary is not", "without it"),
            ("!!str [a]", "1:1: the tag !!str is not", "it"),
            ("!!int abc", "1:1: “abc” does not have the type its tag says", "tag"),
            ("!!int 1.5", "1:1: “1.5” does", "tag"),
            ("a: .inf", "1:4: “.inf” is a number that JSON does not have", "quote"),
            ("- -.INF", "1:3: “-.INF”", "quote"),
            (".nan: 1", "1:1: “.nan”", "quote"), ("? [a]\n: b", "1:3: a key must be a text", "quote"),
            ("a: {{ .x }}", "1:5: a key must be a text", "quote"), ("~: 1", "1:1: a key is null", "quote"),
            ("<<: 1", "1:5: “<<” merges mappings, not a value of kind number", "quote"),
            ("<<: [{a: 1}, b]", "1:5: “<<” merges mappings, not a value of kind string", "quote"),
            ("a: b: c", "1:5: mapping values are not allowed", "quote the value, because"),
            ("a: @b", "1:4: found character that cannot start any token", "reserves “@”"),
            ("a: 1\n\tb: 2", "2:1: found a tab character", "spaces, not"),
            ("a: 'b\nc", "2:2: found unexpected", "quotes"),
            ("a: [1, 2\nb: 3\nc: 4", "2:2: did not find expected ',' or ']' (while parsing a flow sequence", "bracket"),
            ("a: 1\n b: 2", "2:3: mapping values are not allowed", "check"),
            ("- a\nb: 1", "2:1: did not find expected '-'", "indent"),
            ("a: \"\\q\"", "1:5: found unknown escape", "check"),
            ("a: x\u{1}y", "1:5: control characters are not", "escape"),
            ("a: 1\n- b", "2:1: did not find expected key", "indent"),
            ("\u{FEFF}a: 1\na: 2", "2:1: the key “a”", "keep one"),
        ])
    func refuses(text: String, message: String, fix: String) {
        let fault = #expect(throws: Fault.self) { try YAML.documents(Array(text.utf8), source: "f.yaml") }
        #expect(fault?.message.hasPrefix("f.yaml:" + message) == true, "\(fault?.message ?? "")")
        #expect(fault?.fix?.contains(fix) == true, "\(fault?.fix ?? "no fix")")
    }

    @Test("stops deep nesting", arguments: ["[", "{a: ", "- ", "? "])
    func depth(piece: String) {
        let text = String(repeating: piece, count: 20_000)
        let fault = #expect(throws: Fault.self) { try yaml(text) }
        #expect(fault != nil)
        let json = #expect(throws: Fault.self) { try DocumentsTests.json(text) }
        #expect(json != nil)
    }

    @Test("stops an alias bomb of values") func bombOfValues() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(#expect(throws: Fault.self) { try yaml(text) }?.code == .limitExceeded)
    }

    @Test("stops an alias bomb of text, and one of merges") func bombOfText() {
        var limits = DocumentLimits()
        limits.bytes = 10_000
        let word = String(repeating: "x", count: 1000)
        let aliases = Array(repeating: "*a", count: 11).joined(separator: ", ")
        for text in ["a: &a \(word)\nb: [\(aliases)]", "a: &a {x: \(word)}\nb: {<<: [\(aliases)]}"] {
            let fault = #expect(throws: Fault.self) { try yaml(text, limits: limits) }
            #expect(fault?.code == .limitExceeded)
        }
        #expect(throws: Never.self) { try yaml("a: &a \(word)\nb: [*a, *a, *a]", limits: limits) }
    }

    @Test("counts the depth an alias adds") func depthOfAliases() {
        var limits = DocumentLimits()
        limits.depth = 6
        let text = "a: &a [[1]]\nb: &b [[*a]]\n"
        #expect(throws: Never.self) { try yaml(text, limits: limits) }
        let fault = #expect(throws: Fault.self) { try yaml(text + "c: [[*b]]", limits: limits) }
        #expect(fault?.message == "t.yaml:3:6: values are nested deeper than 6 levels")
    }
}
