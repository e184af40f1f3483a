// SPDX-License-Identifier: Apache-2.0

/// The whole automaton of a small program, which says whether a text has a match: immutable, so shared without locks.
final class CompleteAutomaton: Sendable {
    /// Rows of the next states; states are offsets of their rows, the dead one first and the matched one second.
    private let table: [UInt16]
    /// Whether it can be asked; without all states it has none.
    let isComplete: Bool
    private let classes: [UInt8]
    private let start: Int
    private let endClass: Int
    private let matched: Int

    /// Builds all states, unless there are more than it pays to build ahead.
    init(_ program: Program) {
        var automaton = ForwardAutomaton(program, purpose: .existence, cacheSize: .max)
        let stride = automaton.table.stride
        let first = automaton.start(before: .edge, isSearch: true)
        isComplete = automaton.fillAll(stateLimit: min(128, 4096 / stride + 4), stepLimit: 40_000)
        // Row 0 of the automaton, for what is unknown, is dropped.
        var table = [UInt16](repeating: 0, count: isComplete ? (automaton.table.count - 1) * stride : 0)
        for index in table.indices {
            let row = index / stride + 1
            let isFinal = row == ForwardAutomaton.dead || row == ForwardAutomaton.matched
            let next = isFinal ? row : Int(automaton.table.transitions[index + stride] >> 1)
            table[index] = UInt16((next - 1) * stride)
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

extension ForwardAutomaton {
    /// Makes all states with all their entries; false when a limit stopped that.
    fileprivate mutating func fillAll(stateLimit: Int, stepLimit: Int) -> Bool {
        var state = Self.matched + 1
        while state < table.count {
            for byteClass in 0..<table.stride {
                guard table.count <= stateLimit, steps <= stepLimit else { return false }
                _ = fill(state, byteClass)
            }
            state += 1
        }
        return table.count <= stateLimit
    }
}
