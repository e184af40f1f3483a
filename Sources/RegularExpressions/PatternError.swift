// SPDX-License-Identifier: Apache-2.0

/// Why a pattern is refused, in the words of Go's `regexp`.
public struct PatternError: Error, Hashable, CustomStringConvertible {
    /// The kinds of refusal; each raw value is the sentence Go says.
    public enum Reason: String, Sendable {
        case invalidCharacterClass = "invalid character class"
        case invalidRange = "invalid character class range"
        case invalidEscape = "invalid escape sequence"
        case invalidGroupName = "invalid named capture"
        case invalidPerlSyntax = "invalid or unsupported Perl syntax"
        case nestedRepetition = "invalid nested repetition operator"
        case invalidRepeatCount = "invalid repeat count"
        case missingBracket = "missing closing ]"
        case missingParenthesis = "missing closing )"
        case missingArgument = "missing argument to repetition operator"
        case trailingBackslash = "trailing backslash at end of expression"
        case unexpectedParenthesis = "unexpected )"
        case tooDeep = "expression nests too deeply"
        case tooLarge = "expression too large"
    }

    /// What is wrong.
    public let reason: Reason
    /// The part of the pattern that is wrong; the whole pattern when no single part is.
    public let expression: String
    /// Where that part begins in the pattern, counted in Unicode scalars.
    public let scalarOffset: Int

    /// The sentence Go's `regexp.Compile` returns.
    public var description: String { "error parsing regexp: \(reason.rawValue): `\(expression)`" }
}
