// SPDX-License-Identifier: Apache-2.0

/// Reads a pattern in one pass, with a stack of its own for groups: foreign nesting never grows the call stack.
struct PatternParser {
    struct Flags {
        var foldsCase = false
        var isMultiline = false
        var dotMatchesNewline = false
        var isUngreedy = false
    }

    /// A group that is still open, or the whole pattern.
    struct Frame {
        enum Kind: Equatable { case whole, plain, capturing(UInt32) }

        var kind: Kind
        /// What to return to behind the group.
        var outerFlags: Flags
        var sequence: [Int32] = []
        var alternatives: [Int32] = []
    }

    let pattern: [UInt8]
    let limits: RegularExpression.Limits
    var position = 0
    var flags = Flags()
    var tree = SyntaxTree()
    var frames: [Frame] = []
    /// Where the repetition began that ended just before `position`; two in a row are an error.
    var lastRepetition: Int?
    /// Ranges in all sets so far.
    var rangeCount = 0
    /// Whether no `:]` follows any more.
    var lacksClassEnd = false

    static func parse(_ pattern: String, limits: RegularExpression.Limits) throws(PatternError) -> SyntaxTree {
        var parser = PatternParser(pattern: Array(pattern.utf8), limits: limits)
        return try parser.parse()
    }

    private init(pattern: [UInt8], limits: RegularExpression.Limits) {
        (self.pattern, self.limits) = (pattern, limits)
    }

    private mutating func parse() throws(PatternError) -> SyntaxTree {
        guard pattern.count <= limits.patternLength else { throw tooLarge }
        tree.nodes.reserveCapacity(pattern.count + 1)
        frames.append(Frame(kind: .whole, outerFlags: flags))
        while position < pattern.count {
            let previous = lastRepetition
            lastRepetition = nil
            try parseNext(afterRepetition: previous)
        }
        guard frames.count == 1, let frame = frames.popLast() else {
            throw error(.missingParenthesis, 0..<pattern.count)
        }
        tree.root = try close(frame)
        return tree
    }

    private mutating func parseNext(afterRepetition previous: Int?) throws(PatternError) {
        let start = position
        switch pattern[position] {
        case UInt8(ascii: "("): try openGroup()
        case UInt8(ascii: ")"): try closeGroup()
        case UInt8(ascii: "|"):
            position += 1
            try endAlternative()
        case UInt8(ascii: "^"):
            position += 1
            try append(flags.isMultiline ? .lineStart : .textStart)
        case UInt8(ascii: "$"):
            position += 1
            try append(flags.isMultiline ? .lineEnd : .textEnd)
        case UInt8(ascii: "."):
            position += 1
            try append(flags.dotMatchesNewline ? .all : Self.notNewline)
        case UInt8(ascii: "["): try append(parseClass())
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "{"):
            if let bounds = try parseBounds() {
                try appendRepetition(bounds, from: start, afterRepetition: previous)
            } else {
                position += 1
                try appendLiteral(UInt32(UInt8(ascii: "{")))
            }
        case UInt8(ascii: "\\"): try parseEscape()
        default: try appendLiteral(nextScalar())
        }
    }

    private static let notNewline = ScalarSet(0x0A).inverted

    // MARK: Reading

    func peek(_ offset: Int = 0) -> UInt8? {
        position + offset < pattern.count ? pattern[position + offset] : nil
    }

    /// The scalar at `position`, which moves behind it.
    mutating func nextScalar() -> UInt32 {
        let lead = pattern[position]
        position += 1
        guard lead >= 0x80 else { return UInt32(lead) }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for _ in 1..<length {
            value = value << 6 | UInt32(pattern[position] & 0x3F)
            position += 1
        }
        return value
    }

    func text(_ range: Range<Int>) -> String { String(decoding: pattern[range], as: UTF8.self) }

    func error(_ reason: PatternError.Reason, _ range: Range<Int>) -> PatternError {
        let scalars = pattern[..<range.lowerBound].count { $0 & 0xC0 != 0x80 }
        return PatternError(reason: reason, expression: text(range), scalarOffset: scalars)
    }

    /// The most ranges of all classes together.
    var rangeLimit: Int { 16 * limits.programSize }

    var tooLarge: PatternError { error(.tooLarge, 0..<pattern.count) }
}
