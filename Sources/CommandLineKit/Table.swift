// SPDX-License-Identifier: Apache-2.0

/// Rows under headings, each column as wide as its widest cell.
public struct Table: Sendable {
    private let columns: [String]
    private var rows: [[String]] = []

    /// Starts a table; the headings are shown in capitals.
    public init(columns: [String]) { self.columns = columns.map { $0.uppercased() } }

    /// Adds a row; missing cells are empty, and cells without a column are left out.
    public mutating func add(_ cells: [String]) {
        let cut = cells.prefix(columns.count).map(\.displayable)
        rows.append(cut + Array(repeating: "", count: columns.count - cut.count))
    }

    /// The headings and the rows, each on a line that ends with a line end and without blanks before it; two blanks
    /// between columns. Control characters in cells are replaced.
    public func text() -> String {
        let all = [columns] + rows
        let widths = columns.indices.map { column in all.map { $0[column].displayWidth }.max() ?? 0 }
        return all.map { row in
            var line = zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
