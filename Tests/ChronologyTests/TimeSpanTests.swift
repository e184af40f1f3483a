// SPDX-License-Identifier: Apache-2.0

import Chronology
import TestInputs
import Testing

@Suite("TimeSpan") struct TimeSpanTests {
    @Test(
        "reads what Go reads",
        arguments: [
            ("0", Int64(0)), ("-0", 0), ("+0", 0), ("0s", 0), ("5s", 5_000_000_000), ("1h1m1.5s", 3_661_500_000_000),
            ("-1.5h", -5_400_000_000_000), (".5s", 500_000_000), ("5.s", 5_000_000_000), ("100ns", 100),
            ("12us", 12_000), ("12\u{B5}s", 12_000), ("12\u{3BC}s", 12_000), ("3ms", 3_000_000),
            ("1m0.000000001s", 60_000_000_001), ("0.3333333333333333333h", 1_200_000_000_000),
            ("0.100000000000000000000h", 360_000_000_000), ("0.9223372036854775807h", 3_320_413_933_267),
            ("9223372036854775807ns", .max), ("-9223372036854775808ns", .min), ("2562047h47m16.854775807s", .max),
            ("-2562047h47m16.854775808s", .min), ("1s1s", 2_000_000_000), ("39h9m14.425s", 140_954_425_000_000),
        ])
    func reads(text: String, nanoseconds: Int64) { #expect(TimeSpan(go: text)?.nanoseconds == nanoseconds) }

    @Test(
        "refuses what Go refuses",
        arguments: [
            "", "1", "1d", "-", "+", "s", ".", "-.", ".s", "+.s", "1e3s", "1 s", " 1s", "1s ", "--1s", "1h-1m", "1S",
            "00", "3000000h", "9223372036854775808ns", "-9223372036854775809ns", "9223372036854775.808us",
            "99999999999999999999ns", "2562047h47m16.854775808s", "1..5s", "1.5.s", "1µ", "١s",
        ])
    func refuses(text: String) { #expect(TimeSpan(go: text) == nil) }

    @Test(
        "writes as Go and as CEL do",
        arguments: [
            (Int64(0), "0s", "0s"), (1, "1ns", "0.000000001s"), (1_100, "1.1µs", "0.0000011s"),
            (2_200_000, "2.2ms", "0.0022s"), (1_000_000, "1ms", "0.001s"), (99_999, "99.999µs", "0.000099999s"),
            (100_000, "100µs", "0.0001s"),
            (-100_001, "-100.001µs", "-0.000100001s"), (9_000_000_000_000_000_000, "2500000h0m0s", "9000000000s"),
            (3_300_000_000, "3.3s", "3.3s"),
            (-1_000_000_001, "-1.000000001s", "-1.000000001s"), (245_000_000_000, "4m5s", "245s"),
            (3_661_500_000_000, "1h1m1.5s", "3661.5s"), (18_367_001_000_000, "5h6m7.001s", "18367.001s"),
            (480_000_000_001, "8m0.000000001s", "480.000000001s"), (3_600_000_000_000, "1h0m0s", "3600s"),
            (.max, "2562047h47m16.854775807s", "9223372036.854776s"),
            (.min, "-2562047h47m16.854775808s", "-9223372036.854776s"),
        ])
    func writes(nanoseconds: Int64, go: String, seconds: String) {
        let span = TimeSpan(nanoseconds: nanoseconds)
        #expect(span.goText == go)
        #expect(span.secondsText == seconds)
        #expect(TimeSpan(go: go) == span)
    }

    @Test("sums that do not fit are nil") func checked() {
        let most = TimeSpan(nanoseconds: .max), least = TimeSpan(nanoseconds: .min), one = TimeSpan(nanoseconds: 1)
        #expect(most.adding(one) == nil)
        #expect(least.subtracting(one) == nil)
        #expect(least.negated == nil)
        #expect(most.negated?.subtracting(one) == least)
        #expect(one.adding(one) == TimeSpan(nanoseconds: 2))
        #expect(TimeSpan(seconds: 9_223_372_036) != nil)
        #expect(TimeSpan(seconds: 9_223_372_037) == nil)
        #expect(least < one && one < most)
    }

    @Test("damaged texts are refused or read as what they print") func damaged() {
        var mutator = ByteMutator(
            samples: ["1h1m1.5s", "-12.000000001us", "2562047h47m16.854775807s"].map { Array($0.utf8) },
            tokens: ["h", "ms", "\u{B5}s", ".", "9999999999"], seed: 2)
        for _ in 0..<20_000 {
            guard let span = TimeSpan(go: String(decoding: mutator.next(), as: UTF8.self)) else { continue }
            #expect(TimeSpan(go: span.goText) == span)
        }
    }
}
