// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("JSON of kro")
struct KroJSONTests {
    @Test(
        "written as encoding/json writes it",
        arguments: [
            (#"{'b': 1, 'a': [1u, -2]}"#, #"{"a":[1,-2],"b":1}"#), ("'<&>'", #""\u003c\u0026\u003e""#),
            (#"'\u2028\u2029\n\r\t\b\f\u0001\"\\é/'"#, #""\u2028\u2029\n\r\t\b\f\u0001\"\\é/""#),
            (
                "[2.5, 1e20, 1e21, 1e-6, 1e-7, 1e100, 100000000.0]",
                "[2.5,100000000000000000000,1e+21,0.000001,1e-7,1e+100,100000000]"
            ),
            ("-0.0", "-0"), ("b'hi'", #""aGk=""#), ("duration('90s')", #""1m30s""#),
            ("timestamp('2020-01-01T01:00:00.5+01:00')", #""2020-01-01T00:00:00Z""#), ("null", "null"),
            ("[optional.none(), optional.of(1)]", "[null,1]"), ("{}", "{}"), ("[]", "[]"),
            ("18446744073709551615u", "18446744073709551615"),
        ])
    func marshal(expression: String, json: String) {
        #expect(evaluated("json.marshal(\(expression))", in: .kro) == Value.string(json).literalText)
    }

    @Test(
        "what JSON has no form for",
        arguments: [
            ("{1: 2}", "convert value: map key must be string, got int"),
            ("type(1)", "convert value: unsupported type: type"),
            ("omit()", "convert value: unsupported type: kro.omit"),
            ("double('NaN')", "encode value: json: unsupported value: NaN"),
        ])
    func unsupported(expression: String, problem: String) {
        #expect(evaluated("json.marshal(\(expression))", in: .kro) == "error: json.marshal failed to \(problem)")
    }

    @Test(
        "read with doubles and sorted keys",
        arguments: [
            (#"{"b": 1, "a": [true, null, "x"]}"#, #"{"a": [true, null, "x"], "b": 1.0}"#), ("5", "5.0"),
            ("9007199254740993", "9007199254740992.0"),
        ])
    func unmarshal(text: String, result: String) {
        #expect(evaluated("json.unmarshal('\(text)')", in: .kro) == result)
    }

    @Test("what is no JSON is refused", arguments: ["", "{", "1e400", "[1] 2", #"{"a": 1, "a": 2}"#])
    func broken(text: String) {
        #expect(
            evaluated("json.unmarshal('\(text)')", in: .kro).hasPrefix("error: json.unmarshal failed to parse JSON: "))
    }

    @Test("a text of many values is paid for before it is read")
    func budget() throws {
        let program = try Profile.kro.environment(variables: ["t": .string]).compile("json.unmarshal(t)")
        let text = Value.string("[" + String(repeating: "0,", count: 10_000) + "0]")
        #expect(throws: EvaluationError.self) {
            try program.evaluate(["t": text], limits: EvaluationLimits(steps: 1_000_000, bytes: 100_000))
        }
    }
}
