// SPDX-License-Identifier: Apache-2.0

/// How often `*`, `+`, `?` or `{…}` repeats.
struct RepetitionBounds {
    /// The most copies, of one repetition and of repetitions within each other.
    static let most: Int32 = 1000

    var minimum: Int32
    /// Negative when there is no maximum.
    var maximum: Int32
    /// Whether it is written with braces.
    var isCounted: Bool
}

extension PatternParser {
    /// Reads a repetition operator; nil, and nothing read, for a `{` that begins none and so stands for itself.
    mutating func parseBounds() throws(PatternError) -> RepetitionBounds? {
        let start = position
        position += 1
        switch pattern[start] {
        case UInt8(ascii: "*"): return RepetitionBounds(minimum: 0, maximum: -1, isCounted: false)
        case UInt8(ascii: "+"): return RepetitionBounds(minimum: 1, maximum: -1, isCounted: false)
        case UInt8(ascii: "?"): return RepetitionBounds(minimum: 0, maximum: 1, isCounted: false)
        default: break
        }
        guard let bounds = parseBraces() else {
            position = start
            return nil
        }
        let isTooMany = bounds.minimum > RepetitionBounds.most || bounds.maximum > RepetitionBounds.most
        if isTooMany || bounds.maximum >= 0 && bounds.minimum > bounds.maximum {
            throw error(.invalidRepeatCount, start..<position)
        }
        return bounds
    }

    private mutating func parseBraces() -> RepetitionBounds? {
        guard let minimum = parseCount() else { return nil }
        var bounds = RepetitionBounds(minimum: minimum, maximum: minimum, isCounted: true)
        if peek() == UInt8(ascii: ",") {
            position += 1
            if peek() == UInt8(ascii: "}") {
                bounds.maximum = -1
            } else if let maximum = parseCount() {
                bounds.maximum = maximum
            } else {
                return nil
            }
        }
        guard peek() == UInt8(ascii: "}") else { return nil }
        position += 1
        return bounds
    }

    /// A decimal number without leading zeros; what is too large stays so, without its exact value.
    private mutating func parseCount() -> Int32? {
        guard let first = peek(), (0x30...0x39).contains(first) else { return nil }
        if first == 0x30, let second = peek(1), (0x30...0x39).contains(second) { return nil }
        var value: Int32 = 0
        while let digit = peek(), (0x30...0x39).contains(digit) {
            value = min(value * 10 + Int32(digit - 0x30), 100_000)
            position += 1
        }
        return value
    }
}
