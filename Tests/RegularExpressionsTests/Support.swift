// SPDX-License-Identifier: Apache-2.0

@testable import RegularExpressions

/// The error a pattern is refused with.
func refusal(_ pattern: String, limits: RegularExpression.Limits = .standard) -> PatternError? {
    do {
        _ = try RegularExpression(pattern, limits: limits)
        return nil
    } catch {
        return error
    }
}

/// A match in one line: the ranges of the match and of its groups, such as `0-2 1-2 ?`.
func line(_ match: Match?) -> String {
    guard let match else { return "none" }
    return ([match.range] + match.groups).map { $0.map { "\($0.lowerBound)-\($0.upperBound)" } ?? "?" }
        .joined(separator: " ")
}

/// Slots in the same form.
func line(_ slots: [Int]?) -> String { line(slots.map { Match($0, source: "") }) }

extension RegularExpression {
    /// All matches, each in one line.
    func lines(in text: String, limit: Int = -1) -> String {
        allMatches(in: text, limit: limit).map { line($0) }.joined(separator: ", ")
    }
}
