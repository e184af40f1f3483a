// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@Suite("Writing JSON") struct JSONEncodingTests {
    private let value: JSON = ["b": [1, [:], []], "a": ["é": "\u{8}\u{1F}\u{7F}\"\\/", "B": nil]]

    @Test("is compact, in order or sorted by bytes") func compact() {
        let strings = "\"é\":\"\\b\\u001f\u{7F}\\\"\\\\/\""
        #expect(value.text() == "{\"b\":[1,{},[]],\"a\":{\(strings),\"B\":null}}")
        #expect(value.text(sortedKeys: true) == "{\"a\":{\"B\":null,\(strings)},\"b\":[1,{},[]]}")
        #expect(value.encoded() == Array(value.text().utf8))
    }

    @Test("is pretty with two spaces and a line end") func pretty() {
        let value: JSON = ["b": [1, [:], []], "a": ["c": "x"]]
        #expect(
            value.pretty(sortedKeys: true) == """
                {
                  "a": {
                    "c": "x"
                  },
                  "b": [
                    1,
                    {},
                    []
                  ]
                }

                """)
        #expect(JSON.null.pretty() == "null\n")
    }

    @Test("reads back what it wrote", arguments: 0..<300 as Range<UInt64>)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = JSON.random(using: &generator)
        #expect(try json(value.text()) == value)
        #expect(try json(value.text(sortedKeys: true)) == value)
        #expect(try json(value.pretty()) == value)
        #expect(try json(value.text()).text() == value.text(), "the order is kept")
    }
}

@Suite("Canonical JSON (RFC 8785)") struct CanonicalJSONTests {
    @Test(
        "writes the numbers of appendix B",
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7FEF_FFFF_FFFF_FFFF, "1.7976931348623157e+308"),
            (0xFFEF_FFFF_FFFF_FFFF, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xC340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44B5_2D02_C7E1_4AF5, "9.999999999999997e+22"), (0x44B5_2D02_C7E1_4AF6, "1e+23"),
            (0x44B5_2D02_C7E1_4AF7, "1.0000000000000001e+23"), (0x444B_1AE4_D6E2_EF4E, "999999999999999700000"),
            (0x444B_1AE4_D6E2_EF4F, "999999999999999900000"), (0x444B_1AE4_D6E2_EF50, "1e+21"),
            (0x3EB0_C6F7_A0B5_ED8C, "9.999999999999997e-7"), (0x3EB0_C6F7_A0B5_ED8D, "0.000001"),
            (0x41B3_DE43_5555_5553, "333333333.3333332"), (0x41B3_DE43_5555_5554, "333333333.33333325"),
            (0x41B3_DE43_5555_5555, "333333333.3333333"), (0x41B3_DE43_5555_5556, "333333333.3333334"),
            (0x41B3_DE43_5555_5557, "333333333.33333343"), (0xBECB_F647_612F_3696, "-0.0000033333333333333333"),
            (0x4314_3FF3_C1CB_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func appendixB(bits: UInt64, expected: String) throws {
        let number = try #require(JSONNumber(text: Double(bitPattern: bits).description))
        #expect(try String(decoding: JSON.number(number).canonical(), as: UTF8.self) == expected)
    }

    @Test(
        "takes every number for a double",
        arguments: [
            ("-0", "0"), ("-0.0", "0"), ("1.0", "1"), ("10", "10"), ("-120", "-120"), ("1e21", "1e+21"),
            ("1e20", "100000000000000000000"), ("123456789012345678", "123456789012345680"), ("1e-7", "1e-7"),
            ("9007199254740993", "9007199254740992"), ("9223372036854775807", "9223372036854776000"), ("1e-400", "0"),
            ("0.1", "0.1"), ("100", "100"), ("1.5e300", "1.5e+300"), ("12345.678E-2", "123.45678"), ("100.5", "100.5"),
        ])
    func doubles(text: String, expected: String) throws {
        #expect(try String(decoding: json(text).canonical(), as: UTF8.self) == expected)
    }

    @Test("refuses a number beyond a double", arguments: ["1e400", "-1e400"])
    func tooLarge(text: String) throws {
        let value = try json(text)
        let fault = #expect(throws: Fault.self) { try value.canonical() }
        #expect(fault?.code == .invalid)
    }

    @Test("writes the example of section 3.2.2") func example() throws {
        let text = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        let expected =
            #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
            + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#
        #expect(try String(decoding: json(text).canonical(), as: UTF8.self) == expected)
    }

    @Test("sorts keys by UTF-16 code units, as in section 3.2.3") func keys() throws {
        let keys = [#"\u20ac"#, #"\r"#, #"\ufb33"#, "1", #"\ud83d\ude00"#, #"\u0080"#, #"\u00f6"#]
        let text = "{" + keys.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",") + "}"
        let canonical = try JSON(parsing: json(text).canonical(), source: "canonical")
        #expect(canonical.object?.keys == ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{FB33}"])
    }

    @Test("does not depend on order and spelling", arguments: 1000..<1100 as Range<UInt64>)
    func stable(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let value = JSON.random(using: &generator)
        let canonical = try value.canonical()
        let reread = try JSON(parsing: canonical, source: "canonical")
        #expect(try reread.canonical() == canonical)
        #expect(try json(value.text(sortedKeys: true)).canonical() == canonical)
    }
}
