// SPDX-License-Identifier: Apache-2.0

/// Draws things that hold things.
public enum Tree {
    /// A line and what hangs below it.
    public struct Node: Sendable {
        /// The line.
        public let text: String
        /// What hangs below.
        public let children: [Node]

        /// Makes a node.
        public init(_ text: String, children: [Node] = []) { (self.text, self.children) = (text, children) }
    }

    /// The trees one below the other, one line for each node, each with a line end. Control characters are replaced.
    public static func text(_ nodes: [Node]) -> String {
        var lines: [String] = []
        func draw(_ node: Node, _ branch: String, _ below: String) {
            lines.append(branch + node.text.displayable)
            for (index, child) in node.children.enumerated() {
                let isLast = index == node.children.count - 1
                draw(child, below + (isLast ? "└─ " : "├─ "), below + (isLast ? "   " : "│  "))
            }
        }
        for node in nodes { draw(node, "", "") }
        return lines.map { $0 + "\n" }.joined()
    }
}
