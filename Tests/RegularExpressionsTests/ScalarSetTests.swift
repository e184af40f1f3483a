// SPDX-License-Identifier: Apache-2.0

import TestInputs
import Testing

@testable import RegularExpressions

@Suite("Sets of scalars") struct ScalarSetTests {
    /// Where the encoding changes, and where surrogates are.
    static let edges: [UInt32] = [
        0, 1, 0x7E, 0x7F, 0x80, 0xBF, 0xC0, 0x7FE, 0x7FF, 0x800, 0xFFF, 0x1000, 0x203F, 0x2040, 0xD7FF, 0xD800, 0xDFFF,
        0xE000,
        0xFFFD, 0xFFFF, 0x10000, 0x1003F, 0x3FFFF, 0x40000, 0xFFFFF, 0x100000, 0x10FFFE, 0x10FFFF,
    ]

    @Test("match their members as bytes and nothing else", arguments: [1, 2, 3] as [UInt64])
    func bytes(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        func edge() -> UInt32 { Self.edges[Int.random(in: 0..<Self.edges.count, using: &generator)] }
        for _ in 0..<60 {
            let ranges = (0..<Int.random(in: 1...4, using: &generator)).map { _ in
                let ends = [edge(), edge()].sorted()
                return ScalarSet.Interval(low: ends[0], high: ends[1])
            }
            let set = ScalarSet(ranges)
            let hexadecimal = ranges.map { #"\x{\#(String($0.low, radix: 16))}-\x{\#(String($0.high, radix: 16))}"# }
            let expression = try RegularExpression("^[\(hexadecimal.joined())]$")
            let inverted = try RegularExpression("^[^\(hexadecimal.joined())]$")
            for value in Self.edges {
                let isMember = ranges.contains { $0.low <= value && value <= $0.high }
                #expect(set.contains(value) == isMember && set.inverted.contains(value) != isMember)
                guard let scalar = Unicode.Scalar(value) else { continue }
                #expect(expression.matches(String(scalar)) == isMember, "\(value) in \(expression)")
                #expect(inverted.matches(String(scalar)) != isMember, "\(value) in \(inverted)")
            }
            #expect(set.inverted.inverted == set && set.union(set.inverted) == .all)
        }
    }

    @Test("fold along rings that close") func rings() {
        for row in CaseFoldingTable.rows {
            for value in stride(from: row.low, through: row.high, by: Int(row.stride)) {
                let ring = CaseFolding.fold(value)
                #expect(ring.contains(value) && (2...4).contains(ring.ranges.reduce(0) { $0 + $1.high - $1.low + 1 }))
                // Whoever is in the ring has the same ring.
                for range in ring.ranges {
                    for other in range.low...range.high { #expect(CaseFolding.fold(other) == ring) }
                }
            }
        }
        #expect(CaseFolding.fold(0x6B) == ScalarSet([0x4B, 0x6B, 0x212A].map { .init(low: $0, high: $0) }))
        // Dotless and dotted `i` are letters of their own.
        #expect(CaseFolding.fold(0x131) == ScalarSet(0x131) && CaseFolding.fold(0x69).ranges.count == 2)
    }

    @Test("fold small and capital letters as the standard library maps them") func mappings() {
        for value in 0x41...0x1_E943 as ClosedRange<UInt32> {
            guard let scalar = Unicode.Scalar(value), CaseFolding.fold(value).ranges.count > 1 else { continue }
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            guard let first = lower.first, lower.count == 1 else { continue }
            #expect(CaseFolding.fold(value).contains(first.value), "\(scalar)")
        }
    }

    @Test("have the names of scripts and categories") func names() {
        for name in [
            "Latin", "greek", "CYRILLIC", "Han", "Hiragana", "Katakana", "Arabic", "Hebrew", "Thai", "Hangul",
            "Devanagari",
            "Common", "Old_Italic", "Yi", "L", "lu", "LC", "Lowercase Letter", "cased-letter", "Any", "ASCII",
            "Assigned", "Cn",
        ] {
            #expect(UnicodeClasses.set(name)?.ranges.isEmpty == false, "\(name)")
        }
        for name in ["", "Klingon", "X", "Lz", "^L"] { #expect(UnicodeClasses.set(name) == nil, "\(name)") }
        #expect(UnicodeClasses.set("L")?.contains(0xE9) == true && UnicodeClasses.set("C")?.contains(0x378) == false)
        #expect(UnicodeClasses.set("Assigned")?.union(UnicodeClasses.set("Cn") ?? ScalarSet()) == .all)
        let latin = UnicodeClasses.set("Latin")?.ranges.prefix(2).map { [$0.low, $0.high] }
        #expect(latin == [[0x41, 0x5A], [0x61, 0x7A]])
    }
}
