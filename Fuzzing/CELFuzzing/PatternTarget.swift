// SPDX-License-Identifier: Apache-2.0

internal import RegularExpressions

/// Calls regular expressions with a pattern and a text of the fuzzer, which a zero byte parts.
///
/// What has to hold: all ways to search agree, and a memory so small that all states are forgotten changes nothing.
public enum PatternTarget {
    public static func run(_ bytes: [UInt8]) {
        guard bytes.count < 4096 else { return }
        let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        let pattern = String(decoding: parts[0], as: UTF8.self)
        let text = String(decoding: parts.count > 1 ? parts[1] : [], as: UTF8.self)
        let limits = RegularExpression.Limits(programSize: 5_000)
        let forgetful = RegularExpression.Limits(programSize: 5_000, cacheSize: 1)
        let expression: RegularExpression
        do { expression = try RegularExpression(pattern, limits: limits) } catch {
            precondition(!error.description.isEmpty)
            return
        }
        guard let other = try? RegularExpression(pattern, limits: forgetful) else {
            preconditionFailure("the size of the memory decides what a pattern is")
        }
        let first = expression.firstMatch(in: text), all = expression.allMatches(in: text)
        precondition(expression.matches(text) == (first != nil))
        precondition(other.matches(text) == (first != nil))
        precondition(all.first.map(ranges) == first.map(ranges))
        precondition(all.map(ranges) == other.allMatches(in: text).map(ranges))
        var end = 0
        for match in all {
            precondition(match.range.lowerBound >= end && match.range.upperBound <= text.utf8.count)
            end = match.range.upperBound
        }
        precondition(expression.replacingMatches(in: text) { String($0.text) }.utf8.elementsEqual(text.utf8))
        precondition(RegularExpression.escape(text).utf8.count >= text.utf8.count)
        _ = expression.split(text)
        _ = expression.replacingAll(in: text, with: pattern)
        _ = try? expression.replacingAll(in: text, limit: 3, withRewrite: text)
    }

    private static func ranges(_ match: Match) -> [Range<Int>?] { [match.range] + match.groups }
}
