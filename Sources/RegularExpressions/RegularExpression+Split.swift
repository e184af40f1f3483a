// SPDX-License-Identifier: Apache-2.0

extension RegularExpression {
    /// The pieces between matches, as Go's `Regexp.Split` cuts them.
    ///
    /// A negative limit asks for all pieces, zero for none, another for at most that many, the last of which is the
    /// rest. An empty match at the start of the text cuts nothing off.
    public func split(_ text: String, limit: Int = -1) -> [Substring] {
        guard limit != 0 else { return [] }
        if !pattern.isEmpty, text.isEmpty { return [""] }
        var pieces: [Substring] = []
        var start = 0
        var end = 0
        for match in allMatches(in: text, limit: limit) {
            if limit > 0, pieces.count == limit - 1 { break }
            end = match.range.lowerBound
            if match.range.upperBound != 0 { pieces.append(Match.text(start..<end, of: text)) }
            start = match.range.upperBound
        }
        if end != text.utf8.count { pieces.append(Match.text(start..<text.utf8.count, of: text)) }
        return pieces
    }
}
