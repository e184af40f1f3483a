// SPDX-License-Identifier: Apache-2.0

/// Rows under a header, in columns as wide as their widest cell.
public struct Table: Sendable {
    private var rows: [[String]]

    /// A table with a header row.
    public init(columns: [String]) { rows = [columns] }

    /// Adds a row.
    public mutating func add(_ cells: [String]) { rows.append(cells) }

    /// The table with two spaces between columns and no trailing blanks; ends with a line end.
    public func text() -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell + String(repeating: " ", count: widths[column] - DisplayWidth.of(cell) + 2)
            }
            while line.hasSuffix(" ") { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// A drawn tree.
public enum Tree {
    /// One line with those below it.
    public struct Node: Sendable {
        let text: String, children: [Node]
        /// A node.
        public init(_ text: String, children: [Node] = []) { (self.text, self.children) = (text, children) }
    }

    /// The trees with their branches drawn; ends with a line end.
    public static func text(_ nodes: [Node]) -> String {
        func lines(_ nodes: [Node], _ prefix: String) -> [String] {
            nodes.enumerated().flatMap { index, node -> [String] in
                let isLast = index == nodes.count - 1
                let below = lines(node.children, prefix + (isLast ? "   " : "│  "))
                return ["\(prefix)\(isLast ? "└─ " : "├─ ")\(node.text)"] + below
            }
        }
        return nodes.flatMap { [$0.text] + lines($0.children, "") }.map { $0 + "\n" }.joined()
    }
}

/// How many columns a terminal gives to text.
enum DisplayWidth {
    static func of(_ text: String) -> Int { text.reduce(0) { $0 + width($1) } }

    private static func width(_ character: Character) -> Int {
        guard let scalar = character.unicodeScalars.first else { return 0 }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
            0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
            return 2
        default: return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
        }
    }
}
