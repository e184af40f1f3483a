// SPDX-License-Identifier: Apache-2.0

import TestInputs

/// Makes small patterns and texts that have a fair chance to match, the same in every run.
struct SampleGenerator {
    private var generator: SeededGenerator
    private(set) var groups = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func text(longest: Int) -> String {
        let alphabet: [Character] = ["a", "a", "b", "b", "c", " ", "\n", "é", "日"]
        return String((0..<Int.random(in: 0...longest, using: &generator)).map { _ in pick(alphabet) })
    }

    mutating func pattern() -> SamplePattern {
        groups = 0
        return pattern(depth: 4)
    }

    private mutating func pattern(depth: Int) -> SamplePattern {
        switch depth == 0 ? 0 : Int.random(in: 0..<12, using: &generator) {
        case 0, 1: return leaf()
        case 2, 3, 4:
            return .sequence((0..<Int.random(in: 0...3, using: &generator)).map { _ in pattern(depth: depth - 1) })
        case 5, 6:
            return .alternatives((0..<Int.random(in: 2...3, using: &generator)).map { _ in pattern(depth: depth - 1) })
        case 7, 8:
            // The number is that of the opening parenthesis, so it is taken before the content is made.
            groups += 1
            let number = groups
            return .group(number, pattern(depth: depth - 1))
        default:
            let bounds: (Int, Int?) = pick([
                (0, nil), (0, nil), (1, nil), (1, nil), (0, 1), (2, 2), (1, 2), (0, 3), (2, nil),
            ])
            return .repetition(pattern(depth: depth - 1), bounds.0, bounds.1, isGreedy: Bool.random(using: &generator))
        }
    }

    private mutating func leaf() -> SamplePattern {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0, 1: .literal("a")
        case 2, 3: .literal("b")
        case 4: .literal(pick(["c", "é", "日", " "]))
        case 5: .any
        case 6, 7: pick(Self.sets)
        default: pick(Self.assertions)
        }
    }

    private static let sets: [SamplePattern] = [
        .set("[ab]") { $0 == "a" || $0 == "b" }, .set("[^a]") { $0 != "a" }, .set(#"\s"#) { $0 == " " || $0 == "\n" },
        .set(#"\w"#) { "abc".unicodeScalars.contains($0) }, .set("[é-日]") { $0 == "é" || $0 == "日" },
        .set(#"[^\w\n]"#) { !"abc\n".unicodeScalars.contains($0) }, .set("(?i:B)") { $0 == "b" },
    ]
    private static let assertions: [SamplePattern] = [
        .assertion("^") { before, _ in before == nil }, .assertion("$") { _, after in after == nil },
        .assertion("(?m:^)") { before, _ in before == nil || before == "\n" },
        .assertion("(?m:$)") { _, after in after == nil || after == "\n" },
        .assertion(#"\b"#) { isWord($0) != isWord($1) }, .assertion(#"\B"#) { isWord($0) == isWord($1) },
    ]
    private static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
        scalar.map { "abc".unicodeScalars.contains($0) } ?? false
    }

    private mutating func pick<Item>(_ items: [Item]) -> Item {
        items[Int.random(in: 0..<items.count, using: &generator)]
    }
}
