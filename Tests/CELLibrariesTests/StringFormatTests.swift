// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("String format")
struct StringFormatTests {
    @Test(
        "Each clause writes its types",
        arguments: [
            ("'%s %s %s'.format(['a', 1, 2u])", "a 1 2"), ("'%s'.format([1e10])", "10000000000"),
            ("'%s'.format([-0.0])", "-0"), ("'%s'.format([1.5e-7])", "0.00000015"), ("'%s'.format([b'abc'])", "abc"),
            ("'%s'.format([[1, 'a', 2.5, null, [true]]])", "[1, a, 2.5, null, [true]]"),
            ("'%s'.format([{'b': 1, 'a': {2: 3}}])", "{a: {2: 3}, b: 1}"),
            ("'%s'.format([duration('1h45m47.5s')])", "6347.5s"),
            ("'%s'.format([timestamp('2023-02-03T23:31:20.5+01:00')])", "2023-02-03T22:31:20.5Z"),
            ("'%s'.format([type(1)])", "int"), ("'%s'.format([double('-Infinity')])", "-Infinity"),
            ("'%d %d %d'.format([-1, 2u, 1.5])", "-1 2 1.5"), ("'%d'.format([double('NaN')])", "NaN"),
            ("'%f %.2f %.0f'.format([1, 1.005, 2.5])", "1.000000 1.00 2"), ("'%.f'.format([1.0])", "error"),
            ("'%e %.3e'.format([2u, 1234.5])", "2.000000e+00 1.234e+03"), ("'%e'.format([double('inf')])", "Infinity"),
            ("'%b %b %b'.format([-5, 5u, true])", "-101 101 1"), ("'%o %o'.format([-11, 8u])", "-13 10"),
            ("'%x %X %x'.format([-30, 255u, 'Hi'])", "-1e FF 4869"), (#"'%X'.format([b'\xab\x01'])"#, "AB01"),
            ("'100%% of %s%%'.format(['a'])", "100% of a%"), ("'äö'.format([])", "äö"),
        ])
    func clauses(expression: String, expected: String) {
        let result = outcome(of: expression, with: [.strings()])
        #expect(expected == "error" ? result.hasPrefix("error: ") : result == "\"\(expected)\"")
    }

    @Test(
        "What does not fit is refused, with and without constants",
        arguments: [
            ("%d", "'a'", "error during formatting: decimal clause can only be used on ints, uints, and doubles"),
            ("%f", "'a'", "error during formatting: fixed-point clause can only be used on ints, uints, and doubles"),
            ("%e", "null", "error during formatting: scientific clause can only be used on ints, uints, and doubles"),
            ("%b", "1.0", "error during formatting: only ints, uints, and bools can be formatted as binary"),
            ("%o", "true", "error during formatting: octal clause can only be used on ints and uints"),
            ("%x", "0.5", "error during formatting: only ints, uints, bytes, and strings can be formatted as hex"),
            ("%s", "optional.none()", "error during formatting: string clause can only be used on strings, bools"),
            ("%5d", "1", #"could not parse formatting clause: unrecognized formatting clause "5""#),
            ("%ß", "1", #"could not parse formatting clause: unrecognized formatting clause "ß""#),
            ("%.1", "1", "could not parse formatting clause: error while parsing precision: could not find end"),
            ("%.99999999999999999999f", "1", "could not parse formatting clause: error while parsing precision"),
            ("%.1000001f", "1", "could not parse formatting clause: precision 1000001 exceeds maximum"),
            ("%", "1", "unexpected end of string"), ("%d %d", "1", "index 1 out of range"),
            ("%s", "b'\\xff'", "error during formatting: invalid UTF-8 in bytes"),
        ])
    func refusals(text: String, argument: String, expected: String) {
        for expression in ["'\(text)'.format([\(argument)])", "dyn('\(text)').format([dyn(\(argument))])"] {
            #expect(outcome(of: expression, with: [.strings()]).hasPrefix("error: \(expected)"))
        }
        // A constant text with arguments that are only known later.
        let late = "[\(argument)].map(x, '\(text)'.format([x]))"
        #expect(outcome(of: late, with: [.strings()]).hasPrefix("error: \(expected)"))
    }

    @Test("Arguments that are left over are reported only when they are constants")
    func leftOver() {
        let constant = outcome(of: "'%s'.format(['a', 'b'])", with: [.strings()])
        #expect(constant == "error: too many arguments supplied to string.format (expected 1, got 2)")
        #expect(outcome(of: "[1].map(x, '%s'.format([x, x]))", with: [.strings()]) == #"["1"]"#)
    }

    @Test(
        "Before version 4 lists hold literals and numbers are those of en-US",
        arguments: [
            (
                "'%s'.format([['abc', 3.14, null, [9], timestamp('2023-02-03T23:31:20Z'), duration('2h'), b'x']])",
                #"["abc", 3.140000, null, [9], timestamp("2023-02-03T23:31:20Z"), duration("7200s"), b"x"]"#
            ),
            (
                "'%s'.format([{1: 'value1', 2u: 'value2', true: double('NaN')}])",
                #"{1:"value1", 2:"value2", true:"NaN"}"#
            ),
            ("'%s'.format([0.000000002])", "2e-09"), ("'%s'.format([[0.000000002]])", "[0.000000]"),
            ("'%s'.format([double('inf')])", "+Inf"), ("'%f %f'.format([double('inf'), '-Infinity'])", "∞ -∞"),
            ("'%.3f'.format([1.2345])", "1.234"), ("'%.1f'.format([-1234567.25])", "-1,234,567.2"),
            ("'%.0f'.format([-123.0])", "-123"), ("'%.6e'.format([1052.032911275])", "1.052033\u{202F}×\u{202F}10⁰³"),
            ("'%.1e'.format([0.015])", "1.5\u{202F}×\u{202F}10⁻⁰²"), ("'%d %x %b'.format([1, 'a', true])", "1 61 1"),
        ])
    func localized(expression: String, expected: String) throws {
        let program = try Environment(libraries: [.standard, .strings(version: 2)]).compile(expression)
        guard case .string(let text) = try program.evaluate() else { throw Surprise() }
        #expect(text == expected)
    }

    @Test(
        "Before version 4 clauses with a point take doubles alone",
        arguments: ["'%f'.format([1])", "'%d'.format([1.0])"])
    func localizedRefusals(expression: String) {
        #expect(outcome(of: expression, with: [.strings(version: 3)]).hasPrefix("error: error during formatting: "))
    }

    private struct Surprise: Error {}
}
