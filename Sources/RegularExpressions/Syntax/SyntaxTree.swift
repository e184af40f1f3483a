// SPDX-License-Identifier: Apache-2.0

/// A parsed pattern: nodes in one array that name each other by index, so that depth costs no recursion to build or free.
struct SyntaxTree {
    /// One construct; its children are a list through `firstChild` and `nextSibling`.
    struct Node {
        enum Kind: UInt8 { case empty, scalar, set, assertion, group, sequence, alternatives, repetition }

        var kind: Kind
        /// The scalar, the index of the set, the assertion, or the number of the group.
        var value: UInt32 = 0
        var minimum: Int32 = 0
        /// Negative when there is no maximum.
        var maximum: Int32 = 0
        var isGreedy = true
        /// Whether it can match without taking a character.
        var isNullable = false
        /// Levels of nodes from here down.
        var height: Int32 = 1
        /// The most copies that counted repetitions make of anything within.
        var copies: Int32 = 1
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
    }

    var nodes: [Node] = []
    var sets: [ScalarSet] = []
    var root: Int32 = 0
    /// A name or nil for each group, the first group first.
    var groupNames: [String?] = []

    /// The children of a node, in order.
    func children(of index: Int32) -> [Int32] {
        var result: [Int32] = []
        var child = nodes[Int(index)].firstChild
        while child >= 0 {
            result.append(child)
            child = nodes[Int(child)].nextSibling
        }
        return result
    }
}

/// What is asked of a place between two characters.
enum Assertion: UInt8 {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

    /// Whether it holds between these two.
    func holds(before: Neighbor, after: Neighbor) -> Bool {
        switch self {
        case .textStart: before == .edge
        case .textEnd: after == .edge
        case .lineStart: before == .edge || before == .newline
        case .lineEnd: after == .edge || after == .newline
        case .wordBoundary: (before == .word) != (after == .word)
        case .noWordBoundary: (before == .word) == (after == .word)
        }
    }

    /// Whether what comes before decides alone.
    var looksBack: Bool { self == .textStart || self == .lineStart }
}

/// What stands beside a place in the text, as far as assertions care.
enum Neighbor: UInt8 {
    /// The start or end of the text.
    case edge
    case newline
    /// A letter or digit of ASCII, or `_`.
    case word
    case other

    init(_ byte: UInt8) {
        switch byte {
        case 0x0A: self = .newline
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: self = .word
        default: self = .other
        }
    }

    /// What stands before an offset.
    init(before offset: Int, in text: Span<UInt8>) { self = offset > 0 ? Neighbor(text[offset - 1]) : .edge }

    /// What stands after an offset.
    init(after offset: Int, in text: Span<UInt8>) { self = offset < text.count ? Neighbor(text[offset]) : .edge }
}
