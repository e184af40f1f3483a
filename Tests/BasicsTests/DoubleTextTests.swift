// SPDX-License-Identifier: Apache-2.0

import Basics
import Testing

@Suite("Text of doubles") struct DoubleTextTests {
    @Test(
        "the shortest form and the plain one",
        arguments: [
            (0.0, "0", "0"), (-0.0, "-0", "-0"), (1.0, "1", "1"), (-1.5, "-1.5", "-1.5"), (0.1, "0.1", "0.1"),
            (123456.0, "123456", "123456"), (100000.0, "100000", "100000"), (1e6, "1e+06", "1000000"),
            (999999.5, "999999.5", "999999.5"), (123456789.0, "1.23456789e+08", "123456789"),
            (1234567.5, "1.2345675e+06", "1234567.5"), (0.0001, "0.0001", "0.0001"), (0.00001, "1e-05", "0.00001"),
            (0.000123, "0.000123", "0.000123"), (1.5e-7, "1.5e-07", "0.00000015"), (1e21, "1e+21", "1" + zeros(21)),
            (1e30, "1e+30", "1" + zeros(30)), (1e100, "1e+100", "1" + zeros(100)), (0.1 + 0.2, threes, threes),
            (Double.leastNonzeroMagnitude, "5e-324", "0." + zeros(323) + "5"),
            (1.7976931348623157e308, "1.7976931348623157e+308", "17976931348623157" + zeros(292)),
            (9007199254740993.0, "9.007199254740992e+15", "9007199254740992"), (.nan, "NaN", "NaN"),
            (.infinity, "+Inf", "+Inf"), (-.infinity, "-Inf", "-Inf"),
        ])
    func shortest(value: Double, shortest: String, plain: String) {
        #expect(goShortest(value) == shortest)
        #expect(goPlain(value) == plain)
    }

    static let threes = "0.30000000000000004"
    static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    @Test(
        "fixed and exponent forms round the binary value, halves to even",
        arguments: [
            (1.005, 2, "1.00", "1.00e+00"), (0.5, 0, "0", "5e-01"), (1.5, 0, "2", "2e+00"), (2.5, 0, "2", "2e+00"),
            (0.125, 2, "0.12", "1.25e-01"), (0.375, 2, "0.38", "3.75e-01"), (-0.001, 2, "-0.00", "-1.00e-03"),
            (1e22, 1, "10000000000000000000000.0", "1.0e+22"), (Double.leastNonzeroMagnitude, 3, "0.000", "4.941e-324"),
            (999.9996, 3, "1000.000", "1.000e+03"), (9.5, 0, "10", "1e+01"), (0.05, 1, "0.1", "5.0e-02"),
            (0.0, 3, "0.000", "0.000e+00"), (-0.0, 0, "-0", "-0e+00"), (0.6, 0, "1", "6e-01"),
            (1.0, -3, "1", "1e+00"),
            (0.1, 30, "0.100000000000000005551115123126", "1.000000000000000055511151231258e-01"),
            (123456.789, 6, "123456.789000", "1.234568e+05"), (.nan, 2, "NaN", "NaN"), (.infinity, 2, "+Inf", "+Inf"),
        ])
    func precise(value: Double, precision: Int, fixed: String, exponent: String) {
        #expect(goFixed(value, precision: precision) == fixed)
        #expect(goExponent(value, precision: precision) == exponent)
    }

    @Test("every shortest form is read back as the number it was") func roundTrip() {
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: state)
            guard value.isFinite else { continue }
            #expect(Double(go: goShortest(value)) == value)
            #expect(Double(go: goPlain(value)) == value)
            #expect(Double(go: goExponent(value, precision: 16)) == value)
        }
    }

    @Test(
        "reads what Go reads",
        arguments: [
            ("0", 0.0), ("1e3", 1000), (".5", 0.5), ("5.", 5), ("5.e1", 50), ("+1.5", 1.5), ("-2E-2", -0.02),
            ("00012", 12), ("inf", .infinity), ("+Inf", .infinity), ("-INFINITY", -.infinity),
            ("Infinity", .infinity), ("0x1p-2", 0.25), ("0X1.8P+1", 3), ("-0x.8p0", -0.5), ("0x10p0", 16),
            ("1e-400", 0), ("1.7976931348623157e308", .greatestFiniteMagnitude),
            ("4.9e-324", Double.leastNonzeroMagnitude),
            ("0x1p-1080", 0), ("0e99999999999999999999", 0), ("1e-99999999999999999999", 0),
            ("0x1.00000000000008p0", 1), ("0x1.000000000000081p0", 1.0000000000000002),
            ("9007199254740993", 9007199254740992),
        ])
    func reads(text: String, value: Double) { #expect(Double(go: text) == value) }

    @Test("reads numbers that are none") func notANumber() {
        #expect(Double(go: "NaN")?.isNaN == true)
        #expect(Double(go: "nan")?.isNaN == true)
        #expect(Double(go: "-0")?.sign == .minus)
    }

    @Test(
        "refuses what Go refuses",
        arguments: [
            "", " 1", "1 ", "+", ".", "e3", ".e3", "1e", "1e+", "1_000", "0x1", "0x", "0xp1", "0x1p", "0x1e3", "1p3",
            "+nan", "-NaN", "nan(1)", "infinit", "in", "1e309", "-1e400", "0x1p1024", "1,5", "--1", "1e5.5", "0b1",
            "1f",
            "１", "1\0", "1e99999999999999999999",
        ])
    func refuses(text: String) { #expect(Double(go: text) == nil) }
}
