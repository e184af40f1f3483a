// SPDX-License-Identifier: Apache-2.0

extension RegularExpression {
    /// The text with each of its matches, at most `limit` if that is not negative, replaced by what the closure says.
    ///
    /// Which matches count is as for `allMatches`.
    public func replacingMatches<E: Error>(
        in text: String, limit: Int = -1, with replacement: (Match) throws(E) -> String
    ) throws(E) -> String {
        let matches = allMatches(in: text, limit: limit)
        guard !matches.isEmpty else { return text }
        var result = ""
        var end = 0
        for match in matches {
            result += Match.text(end..<match.range.lowerBound, of: text)
            result += try replacement(match)
            end = match.range.upperBound
        }
        return result + Match.text(end..<text.utf8.count, of: text)
    }

    /// The text with all matches replaced by a template of Go's: `$1`, `${1}`, `$name`, `${name}`, and `$$` for `$`.
    public func replacingAll(in text: String, with template: String) -> String {
        let template = ReplacementTemplate(go: template, self)
        return replacingMatches(in: text) { template.expanded(for: $0) }
    }

    /// The text with all matches replaced by a text in which nothing has a special meaning.
    public func replacingAll(in text: String, withLiteral replacement: String) -> String {
        replacingMatches(in: text) { _ in replacement }
    }

    /// The text with matches, at most `limit` if that is not negative, replaced by a template of CEL's: `\0` for the
    /// match, `\1` to `\9` for groups, `\\` for a backslash. Throws for other escapes and for groups that the
    /// expression does not have.
    public func replacingAll(
        in text: String, limit: Int = -1, withRewrite rewrite: String
    ) throws(RewriteError) -> String {
        let template = try ReplacementTemplate(rewrite: rewrite, self)
        return replacingMatches(in: text, limit: limit) { template.expanded(for: $0) }
    }

    /// A template of Go's with the groups of one match in place; Go's `Expand`.
    public func expand(_ template: String, for match: Match) -> String {
        ReplacementTemplate(go: template, self).expanded(for: match)
    }
}

/// Why a rewrite text in the manner of CEL is refused.
public struct RewriteError: Error, Hashable, CustomStringConvertible {
    public let description: String
}
