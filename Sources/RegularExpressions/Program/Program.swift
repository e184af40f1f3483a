// SPDX-License-Identifier: Apache-2.0

/// A compiled pattern: a nondeterministic automaton over the bytes of UTF-8.
struct Program: Sendable {
    struct Instruction: Hashable, Sendable {
        enum Operation: UInt8, Sendable {
            /// Takes a byte by one of `second` transitions from `first` on.
            case bytes
            /// Goes on at `first`, or else at `second`.
            case split
            /// Notes the place in slot `second`, and goes on at `first`.
            case save
            /// Goes on at `first` where assertion `second` holds.
            case assertion
            case match
        }

        var operation: Operation
        var first: Int32 = 0
        var second: Int32 = 0
    }

    /// Both ends of the range belong to it.
    struct Transition: Hashable, Sendable {
        var low: UInt8
        var high: UInt8
        var next: Int32
    }

    var instructions: [Instruction] = []
    /// For each `bytes` instruction its own, sorted and disjoint.
    var transitions: [Transition] = []
    /// Where a match that begins here starts.
    var start: Int32 = 0
    /// Where a search starts, which may skip what comes first; the same as `start` when no match begins later.
    var searchStart: Int32 = 0
    /// Whether every match begins at the start of the text.
    var isAnchored = false
    var hasAssertions = false
    /// Two for each group, and two for the whole match.
    var slotCount = 2
    var classes = ByteClasses()

    /// Where a byte leads from a `bytes` instruction; negative when nowhere.
    @inline(__always)
    func next(_ instruction: Instruction, _ byte: UInt8) -> Int32 {
        let first = Int(instruction.first)
        let count = Int(instruction.second)
        guard count > 8 else {
            for index in first..<first + count where byte <= transitions[index].high {
                return byte >= transitions[index].low ? transitions[index].next : -1
            }
            return -1
        }
        var (low, high) = (first, first + count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle].high < byte { low = middle + 1 } else { high = middle }
        }
        return low < first + count && transitions[low].low <= byte ? transitions[low].next : -1
    }
}

/// Bytes that no instruction tells apart share a class, which keeps the tables of automata narrow.
struct ByteClasses: Sendable {
    /// The class of each byte; classes ascend with the bytes.
    private(set) var map = [UInt8](repeating: 0, count: 256)
    /// One byte of each class.
    private(set) var representatives: [UInt8] = [0]

    var count: Int { representatives.count }

    init() {}

    init(_ program: Program, tellsLines: Bool, tellsWords: Bool) {
        // Whether a new class begins with a byte.
        var boundaries = [Bool](repeating: false, count: 257)
        for transition in program.transitions {
            boundaries[Int(transition.low)] = true
            boundaries[Int(transition.high) + 1] = true
        }
        if tellsLines || tellsWords {
            for byte in 1..<256 {
                let (left, right) = (Neighbor(UInt8(byte - 1)), Neighbor(UInt8(byte)))
                let isEdge = tellsLines && (left == .newline) != (right == .newline)
                if isEdge || tellsWords && (left == .word) != (right == .word) { boundaries[byte] = true }
            }
        }
        for byte in 1..<256 {
            if boundaries[byte] { representatives.append(UInt8(byte)) }
            map[byte] = UInt8(representatives.count - 1)
        }
    }
}
