// SPDX-License-Identifier: Apache-2.0

/// A place in a text that an expression matches. Offsets count bytes of UTF-8.
public struct Match: Sendable {
    /// The text that was searched.
    public let source: String
    /// The whole match.
    public let range: Range<Int>
    /// What each capture group matched last, the first group first; nil for groups the match did not pass through.
    public let groups: [Range<Int>?]

    /// The text of the whole match.
    public var text: Substring { Self.text(range, of: source) }

    /// The range of a group; group 0 is the whole match. Nil when it took no part or does not exist.
    public func range(of group: Int) -> Range<Int>? {
        if group == 0 { return range }
        return groups.indices.contains(group - 1) ? groups[group - 1] : nil
    }

    /// The text of a group; group 0 is the whole match. Nil when it took no part or does not exist.
    public func text(of group: Int) -> Substring? { range(of: group).map { Self.text($0, of: source) } }

    init(_ slots: [Int], source: String) {
        func range(_ group: Int) -> Range<Int>? {
            let (start, end) = (slots[2 * group], slots[2 * group + 1])
            return start < 0 || end < 0 ? nil : start..<end
        }
        self.source = source
        self.range = range(0) ?? 0..<0
        groups = slots.count == 2 ? [] : (1..<slots.count / 2).map(range)
    }

    static func text(_ range: Range<Int>, of source: String) -> Substring {
        let start = source.utf8.index(source.startIndex, offsetBy: range.lowerBound)
        return source[start..<source.utf8.index(start, offsetBy: range.count)]
    }
}
