// SPDX-License-Identifier: Apache-2.0

import KubernetesFormats
import TestInputs
import Testing

@Suite("Quantity: texts") struct QuantityParseTests {
    @Test(
        "reads every form and writes the canonical one",
        arguments: [
            ("0", "0"), ("-0", "0"), ("0Ki", "0"), ("0e5", "0"), ("0.0m", "0"), ("1", "1"), ("+5", "5"), ("-5", "-5"),
            ("1.", "1"), (".5", "500m"), ("1.G", "1G"), ("00012", "12"), ("1000m", "1"), ("1500m", "1500m"),
            ("1.5", "1500m"), ("1.500", "1500m"), ("1024", "1024"), ("1000", "1k"), ("50000", "50k"), ("40T", "40T"),
            ("1000T", "1P"), ("1000P", "1E"), ("1000E", "1e21"), ("12E", "12E"), ("100.035k", "100035"),
            ("5n", "5n"), ("4u", "4u"), ("1000n", "1u"), ("1234567M", "1234567M"), ("1.2345", "1234500u"),
            // Exponents keep their form.
            ("12e6", "12e6"), ("1E3", "1e3"), ("1.2e3", "1200"), ("1.3E+6", "1300e3"), ("1e14", "100e12"),
            ("0.5e-2", "5e-3"), ("1e0", "1"), ("80e-3", "80e-3"), (".001e12", "1e9"), ("1e21", "1e21"),
            ("1e100", "10e99"), ("1e1000", "10e999"), ("-1e-9", "-1e-9"),
            // Binary suffixes.
            ("1Ki", "1Ki"), ("1024Ki", "1Mi"), ("1.5Gi", "1536Mi"), ("0.5Ki", "512"), ("1.1Ki", "1126400m"),
            ("100.035Ki", "102435840m"), ("0.05Gi", "53687091200m"), ("1001Gi", "1001Gi"), ("4Pi", "4Pi"),
            ("3Ei", "3Ei"), ("1025Mi", "1025Mi"), ("-2048Ki", "-2Mi"), ("0.5Mi", "512Ki"),
            // Rounded away from zero, and limited.
            ("3.001n", "4n"), ("0.0000000001", "1n"), ("0.00000012345", "124n"), ("0.9n", "1n"), ("-0.1n", "-1n"),
            ("1.1E-9", "2e-9"), ("0.5e-9", "1e-9"), ("1e-1000", "1e-9"), ("0.000000000001Ki", "2n"),
            ("8Ei", "9223372036854775807"), ("9Ei", "9223372036854775807"), ("-9Ei", "-9223372036854775807"),
            ("9223372036854775807Ki", "9223372036854775807"), ("18446744073709551616", "18446744073709551616"),
            ("9999999999999999999999999999999999999G", "9999999999999999999999999999999999999G"),
        ])
    func canonical(text: String, canonical: String) throws {
        let quantity = try #require(Quantity(text))
        #expect(quantity.description == canonical)
        #expect(Quantity(canonical) == quantity)
        #expect(Quantity(canonical)?.description == canonical)
    }

    @Test(
        "refuses what is no quantity",
        arguments: [
            "", " 1", "1 ", "+", "-", ".", "m", "Ki", "1.1.M", "1+1.0M", "0.1mi", "0.1am", "aoeu", ".5i", "1i",
            "-3.01i",
            "-3.01e-", "1e", "1e+", "1K", "10K", "1ki", "1KI", "1mi", "1Mib", "1kB", "1e5k", "1ee5", "1e1.5", "1e1001",
            "1e99999999999", "--1", "1_000", "0x10", "1,5", "NaN", "Inf", "1Zi", "１", "1e５", "1m5", "1EE",
        ])
    func refuses(text: String) { #expect(Quantity(text) == nil) }

    @Test("accepts long numbers up to a limit") func limits() {
        #expect(Quantity(String(repeating: "9", count: 1_000)) != nil)
        #expect(Quantity(String(repeating: "9", count: 1_001)) == nil)
    }

    @Test("remembers how an amount was written") func formats() {
        #expect(Quantity("1Ki")?.format == .binarySI)
        #expect(Quantity("1k")?.format == .decimalSI)
        #expect(Quantity("1e3")?.format == .decimalExponent)
        #expect(Quantity("0.000000000001Ki")?.format == .decimalSI)
        #expect(Quantity(2_048, format: .binarySI).description == "2Ki")
        #expect(Quantity(.min).description == "-9223372036854775808")
    }

    @Test("damaged texts are refused or read as what they print") func damaged() {
        var mutator = ByteMutator(
            samples: ["1.5Gi", "500m", "12e6", "-100.035Ki", "9223372036854775807"].map { Array($0.utf8) },
            tokens: ["Ki", "e", "E", ".", "n", "0", "999", "-"], seed: 6)
        for _ in 0..<20_000 {
            guard let quantity = Quantity(String(decoding: mutator.next(), as: UTF8.self)) else { continue }
            #expect(Quantity(quantity.description) == quantity)
        }
    }
}
