// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("JSON") struct JSONTests {
    @Test("keeps order, number text and escapes", arguments: [
        (#"{"b":1.0,"a":[1e5,-0,true,null,"x\ny"]}"#, #"{"b":1.0,"a":[1e5,-0,true,null,"x\ny"]}"#),
        (#" [ ] "#, "[]"), (#"{}"#, "{}"), (#""é\u00e9\ud83d\ude00\/""#, "\"éé😀/\""),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
    ])
    func roundTrip(text: String, expected: String) throws {
        #expect(try JSON(parsing: Array(text.utf8), source: "t").text() == expected)
    }

    @Test("refuses what is not strict JSON", arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "01", "1.", ".5", "+1", "nul", "[1] 2", "\"\u{1}\"", "\"\\x\"",
        "\"\\ud800\"", "\"\\udc00\"", "{\"a\":1,\"a\":2}", "\u{FEFF}1", "NaN", "\"abc",
    ])
    func refuses(text: String) {
        #expect(throws: Fault.self) { try JSON(parsing: Array(text.utf8), source: "t") }
    }

    @Test("refuses invalid UTF-8 and deep nesting") func hostile() {
        #expect(throws: Fault.self) { try JSON(parsing: [0x22, 0xFF, 0x22], source: "t") }
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        #expect(throws: Fault.self) { try JSON(parsing: deep, source: "t") }
    }

    @Test("names the place of an error") func place() {
        let fault = #expect(throws: Fault.self) { try JSON(parsing: Array("{\n  \"a\": 1,\n  \"a\": 2\n}".utf8), source: "f.json") }
        #expect(fault?.message == "f.json:3:3: the key “a” is given twice")
    }

    @Test("objects are equal in any order, and keep theirs") func objects() {
        var object: JSON = ["b": 1, "a": 2]
        #expect(object == ["a": 2, "b": 1])
        object["b"] = nil
        object["c"] = "x"
        #expect(object.object?.keys == ["a", "c"])
        var large = JSONObject()
        for index in 0..<1000 { large["k\(index)"] = .number(JSONNumber(Int64(index))) }
        #expect(large["k999"]?.int == 999 && large.keys[500] == "k500")
    }

    @Test("canonical numbers are those of RFC 8785", arguments: [
        ("0", "0"), ("-0", "0"), ("1.0", "1"), ("1e21", "1e+21"), ("1e20", "100000000000000000000"), ("0.000001", "0.000001"),
        ("1e-7", "1e-7"), ("333333333.33333329", "333333333.3333333"), ("9007199254740993", "9007199254740992"),
        ("4.50", "4.5"), ("2e-3", "0.002"), ("5e-324", "5e-324"), ("1.7976931348623157e308", "1.7976931348623157e+308"),
    ])
    func canonicalNumbers(text: String, expected: String) throws {
        let bytes = try JSON(parsing: Array(text.utf8), source: "t").canonical()
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test("canonical keys are sorted by UTF-16 code units") func canonicalKeys() throws {
        let text = #"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew","1":"One","\ud83d\ude00":"Smiley","\u0080":"Control","ö":"o"}"#
        let bytes = try JSON(parsing: Array(text.utf8), source: "t").canonical()
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"ö\":\"o\",\"€\":\"Euro Sign\",\"😀\":\"Smiley\",\"\u{FB33}\":\"Hebrew\"}")
    }
}

@Suite("YAML") struct YAMLTests {
    @Test("reads plain scalars as the Kubernetes tools do", arguments: [
        ("1.0.0", "\"1.0.0\""), ("1.0", "1.0"), ("\"1.0\"", "\"1.0\""), ("yes", "true"), ("off", "false"), ("y", "\"y\""),
        ("~", "null"), ("0x1F", "31"), ("0o17", "15"), ("017", "15"), ("1_000", "1000"), ("2026-01-02T03:04:05Z", "\"2026-01-02T03:04:05Z\""),
        ("'no'", "\"no\""), ("!!str 5", "\"5\""), (".5", "0.5"), ("{a: [1, b]}", "{\"a\":[1,\"b\"]}"), ("1:30", "\"1:30\""), ("", "null"),
    ])
    func scalars(text: String, expected: String) throws {
        #expect(try YAML.document(Array(text.utf8), source: "t").root.text() == expected)
    }

    @Test("refuses", arguments: ["a: 1\na: 2", "a: *x", "a: [1", "!foo x", "? [a]\n: b", "a: b: c", "\t- a"])
    func refuses(text: String) {
        #expect(throws: Fault.self) { try YAML.documents(Array(text.utf8), source: "t") }
    }

    @Test("stops an alias bomb") func bomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 { text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n" }
        let fault = #expect(throws: Fault.self) { try YAML.document(Array(text.utf8), source: "t") }
        #expect(fault?.code == .limitExceeded)
    }

    @Test("knows where values stand and merges mappings") func positions() throws {
        let text = "base: &b {x: 1, y: 2}\nitem:\n  <<: *b\n  y: 3\n"
        let document = try YAML.document(Array(text.utf8), source: "f.yaml")
        #expect(document.root["item"] == ["y": 3, "x": 1])
        #expect(document.place(of: JSONPointer(["item", "y"])) == "f.yaml:4:3")
    }

    @Test("names line and column of an error") func errorPlace() {
        let fault = #expect(throws: Fault.self) { try YAML.document(Array("a: 1\nb: [1, 2\nc: 3\n".utf8), source: "f.yaml") }
        #expect(fault?.message.hasPrefix("f.yaml:3:") == true)
    }

    @Test("writes what reads back as the same value", arguments: [
        "\"yes\"", "\"1.0\"", "\"a: b\"", "\" x\"", "\"x\\ny\\n\"", "\"x\\ny\"", "\"\"", "\"- a\"", "\"#\"", "\"2026-01-02\"", "\"1.2.3\"",
        "{\"a\":[{\"b\":[]},{}],\"c\":{\"d\":null}}", "[[1,2],[3]]", "\"\\u0001\\u2028\"", "\"~\"", "\"0x1\"", "\"1e3\"", "\"a\\n\\n b\\n\"", "\"null\"", "{\"yes\":\"no\"}",
        "\"x \\ny\"", "\"12:30:45\"",
    ])
    func writes(text: String) throws {
        let value = try JSON(parsing: Array(text.utf8), source: "t")
        #expect(try YAML.document(Array(YAML.text(value).utf8), source: "t").root == value)
    }
}
