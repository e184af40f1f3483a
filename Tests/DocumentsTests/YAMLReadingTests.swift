// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("Reading YAML") struct YAMLReadingTests {
    @Test(
        "takes plain scalars as sigs.k8s.io/yaml does",
        arguments: [
            ("1.0.0", #""1.0.0""#), ("v1", #""v1""#), ("1.0", "1.0"), ("1.10", "1.10"), ("-1.5", "-1.5"),
            ("1e3", "1e3"),
            ("yes", "true"), ("Yes", "true"), ("on", "true"), ("y", "true"), ("TRUE", "true"), ("no", "false"),
            ("off", "false"), ("N", "false"), ("False", "false"), ("tRUE", #""tRUE""#), ("yesno", #""yesno""#),
            ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"), ("nULL", #""nULL""#), ("", "null"),
            ("0x1F", "31"), ("0X1f", "31"), ("-0x10", "-16"), ("0o17", "15"), ("017", "15"), ("0644", "420"),
            ("08", "8"),
            ("0b101", "5"), ("-0b11", "-3"), ("00", "0"), ("-017", "-15"), ("1_000", "1000"), ("1_000.5", "1000.5"),
            ("+5", "5"), ("+1.5", "1.5"), (".5", "0.5"), ("-.5", "-0.5"), ("5.", "5"), ("5.e2", "5e2"),
            ("08.50", "8.50"),
            ("0x1G", #""0x1G""#), ("0x", #""0x""#), ("0x+1", #""0x+1""#), ("0b2", #""0b2""#), ("1e", #""1e""#),
            ("+", #""+""#), (".", #"".""#), ("-", "[null]"), ("1.2.3.4", #""1.2.3.4""#),
            ("._5", #""._5""#),
            ("12345678901234567890", "12345678901234567890"), ("123456789012345678901234", "123456789012345678901234"),
            ("0xFFFFFFFFFFFFFFFF", "18446744073709551615"), ("0xdeadbeefdeadbeefdead", #""0xdeadbeefdeadbeefdead""#),
            ("-0x8000000000000000", "-9223372036854775808"), ("-0xFFFFFFFFFFFFFFFF", #""-0xFFFFFFFFFFFFFFFF""#),
            ("2026-01-02", #""2026-01-02""#), ("2026-01-02T03:04:05Z", #""2026-01-02T03:04:05Z""#),
            ("1:30", #""1:30""#),
            ("0.0.0-dev", #""0.0.0-dev""#), ("16-alpine", #""16-alpine""#), ("=", #""=""#), ("1 2", #""1 2""#),
        ])
    func plainScalars(text: String, expected: String) throws {
        #expect(try yaml(text).text() == expected)
    }

    @Test(
        "takes quoted, tagged and block scalars for what they say",
        arguments: [
            (#""1.0""#, #""1.0""#), ("'yes'", #""yes""#), ("'it''s'", #""it's""#), (#""a\tb\x41\u00e9""#, #""a\tbAé""#),
            ("!!str 5", #""5""#), ("!!str", #""""#), ("! 5", #""5""#), ("!!int '5'", "5"), ("!!float 5", "5"),
            ("!!bool 'yes'", "true"), ("!!null ''", "null"), ("!!timestamp 2026-01-02", #""2026-01-02""#),
            ("!!map {a: 1}", #"{"a":1}"#), ("!!seq [1]", "[1]"), ("|\n  a\n   b\n\n", #""a\n b\n""#),
            ("|-\n a", #""a""#),
            ("|+\n a\n\n", #""a\n\n""#), (">\n a\n b\n\n c", #""a b\nc""#),
            ("a\n b", #""a b""#), ("|2\n   x", #"" x""#), ("\"a\\\n  b\"", #""ab""#),
        ])
    func otherScalars(text: String, expected: String) throws {
        #expect(try yaml(text).text() == expected)
    }

    @Test(
        "reads collections, keys, merges and aliases",
        arguments: [
            ("{a: [1, b], 'c d': {}}", #"{"a":[1,"b"],"c d":{}}"#), ("- a\n-\n  - b\n- c: 1", #"["a",["b"],{"c":1}]"#),
            ("a:\n- 1\nb:\n  - 2", #"{"a":[1],"b":[2]}"#), ("a:\nb: ~", #"{"a":null,"b":null}"#),
            ("1: a\n0x10: b\ny: d\n1.10: e", #"{"1":"a","16":"b","true":"d","1.10":"e"}"#),
            ("2: a\n1.10: b\nno: c", #"{"2":"a","1.10":"b","false":"c"}"#), ("? a\n: 1", #"{"a":1}"#),
            ("&k a: 1\nb: *k", #"{"a":1,"b":"a"}"#), ("a: &x b\n*x : 1", #"{"a":"b","b":1}"#),
            ("a: &x [1]\nb: *x\nc: &x 2\nd: *x", #"{"a":[1],"b":[1],"c":2,"d":2}"#),
            ("a: &b {x: 1, z: 2}\nc:\n  <<: *b\n  x: 3", #"{"a":{"x":1,"z":2},"c":{"x":3,"z":2}}"#),
            (
                "a: &a {x: 1, z: 2}\nb: &b {x: 3, w: 4}\nc: {<<: [*a, *b], v: 5}",
                #"{"a":{"x":1,"z":2},"b":{"x":3,"w":4},"c":{"v":5,"x":1,"z":2,"w":4}}"#
            ),
            ("<<: {a: 1}\n<<: {b: 2}", #"{"a":1,"b":2}"#), ("'<<': 1\na: <<", #"{"<<":1,"a":"<<"}"#),
            ("# only\na: 1 # one\nb: 'x # y'", #"{"a":1,"b":"x # y"}"#), ("%YAML 1.1\n---\na: 1\n...\n", #"{"a":1}"#),
            ("\u{FEFF}a: 1\nb: 2", #"{"a":1,"b":2}"#), ("\u{FEFF}{\"a\": 1}", #"{"a":1}"#),
            ("a:\r\n  b: 1\r\nc: |\r\n  x\r\n", #"{"a":{"b":1},"c":"x\n"}"#),
            ("---\n---\na: 1\n---\n", #"{"a":1}"#), ("", "null"), ("# nothing\n", "null"), ("--- |\n a\n", #""a\n""#),
        ])
    func collections(text: String, expected: String) throws {
        #expect(try yaml(text).text() == expected)
    }

    @Test("reads several documents, leaving out empty ones") func documents() throws {
        let text = "a: 1\n---\n# nothing\n---\n- 2\n...\n---\n~\n---\n"
        let documents = try YAML.documents(Array(text.utf8), source: "t.yaml")
        #expect(documents.map(\.root) == [["a": 1], [2], nil])
        #expect(documents[1].place(of: JSONPointer(["0"])) == "t.yaml:5:3")
        let fault = #expect(throws: Fault.self) { try yaml(text) }
        #expect(fault?.message == "t.yaml:5:1: a second document starts where one is expected")
        #expect(try YAML.documents(Array("{\"a\":1}\n---\n{\"b\":2}".utf8), source: "t").count == 2)
        #expect(try YAML.documents([], source: "t").isEmpty)
    }

    @Test("reads JSON that libyaml would refuse") func jsonInYAML() throws {
        let key = String(repeating: "k", count: 2000)
        let text = "\n\t{\"\(key)\":\"\\ud83d\\ude00\\/\",\"\u{7F}\":\"\u{2028}\",\"a\"\t:1E5}"
        #expect(try yaml(text) == json(text))
    }

    @Test(
        "knows where values stand", arguments: [false, true])
    func positions(isJSON: Bool) throws {
        let text =
            isJSON
            ? "{\n  \"base\": {\"x\": 1},\n  \"é\": [1, {\"k\": [2, 3],\n  \"l\": 4}]\n}\n"
            : "base: &b\n  x: 1\né:\n- 1\n- k: [2, 3]\n  <<: {m: {n: 1}}\n  l: 4\n  ref: *b\n"
        let document = try YAML.document(Array(text.utf8), source: "f")
        let expected: [([String], String)] =
            isJSON
            ? [
                ([], "f:1:1"), (["base"], "f:2:3"), (["base", "x"], "f:2:12"), (["é"], "f:3:3"), (["é", "0"], "f:3:9"),
                (["é", "1"], "f:3:12"), (["é", "1", "k", "1"], "f:3:22"), (["é", "1", "l"], "f:4:3"),
                (["é", "7"], "f:3:3"), (["é", "x"], "f:3:3"), (["none", "x"], "f:1:1"),
            ]
            : [
                ([], "f:1:1"), (["base"], "f:1:1"), (["base", "x"], "f:2:3"), (["é"], "f:3:1"), (["é", "0"], "f:4:3"),
                (["é", "1"], "f:5:3"), (["é", "1", "k", "1"], "f:5:10"), (["é", "1", "l"], "f:7:3"),
                (["é", "1", "m"], "f:5:3"), (["é", "1", "ref", "x"], "f:8:3"), (["none"], "f:1:1"),
            ]
        for (parts, place) in expected { #expect(document.place(of: JSONPointer(parts)) == place, "\(parts)") }
        #expect(try YAML.document([], source: "f").place(of: JSONPointer()) == "f")
    }
}
