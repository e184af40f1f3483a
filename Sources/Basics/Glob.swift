// SPDX-License-Identifier: Apache-2.0

/// A shell pattern on a path: `*` and `?` stay within one segment, `[ab]` and `[a-z]` name characters, `\` escapes.
///
/// Matching takes time proportional to pattern times text, whatever they hold.
public struct Glob: Hashable, Sendable {
    private let pattern: [Character]

    /// Takes a pattern; every text is one.
    public init(_ pattern: String) { self.pattern = Array(pattern) }

    /// Whether the whole text fits.
    public func matches(_ text: String) -> Bool {
        let text = Array(text)
        // Positions in the pattern that the text so far can have reached.
        var states: Set<Int> = closure([0])
        for character in text {
            var next: Set<Int> = []
            for state in states where state < pattern.count {
                switch pattern[state] {
                case "*": if character != "/" { next.insert(state) }
                case "?": if character != "/" { next.insert(state + 1) }
                case "[":
                    if let (accepts, end) = characterClass(at: state) {
                        if character != "/" && accepts(character) { next.insert(end) }
                    } else if character == "[" {
                        next.insert(state + 1)
                    }
                case "\\" where state + 1 < pattern.count:
                    if pattern[state + 1] == character { next.insert(state + 2) }
                case character: next.insert(state + 1)
                default: break
                }
            }
            states = closure(next)
            if states.isEmpty { return false }
        }
        return states.contains(pattern.count)
    }

    private func closure(_ states: Set<Int>) -> Set<Int> {
        var states = states
        var waiting = Array(states)
        while let state = waiting.popLast() {
            if state < pattern.count, pattern[state] == "*", states.insert(state + 1).inserted {
                waiting.append(state + 1)
            }
        }
        return states
    }

    private func characterClass(at start: Int) -> (accepts: (Character) -> Bool, end: Int)? {
        var index = start + 1
        var isNegated = false
        if index < pattern.count, pattern[index] == "!" || pattern[index] == "^" {
            isNegated = true
            index += 1
        }
        var ranges: [ClosedRange<Character>] = []
        let first = index
        while index < pattern.count, pattern[index] != "]" || index == first {
            if index + 2 < pattern.count, pattern[index + 1] == "-", pattern[index + 2] != "]",
                pattern[index] <= pattern[index + 2]
            {
                ranges.append(pattern[index]...pattern[index + 2])
                index += 3
            } else {
                ranges.append(pattern[index]...pattern[index])
                index += 1
            }
        }
        guard index < pattern.count else { return nil }
        return ({ character in ranges.contains { $0.contains(character) } != isNegated }, index + 1)
    }
}
