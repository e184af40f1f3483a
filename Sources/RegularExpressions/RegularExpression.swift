// SPDX-License-Identifier: Apache-2.0

/// A regular expression in the syntax of RE2 and Go, for foreign patterns on foreign texts.
///
/// Every operation takes time proportional to the length of the text times the size of the pattern, in the worst case
/// and with bounded memory; nothing backtracks. Matching works on Unicode scalars; offsets count bytes of UTF-8. An
/// expression is immutable and can be used by any number of threads at once.
public struct RegularExpression: Sendable {
    /// The text it was made from.
    public let pattern: String
    let engine: Engine

    /// Reads a pattern, or says in Go's words why it is none. A pattern beyond the limits is refused too.
    public init(_ pattern: String, limits: Limits = .standard) throws(PatternError) {
        self.pattern = pattern
        engine = try Engine(pattern, limits: limits)
    }

    /// The number of capture groups, without the whole match.
    public var groupCount: Int { engine.groupNames.count }

    /// The name of each capture group, nil for those without, the first group first.
    public var groupNames: [String?] { engine.groupNames }

    /// The number of the first group with a name; group 0 is the whole match and has none.
    public func groupNumber(named name: String) -> Int? { groupNames.firstIndex(of: name).map { $0 + 1 } }

    /// The text every match begins with; empty when none is known.
    public var literalPrefix: String { String(decoding: engine.prefix.bytes, as: UTF8.self) }

    /// How large its program is: what a search takes for each byte of the text, in the worst case.
    public var instructionCount: Int { engine.program.instructions.count }

    /// Whether the text has a match anywhere. Reads no further than the end of the first one it meets.
    public func matches(_ text: String) -> Bool { engine.hasMatch(in: text.utf8.span) }

    /// Whether bytes, which must be valid UTF-8, have a match anywhere.
    public func matchesUTF8(_ text: Span<UInt8>) -> Bool { engine.hasMatch(in: text) }

    /// A pattern that matches a text and nothing else; Go's `QuoteMeta`.
    public static func escape(_ literal: String) -> String {
        var escaped = ""
        for scalar in literal.unicodeScalars {
            if #"\.+*?()|[]{}^$"#.unicodeScalars.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }
}

/// By pattern: equal patterns match equal texts.
extension RegularExpression: Hashable {
    public static func == (left: Self, right: Self) -> Bool {
        // Texts of other bytes can be equal to Swift, such as `é` and `e` with an accent behind it.
        left.pattern == right.pattern && left.pattern.utf8.elementsEqual(right.pattern.utf8)
    }
    public func hash(into hasher: inout Hasher) { hasher.combine(pattern) }
}

extension RegularExpression: CustomStringConvertible {
    public var description: String { pattern }
}
