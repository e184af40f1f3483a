// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Testing

@Suite("Reading JSON") struct JSONParsingTests {
    @Test(
        "keeps order and number text, decodes escapes",
        arguments: [
            (#"{"b":1.0,"a":[1e5,-0,true,null,"x\ny"]}"#, #"{"b":1.0,"a":[1e5,-0,true,null,"x\ny"]}"#),
            (" [ ] ", "[]"), ("{\r\n}\t", "{}"), ("\"\"", "\"\""), (" false ", "false"),
            (#""é\u00e9\ud83d\ude00\/\b\f\n\r\t\"\\""#, #""éé😀/\b\f\n\r\t\"\\""#),
            (#""\u0000\u001F\u007f""#, "\"\\u0000\\u001f\u{7F}\""), (#""a\u0041b\u0042c""#, #""aAbBc""#),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("[0,-1.5E+10,1.10,2e-3]", "[0,-1.5E+10,1.10,2e-3]"), ("1E400", "1E400"),
            (#"{"":{"a":[[],{}]}}"#, #"{"":{"a":[[],{}]}}"#),
        ])
    func reads(text: String, expected: String) throws {
        #expect(try json(text).text() == expected)
    }

    @Test(
        "refuses what is not strict JSON, naming the place",
        arguments: [
            ("", "1:1: the text ends where a value should be"), ("  \n", "2:1: the text ends"),
            ("{", "1:2: a key in double quotes"), ("[1,]", "1:4: a value should be here"),
            ("[1,", "1:4: the text ends"), ("[1", "1:3: “,” or “]”"), ("[1 2]", "1:4: “,” or “]”"),
            (#"{"a":1,}"#, "1:8: a key in double quotes"), (#"{"a" 1}"#, "1:6: “:” should follow the key “a”"),
            (#"{"a":1 "b":2}"#, "1:8: “,” or “}”"), ("{'a':1}", "1:2: a key in double quotes"),
            ("{a:1}", "1:2: a key in double quotes"), ("01", "1:1: this is no JSON number"), ("-", "1:1: this is no"),
            ("1.", "1:1: this is no"), (".5", "1:1: a value"), ("+1", "1:1: a value"), ("1e", "1:1: this is no"),
            ("0x1F", "1:1: this is no"), ("1.2.3", "1:1: this is no"), ("1_000", "1:1: this is no"),
            ("nul", "1:1: a value"), ("nulL", "1:1: a value"), ("truex", "1:5: something follows"),
            ("NaN", "1:1: a value"), ("[1]\n 2", "2:2: something follows the value"),
            ("{} {}", "1:4: something follows"),
            ("\"\u{1}\"", "1:2: a control character"), ("\"a\nb\"", "1:3: a control character"),
            (#""\x""#, "1:2: the escape is unknown"), (#""\"#, "1:2: the escape is unknown"),
            (#""\u12"#, "1:2: \\u needs four"), (#""\u+123""#, "1:2: \\u needs four"), (#""abc"#, "1:1: the string"),
            (#""\ud800""#, "1:2: the escape names half"), (#""x\udc00""#, "1:3: the escape names half"),
            (#""\ud800\ud800""#, "1:2: the escape names half"), (#""\ud800\n""#, "1:2: the escape names half"),
            (#""\udc00\ud800""#, "1:2: the escape names half"), ("\u{FEFF}1", "1:1: a byte order mark"),
            ("// x\n1", "1:1: a value"), ("{\n  \"é\": 1,\n  \"é\": 2\n}", "3:3: the key “é” is given twice"),
            ("[\"ééé\", x]", "1:9: a value should be here"),
            ("{\"a\":{\"b\":1,\"b\":1}}", "1:13: the key “b” is given"),
        ])
    func refuses(text: String, message: String) {
        let fault = #expect(throws: Fault.self) { try json(text) }
        #expect(fault?.code == .invalid)
        #expect(fault?.message.hasPrefix("t.json:" + message) == true, "\(fault?.message ?? "")")
    }

    @Test("takes the last of several values of a key where that is asked for, and says which keys there were")
    func repeatedKeys() throws {
        let text = #"{"a": {"b": 1, "b": 2}, "c": [{}, {"d": 1, "d": [3]}], "a": {"e": null}}"#
        let (value, keys) = try JSON.toleratingRepeatedKeys(Array(text.utf8), source: "t.json")
        #expect(value == ["a": ["e": nil], "c": [[:], ["d": [3]]]])
        #expect(keys == ["a.b", "c[1].d", "a"])
        #expect(try JSON.toleratingRepeatedKeys(Array("[1]".utf8), source: "t.json").repeatedKeys == [])
        #expect(throws: Fault.self) { try JSON.toleratingRepeatedKeys(Array("{\"a\": 1,}".utf8), source: "t.json") }
    }

    @Test(
        "refuses bytes that are not UTF-8",
        arguments: [
            ([0x22, 0xFF, 0x22], "1:2"), ([0x22, 0xC0, 0xAF, 0x22], "1:2"), ([0x22, 0xED, 0xA0, 0x80, 0x22], "1:2"),
            ([0x0A, 0x22, 0x61, 0xC3], "2:3"), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "1:2"), ([0x31, 0x80], "1:2"),
            ([0xFF, 0xFE, 0x31, 0x00], "1:1"),
        ] as [([UInt8], String)])
    func invalidUTF8(bytes: [UInt8], place: String) {
        for read in [{ try JSON(parsing: $0, source: "t") }, { try YAML.document($0, source: "t").root }]
            as [([UInt8]) throws -> JSON]
        {
            let fault = #expect(throws: Fault.self) { try read(bytes) }
            #expect(fault?.message == "t:\(place): the text is not valid UTF-8")
        }
    }

    @Test("gives each limit its own name and says where it was reached") func limits() throws {
        var limits = DocumentLimits()
        (limits.bytes, limits.depth, limits.nodes) = (20, 3, 6)
        #expect(try json("[[[1,2]],3]", limits: limits) == [[[1, 2]], 3])
        for (text, message) in [
            ("\"aaaaaaaaaaaaaaaaaaaa\"", "t.json has 22 B, more than the 20 B accepted of a document"),
            ("[[[[1]]]]", "t.json:1:4: values are nested deeper than 3 levels"),
            ("[1,2,3,4,5,6]", "t.json:1:12: the document holds more than 6 values"),
        ] {
            for read in [{ try json($0, limits: limits) }, { try yaml($0, limits: limits) }]
                as [(String) throws -> JSON]
            {
                let fault = #expect(throws: Fault.self) { try read(text) }
                #expect(fault?.code == .limitExceeded && fault?.fix != nil)
                #expect(fault?.message == message || fault?.message == message.replacing("json", with: "yaml"))
            }
        }
    }
}
