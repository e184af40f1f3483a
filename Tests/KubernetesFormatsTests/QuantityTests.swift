// SPDX-License-Identifier: Apache-2.0

import KubernetesFormats
import Testing

@Suite("Quantity: values") struct QuantityTests {
    @Test(
        "is an integer where Kubernetes says so",
        arguments: [
            ("0", 0), ("50k", 50_000), ("1Ki", 1_024), ("1Ti", 1_099_511_627_776), ("1E", 1_000_000_000_000_000_000),
            ("-3", -3), ("12e6", 12_000_000), ("9E", 9_000_000_000_000_000_000), ("1500m", nil), ("1000m", nil),
            ("1.0", nil), ("1.5Gi", nil), ("1Pi", nil), ("10E", nil), ("0m", nil), ("1.2k", 1_200), ("1e19", nil),
            ("9999999999999999999999999999999999999G", nil), ("1234567890123456789", nil),
        ] as [(String, Int64?)])
    func integers(text: String, value: Int64?) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.asInteger == value)
        #expect(quantity.isInteger == (value != nil))
        if let value { #expect(quantity.wholeValue == value) }
    }

    @Test(
        "has a whole value whenever there is one",
        arguments: [
            ("1000m", 1), ("1.5Gi", 1_610_612_736), ("1Pi", 1_125_899_906_842_624), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("9223372036854775808", nil), ("1500m", nil), ("1e1000", nil), ("0m", 0),
        ] as [(String, Int64?)])
    func whole(text: String, value: Int64?) { #expect(Quantity(text)?.wholeValue == value) }

    @Test("values decide equality, hash and order, not formats") func comparing() throws {
        let equal = try ["1Ki", "1024", "1.024k", "1024000m", "1024e0"].map { try #require(Quantity($0)) }
        #expect(Set(equal).count == 1)
        let ordered = try ["-1e1000", "-2", "-1Ki", "-1n", "0", "1n", "1m", "999m", "1", "1k", "1Ki", "1e1000"].map {
            try #require(Quantity($0))
        }
        for (index, quantity) in ordered.enumerated() where index != 1 && index != 2 {
            for later in ordered[(index + 1)...] { #expect(quantity < later && !(later < quantity)) }
        }
        #expect(try #require(Quantity("-1Ki")) < #require(Quantity("-2")))
        #expect(Quantity("0Ki") == Quantity("0n"))
        #expect(Quantity("-5")?.sign == -1 && Quantity("0m")?.sign == 0 && Quantity("1n")?.sign == 1)
    }

    @Test(
        "adds and subtracts exactly",
        arguments: [
            ("50k", "20", "50020", "49980"), ("1Gi", "512Mi", "1536Mi", "512Mi"), ("500m", "500m", "1", "0"),
            ("1", "1n", "1000000001n", "999999999n"), ("0", "1Ki", "1Ki", "-1Ki"), ("1Ki", "1", "1025", "1023"),
            ("5", "-8", "-3", "13"), ("1e3", "1k", "2e3", "0"), ("1E", "9E", "10E", "-8E"),
            ("0.1", "0.2", "300m", "-100m"),
            ("9223372036854775807", "1", "9223372036854775808", "9223372036854775806"),
            ("1e21", "1", "1000000000000000000001", "999999999999999999999"), ("-1", "-1", "-2", "0"),
        ])
    func sums(a: String, b: String, sum: String, difference: String) throws {
        let (a, b) = (try #require(Quantity(a)), try #require(Quantity(b)))
        #expect(a.adding(b)?.description == sum)
        #expect(a.subtracting(b)?.description == difference)
        #expect(try #require(a.adding(b)).subtracting(b) == a)
    }

    @Test("sums are integers while 64 bits hold them") func sumsOfIntegers() throws {
        let most = try #require(Quantity("9E"))
        #expect(most.adding(Quantity(1))?.isInteger == true)
        #expect(most.adding(most)?.isInteger == false)
        #expect(try #require(Quantity("1500m")).adding(try #require(Quantity("500m")))?.isInteger == false)
        #expect(Quantity(0).adding(try #require(Quantity("5k")))?.asInteger == 5_000)
        #expect(Quantity(0).adding(try #require(Quantity("1Ki")))?.format == .binarySI)
    }

    @Test("sums end at a limit") func limit() throws {
        let large = try #require(Quantity(String(repeating: "9", count: 990) + "e1000"))
        #expect(large.adding(Quantity(1)) != nil)
        let small = try #require(Quantity("1n"))
        #expect(large.adding(small)?.subtracting(small) == large)
        // Each doubling adds a third of a digit to the 1999 it starts with.
        var sum: Quantity? = large
        var doublings = 0
        while let term = sum, doublings < 400 { (sum, doublings) = (term.adding(term), doublings + 1) }
        #expect(sum == nil && doublings > 100)
    }

    @Test(
        "gives an approximate double",
        arguments: [
            ("0", 0.0), ("50.703k", 50703), ("1500m", 1.5), ("-0.1", -0.1), ("1Ki", 1024), ("1.5Gi", 1_610_612_736),
            ("1e300", 1e300), ("1e400", .infinity), ("-1e400", -.infinity), ("1n", 1e-9), ("0e1000", 0),
        ])
    func doubles(text: String, value: Double) throws {
        let double = try #require(Quantity(text)).asApproximateDouble
        #expect(double == value || abs(double - value) <= value.ulp)
    }
}
