// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Math")
struct MathTests {
    @Test(
        "The greatest and the least of any number of numbers",
        arguments: [
            ("math.greatest(1)", "1"), ("math.greatest(1, 2u)", "2u"), ("math.greatest(1, 1.0)", "1"),
            ("math.greatest(-5, 2.5, 1u)", "2.5"), ("math.least([3, 1, 2])", "1"), ("math.least(1.5, 1)", "1"),
            ("math.least(dyn([2, 1u]))", "1u"), ("math.greatest(1, 2) + 1", "3"),
            ("math.greatest(dyn('a'), dyn('b'))", "error: no such overload: math.@max(string, string)"),
            ("math.greatest(dyn(['a']))", "error: no such overload: math.@max(string)"),
            ("math.least(dyn([]))", "error: math.@min(list) argument must not be empty"),
            ("math.least(double('NaN'), 1)", "error: NaN values cannot be ordered: math.@min"),
            ("math.greatest()", "error: math.greatest() requires at least one argument"),
            ("math.greatest([])", "error: math.greatest() invalid single argument value"),
            ("math.greatest(['a'])", "error: math.greatest() invalid single argument value"),
            ("math.least('a')", "error: math.least() invalid single argument value"),
            ("math.least(1, 'a')", "error: math.least() simple literal arguments must be numeric"),
            ("math.least(1, 2, {})", "error: math.least() simple literal arguments must be numeric"),
        ])
    func extremes(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.math()]) == expected)
    }

    @Test(
        "Numbers are rounded and tested",
        arguments: [
            ("math.ceil(1.2)", "2.0"), ("math.floor(-1.2)", "-2.0"), ("math.round(2.5)", "3.0"),
            ("math.round(-2.5)", "-3.0"), ("math.trunc(-1.7)", "-1.0"), ("math.isNaN(double('NaN'))", "true"),
            ("math.isInf(double('-inf'))", "true"), ("math.isFinite(1.0)", "true"), ("math.abs(-5)", "5"),
            ("math.abs(-1.5)", "1.5"), ("math.abs(5u)", "5u"),
            ("math.abs(-9223372036854775808)", "error: integer overflow"),
            ("math.sign(-42)", "-1"), ("math.sign(0u)", "0u"), ("math.sign(-0.0)", "0.0"), ("math.sign(7.5)", "1.0"),
            ("math.sqrt(81)", "9.0"), ("math.sqrt(2u)", "1.4142135623730951"), ("math.isNaN(math.sqrt(-1.0))", "true"),
        ])
    func rounding(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.math()]) == expected)
    }

    @Test(
        "Bits are combined and shifted",
        arguments: [
            ("math.bitAnd(12, 10)", "8"), ("math.bitOr(12u, 10u)", "14u"), ("math.bitXor(12, -1)", "-13"),
            ("math.bitNot(1)", "-2"), ("math.bitNot(0u)", "18446744073709551615u"), ("math.bitShiftLeft(1, 2)", "4"),
            ("math.bitShiftLeft(1, 63)", "-9223372036854775808"), ("math.bitShiftLeft(1, 64)", "0"),
            ("math.bitShiftRight(-1024, 3)", "2305843009213693824"), ("math.bitShiftRight(1024u, 64)", "0u"),
            ("math.bitShiftLeft(1, 9223372036854775807)", "0"),
            ("math.bitShiftRight(1, -1)", "error: math.bitShiftRight() negative offset: -1"),
        ])
    func bits(expression: String, expected: String) {
        #expect(outcome(of: expression, with: [.math()]) == expected)
    }

    @Test(
        "A version has the functions of its time", arguments: [(0, "math.abs(1)"), (1, "math.sqrt(4)")])
    func versions(version: Int, expression: String) {
        #expect(outcome(of: expression, with: [.math(version: version)]).hasPrefix("error: "))
        #expect(!outcome(of: expression, with: [.math(version: version + 1)]).hasPrefix("error: "))
    }
}
