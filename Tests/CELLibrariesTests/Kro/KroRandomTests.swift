// SPDX-License-Identifier: Apache-2.0

import CELLibraries
import Testing

@Suite("Random values and hashes of kro")
struct KroRandomTests {
    // The texts repeat after eight characters upstream too.
    @Test(
        "what kro gives for the same seed",
        arguments: [
            ("random.seededString(20, 'uid-1')", "\"03qsr9jc03qsr9jc03qs\""),
            ("random.seededString(5, 'test-seed')", "\"5czhe\""),
            ("random.seededString(12, '3f0b6c1e-0000-4000-8000-000000000000')", "\"qspojsrbqspo\""),
            ("random.seededInt(30000, 32768, 'uid-1')", "30487"), ("random.seededInt(0, 100, 'test-seed')", "56"),
            ("random.seededInt(30000, 32768, 'x')", "32196"), ("random.seededInt(-5, -4, 'x')", "-5"),
            ("random.seededInt(-9223372036854775807, 9223372036854775807, 'x')", "-5948949156983295931"),
        ])
    func seeded(expression: String, result: String) { #expect(evaluated(expression, in: .kro) == result) }

    @Test(
        "what has no result",
        arguments: [
            ("random.seededString(0, 'x')", "error: random.seededString length must be positive"),
            ("random.seededInt(1, 1, 'x')", "error: random.seededInt min must be less than max"),
            (
                "random.seededString(9223372036854775807, 'x')",
                "error: the expression makes more than the 33554432 bytes it may"
            ),
        ])
    func failures(expression: String, result: String) { #expect(evaluated(expression, in: .kro) == result) }

    // RFC 1321 section A.5, FIPS 180-4, draft-eastlake-fnv.
    @Test(
        "known hashes",
        arguments: [
            ("md5", "", "d41d8cd98f00b204e9800998ecf8427e"), ("md5", "abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "md5", "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a"
            ),
            ("sha256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("fnv64a", "", "cbf29ce484222325"), ("fnv64a", "foobar", "85944171f73967e8"),
        ])
    func hashes(name: String, text: String, hex: String) {
        #expect(evaluated("'%x'.format([hash.\(name)('\(text)')])", in: .kro) == "\"\(hex)\"")
    }

    @Test("MD5 pads at every length around a block")
    func padding() {
        let lengths = [55, 56, 57, 63, 64, 65, 119, 120]
        let expected = [
            "ef1772b6dff9a122358552954ad0df65", "3b0c8ac703f828b04c6c197006d17218", "652b906d60af96844ebd21b674f35e93",
            "b06521f39153d618550606be297466d5", "014842d480b571495a4a0363793f7367", "c743a45e0d2e6a95cb859adae0248435",
            "8a7bd0732ed6a28ce75f6dabc90e1613", "5f61c0ccad4cac44c75ff505e1f1e537",
        ]
        for (length, hex) in zip(lengths, expected) {
            let text = String(repeating: "a", count: length)
            #expect(evaluated("'%x'.format([hash.md5('\(text)')])", in: .kro) == "\"\(hex)\"", "\(length) letters")
        }
    }
}
