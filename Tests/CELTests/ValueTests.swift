// SPDX-License-Identifier: Apache-2.0

import CEL
import Testing

@Suite("Equality, order and arithmetic")
struct ValueTests {
    /// A value of each type, as an expression; of numbers those that differ in no type.
    private static let samples = [
        "null", "false", "true", "-1", "1", "2", "1u", "2u", "1.0", "2.5", "''", "'a'", "'é'", "'e\\u0301'", "b''",
        "b'a'",
        "duration('1s')", "duration('2s')", "timestamp(0)", "timestamp(1)", "[]", "[1]", "[1.0]", "['a']", "{}",
        "{'a': 1}", "{1: 'a'}", "int", "list", "optional.none()", "optional.of(1)",
    ]
    /// What is equal to what, besides to itself.
    private static let equal: Set<Set<String>> = [
        ["1", "1u"], ["1", "1.0"], ["1u", "1.0"], ["2", "2u"], ["[1]", "[1.0]"],
    ]
    /// What has an order among itself, from the least.
    private static let ordered = [
        ["false", "true"], ["-1", "1", "2", "2.5"], ["-1", "1u", "2u", "2.5"], ["-1", "1.0", "2.5"],
        ["''", "'a'", "'e\\u0301'", "'é'"],
        ["b''", "b'a'"], ["duration('1s')", "duration('2s')"], ["timestamp(0)", "timestamp(1)"],
    ]

    @Test("Values of all types are equal to what they should be, and to nothing else", arguments: samples)
    func equality(a: String) {
        for b in Self.samples {
            let isEqual = a == b || Self.equal.contains([a, b])
            #expect(outcome(of: "dyn(\(a)) == dyn(\(b))") == "\(isEqual)", "\(a) == \(b)")
            #expect(outcome(of: "dyn(\(a)) != dyn(\(b))") == "\(!isEqual)", "\(a) != \(b)")
            #expect(outcome(of: "[\(a)] == [\(b)]") == "\(isEqual)", "in lists, \(a) == \(b)")
            #expect(outcome(of: "\(a) in [0, \(b)]") == "\(isEqual)", "\(a) in \(b)")
        }
    }

    @Test("Values have an order within their type, and numbers across types", arguments: samples)
    func order(a: String) {
        for b in Self.samples {
            let family = Self.ordered.first { $0.contains(a) && $0.contains(b) }
            let isNumber = Set(Self.ordered[1...3].joined()).isSuperset(of: [a, b])
            guard family != nil || isNumber else {
                #expect(outcome(of: "dyn(\(a)) < dyn(\(b))").hasPrefix("fails: no such overload"), "\(a) < \(b)")
                continue
            }
            guard let family, let i = family.firstIndex(of: a), let j = family.firstIndex(of: b) else { continue }
            for (sign, holds) in [("<", i < j), ("<=", i <= j), (">", i > j), (">=", i >= j)] {
                #expect(outcome(of: "dyn(\(a)) \(sign) dyn(\(b))") == "\(holds)", "\(a) \(sign) \(b)")
            }
        }
    }

    @Test(
        "Numbers of different types stand on one line",
        arguments: [
            ("dyn(9007199254740993) == 9007199254740992.0", "true"), ("dyn(-1) == 18446744073709551615u", "false"),
            ("dyn(9223372036854775807) < 9223372036854775808u", "true"), ("dyn(1) < 1e300", "true"),
            ("dyn(0u) > -1e300", "true"), ("double('NaN') == double('NaN')", "false"),
            ("[double('NaN')] == [double('NaN')]", "false"),
            ("double('NaN') < 1.0 || double('NaN') >= 1.0", "false"), ("0.0 == -0.0", "true"),
            ("{1: 'a'}[1u]", "\"a\""),
            ("{1: 'a'}[dyn(1.0)]", "\"a\""), ("1.5 in {1: 'a'}", "false"), ("dyn(1.0) in {1: 'a'}", "true"),
            ("[1, 2][dyn(1u)]", "2"), ("[1, 2][dyn(1.5)]", "fails: an index is a whole number, not 1.5"),
        ])
    func numbers(text: String, value: String) { #expect(outcome(of: text) == value) }

    @Test(
        "Arithmetic stops at the limits of its types",
        arguments: [
            ("9223372036854775807 + 1", "fails: integer overflow"),
            ("-9223372036854775808 - 1", "fails: integer overflow"),
            ("-(-9223372036854775808)", "fails: integer overflow"),
            ("-9223372036854775808 / -1", "fails: integer overflow"),
            ("-9223372036854775808 % -1", "fails: integer overflow"),
            ("9223372036854775807 * 2", "fails: integer overflow"),
            ("18446744073709551615u + 1u", "fails: unsigned integer overflow"),
            ("0u - 1u", "fails: unsigned integer overflow"),
            ("1 / 0", "fails: division by zero"), ("1 % 0", "fails: modulus by zero"),
            ("1u / 0u", "fails: division by zero"),
            ("1.0 / 0.0", "double(\"Infinity\")"), ("-7 / 2", "-3"), ("-7 % 2", "-1"), ("7 % -2", "1"),
            ("duration('9223372036s') + duration('1s')", "fails: duration overflow"),
            ("timestamp('9999-12-31T23:59:59Z') + duration('1s')", "fails: timestamp overflow"),
            ("timestamp('9999-12-31T00:00:00Z') - timestamp('0001-01-01T00:00:00Z')", "fails: duration overflow"),
            ("dyn(1) + 1u", "fails: no such overload: _+_(int, uint)"),
            ("dyn(1) + 'a'", "fails: no such overload: _+_(int, string)"),
        ])
    func limits(text: String, value: String) { #expect(outcome(of: text) == value) }

    @Test(
        "Conversions take what the specification says",
        arguments: [
            ("int('-5')", "-5"), ("int('+5')", "5"), ("int(' 5')", "fails: type conversion error from ' 5' to 'int'"),
            ("int(3.9)", "3"), ("int(-3.9)", "-3"), ("int(9223372036854775807.0)", "fails: integer overflow"),
            ("int(double('NaN'))", "fails: integer overflow"), ("uint(-1)", "fails: unsigned integer overflow"),
            ("uint('5u')", "fails: type conversion error from '5u' to 'uint'"), ("double('1e3')", "1000.0"),
            ("double('inf')", "double(\"Infinity\")"),
            ("string(1000000.0)", "\"1e+06\""), ("string(100000.0)", "\"100000\""), ("string(1u)", "\"1\""),
            ("string(-0.0)", "\"-0\""),
            ("string(b'\\xff')", "fails: the bytes are not UTF-8 and so no string"), ("bytes('é')", "b\"\\xc3\\xa9\""),
            ("bool('True')", "true"), ("bool('yes')", "fails: type conversion error from 'yes' to 'bool'"),
            ("string(duration('1h1m1.5s'))", "\"3661.5s\""),
            ("duration('1')", "fails: type conversion error from '1' to 'duration'"),
            ("string(timestamp('2024-02-29T12:00:00.120Z'))", "\"2024-02-29T12:00:00.12Z\""),
            ("int(timestamp(-1))", "-1"),
            ("type(1) == int && type(type(1)) == type", "true"), ("size('e\\u0301')", "2"),
        ])
    func conversions(text: String, value: String) { #expect(outcome(of: text) == value) }
}
