// SPDX-License-Identifier: Apache-2.0

import Documents
import Testing

@Suite("JSON values") struct JSONValueTests {
    @Test("objects keep their order and are equal in any") func order() {
        var object: JSON = ["b": 1, "a": [true, nil], "z": "\(1 + 1)"]
        #expect(object == ["a": [true, nil], "z": "2", "b": 1])
        #expect(object.hashValue == (["z": "2", "b": 1, "a": [true, nil]] as JSON).hashValue)
        object["b"] = nil
        object["c"] = "x"
        object["a"] = 5
        #expect(object.object?.keys == ["a", "z", "c"])
        #expect(object["a"]?.int == 5 && object["b"] == nil && object["a"]?["x"] == nil)
        var text: JSON = "text"
        text["key"] = false
        #expect(text == ["key": false])
    }

    @Test("large objects find, replace and remove by key", arguments: [10, 23, 24, 25, 3000])
    func large(count: Int) {
        var object = JSONObject()
        for number in 0..<count { object["key \(number)"] = .number(JSONNumber(Int64(number))) }
        object["key 3"] = nil
        object["key 4"] = "four"
        object["key \(count)"] = nil
        #expect(object.count == count - 1 && object["key 3"] == nil && object["key 4"] == "four")
        #expect(object["key \(count - 1)"]?.int == Int64(count - 1))
        #expect(object.keys[3] == "key 4" && object.map(\.key) == object.keys)
        #expect(object == JSONObject(object.reversed().map { ($0.key, $0.value) }))
    }

    @Test("texts are the same only by their code points", arguments: [1, 100])
    func codePoints(others: Int) throws {
        var object = JSONObject()
        for number in 0..<others { object["\(number)"] = JSON.null }
        object["\u{E9}"] = 1
        object["e\u{301}"] = 2
        #expect(object.count == others + 2 && object["\u{E9}"] == 1 && object["e\u{301}"] == 2)
        #expect(JSON.string("\u{E9}") != .string("e\u{301}"))
        #expect(try json("{\"\u{E9}\":1,\"e\u{301}\":2}").object?.count == 2)
    }

    @Test(
        "numbers keep their text and know their value",
        arguments: [
            ("0", 0, 0.0), ("-0", 0, -0.0), ("9223372036854775807", Int64.max, 0x1p63),
            ("9223372036854775808", nil, 0x1p63),
            ("-9223372036854775808", Int64.min, -0x1p63), ("1.0", nil, 1.0), ("1e2", nil, 100.0),
            ("1e999", nil, .infinity),
            ("-1e999", nil, -.infinity), ("1e-999", nil, 0.0),
        ] as [(String, Int64?, Double)])
    func numbers(text: String, integer: Int64?, double: Double) throws {
        let number = try #require(JSONNumber(text: text))
        #expect(number.text == text && number.int64 == integer && number.double == double)
    }

    @Test(
        "takes no other text for a number",
        arguments: ["", "-", "01", "+1", ".5", "5.", "1e", "0x1", "1 ", " 1", "١", "NaN"])
    func notNumbers(text: String) {
        #expect(JSONNumber(text: text) == nil)
    }

    @Test("names kinds and gives no value of another kind") func kinds() {
        let values: [JSON] = [nil, true, 1, "x", [1], ["a": 1]]
        #expect(values.map(\.kindName) == ["null", "boolean", "number", "string", "array", "object"])
        #expect(values.map { $0.string != nil } == [false, false, false, true, false, false])
        #expect(values.map { $0.bool != nil } == [false, true, false, false, false, false])
        #expect(values.map { $0.int != nil && $0.double == 1 } == [false, false, true, false, false, false])
        #expect(values.map { $0[0] != nil } == [false, false, false, false, true, false])
        #expect(values.map { $0["a"] != nil } == [false, false, false, false, false, true])
        #expect((["x"] as JSON)[1] == nil && (["x"] as JSON)[-1] == nil)
    }

    @Test("pointers escape as RFC 6901 says") func pointers() {
        let pointer = JSONPointer(["a"]).appending(0).appending("b/c~d").appending("")
        #expect("\(pointer)" == "/a/0/b~1c~0d/" && "\(JSONPointer())" == "")
    }
}
