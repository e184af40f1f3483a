// SPDX-License-Identifier: Apache-2.0

/// The whole automaton of a small program, which says whether a text has a match: immutable, so shared without locks.
final class CompleteAutomaton: Sendable {
    /// Rows of the next states; states are offsets of their rows, the dead one first and the matched one second.
    private let table: [UInt16]
    private let classes: [UInt8]
    private let start: Int
    private let endClass: Int
    private let matched: Int

    /// Nil when there are more states than it pays to build ahead.
    init?(_ program: Program) {
        var automaton = ForwardAutomaton(program, purpose: .existence, cacheSize: .max)
        let stride = automaton.table.stride
        let limit = min(128, 4096 / stride + 4)
        let first = automaton.start(before: .edge, isSearch: true)
        var state = ForwardAutomaton.matched + 1
        while state < automaton.table.count {
            guard automaton.table.count <= limit, automaton.steps <= 40_000 else { return nil }
            for byteClass in 0..<stride where automaton.steps <= 40_000 {
                _ = automaton.fill(state, byteClass)
            }
            state += 1
        }
        guard automaton.table.count <= limit, automaton.steps <= 40_000 else { return nil }
        // Row 0 of the automaton, for what is unknown, is dropped.
        var table = [UInt16](repeating: 0, count: (automaton.table.count - 1) * stride)
        for row in 1..<automaton.table.count {
            for byteClass in 0..<stride {
                let next =
                    switch row {
                    case ForwardAutomaton.dead, ForwardAutomaton.matched: row
                    default: Int(automaton.table.transitions[row * stride + byteClass] >> 1)
                    }
                table[(row - 1) * stride + byteClass] = UInt16((next - 1) * stride)
            }
        }
        self.table = table
        classes = program.classes.map
        start = (first - 1) * stride
        endClass = stride - 1
        matched = stride
    }

    /// Whether there is a match anywhere.
    func hasMatch(in text: Span<UInt8>) -> Bool {
        var state = start
        for index in text.indices {
            state = Int(table[state &+ Int(classes[Int(text[index])])])
            if state <= matched { return state == matched }
        }
        return Int(table[state &+ endClass]) == matched
    }
}
