// SPDX-License-Identifier: Apache-2.0

/// What may stand at the end of a text.
public struct Suggestions: Sendable, Equatable {
    /// Where the words go, in letters from the start of the text.
    public let start: Int
    /// What may stand there, in full; a function ends with its parenthesis.
    public let words: [String]

    /// Words for a place, those that continue what is typed.
    init(start: Int, after typed: String, _ words: [String]) {
        self.start = start
        var seen: Set<String> = []
        self.words = words.filter { $0.hasPrefix(typed) && seen.insert($0).inserted }
    }

    static let none = Suggestions(start: 0, after: "", [])
}
