// SPDX-License-Identifier: Apache-2.0

/// What may stand at the end of a line that is not complete.
public struct LineCompletion: Sendable, Equatable {
    /// Where the words go, in letters from the start of the line.
    public let start: Int
    /// What may stand there, in full.
    public let words: [String]

    /// Words for a place.
    public init(start: Int, words: [String]) { (self.start, self.words) = (start, words) }

    /// Nothing.
    public static let none = LineCompletion(start: 0, words: [])

    /// What all words begin with.
    package var common: String {
        guard var common = words.first else { return "" }
        for word in words.dropFirst() {
            common = String(zip(common, word).prefix { $0 == $1 }.map(\.0))
        }
        return common
    }

    /// The words in columns, each row on a line.
    package func rows(width: Int) -> [String] {
        let cells = words.map(\.displayable)
        let column = (cells.map(\.displayWidth).max() ?? 0) + 2
        let perRow = max(1, width / max(column, 1))
        let rowCount = (cells.count + perRow - 1) / perRow
        return (0..<rowCount).map { row in
            // As `ls` has it: down the columns.
            var line = stride(from: row, to: cells.count, by: rowCount).map { cells[$0].padded(to: column) }.joined()
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
