// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
    /// Reads `[…]`.
    mutating func parseClass() throws(PatternError) -> ScalarSet {
        let start = position
        position += 1
        var isNegated = false
        if peek() == UInt8(ascii: "^") {
            isNegated = true
            position += 1
        }
        var ranges: [ScalarSet.Interval] = []
        // Sets that are complete already; what `(?i)` adds to ranges must not be added to them again.
        var complete: [ScalarSet.Interval] = []
        var isFirst = true
        // As the first, `]` stands for itself.
        while isFirst || peek() != UInt8(ascii: "]") {
            isFirst = false
            if let set = try parsePOSIXClass() {
                complete += set.ranges
            } else if let set = try parseClassEscape() {
                rangeCount += set.ranges.count
                guard rangeCount <= rangeLimit else { throw tooLarge }
                complete += set.ranges
            } else {
                ranges.append(try parseRange(ofClassAt: start))
            }
        }
        position += 1
        var set = folded(ScalarSet(ranges), isNegated: false)
        set.formUnion(ScalarSet(complete))
        return isNegated ? set.inverted : set
    }

    private mutating func parseRange(ofClassAt start: Int) throws(PatternError) -> ScalarSet.Interval {
        let rangeStart = position
        let low = try parseClassScalar(ofClassAt: start)
        guard peek() == UInt8(ascii: "-"), let next = peek(1), next != UInt8(ascii: "]") else {
            return .init(low: low, high: low)
        }
        position += 1
        let high = try parseClassScalar(ofClassAt: start)
        guard low <= high else { throw error(.invalidRange, rangeStart..<position) }
        return .init(low: low, high: high)
    }

    private mutating func parseClassScalar(ofClassAt start: Int) throws(PatternError) -> UInt32 {
        guard position < pattern.count else { throw error(.missingBracket, start..<pattern.count) }
        return pattern[position] == UInt8(ascii: "\\") ? try parseScalarEscape() : nextScalar()
    }

    /// Reads `[:name:]`; nil, and nothing read, when no `:]` follows.
    private mutating func parsePOSIXClass() throws(PatternError) -> ScalarSet? {
        guard peek() == UInt8(ascii: "["), peek(1) == UInt8(ascii: ":"), !lacksClassEnd else { return nil }
        var end = position + 2
        while end + 1 < pattern.count, pattern[end] != UInt8(ascii: ":") || pattern[end + 1] != UInt8(ascii: "]") {
            end += 1
        }
        guard end + 1 < pattern.count else {
            // Without this, `[[:[:[:…` would search the rest of the pattern once for each `[:`.
            lacksClassEnd = true
            return nil
        }
        let whole = position..<end + 2
        var name = text(position + 2..<end)
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let set = NamedClasses.posix(name) else { throw error(.invalidRange, whole) }
        position = end + 2
        return folded(set, isNegated: isNegated)
    }
}
