// SPDX-License-Identifier: Apache-2.0

/// Lays out help: paragraphs and lists of names with what they mean.
struct HelpText {
    private var lines: [String] = []
    private let width: Int

    /// Starts a text of at most 100 columns.
    init(width: Int) { self.width = min(max(width, 40), 100) }

    /// All lines so far, each with a line end.
    var text: String { lines.map { $0 + "\n" }.joined() }

    mutating func line(_ text: String = "") { lines.append(text) }

    /// Adds a paragraph, broken between words; lines that begin with a blank stay as they are.
    mutating func paragraph(_ text: String) {
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix(" ") || line.isEmpty {
                lines.append(String(line))
            } else {
                lines += Self.broken(line, width)
            }
        }
    }

    /// Adds a heading and its list; nothing when the list is empty.
    mutating func list(_ heading: String, _ items: [(name: String, meaning: String)]) {
        guard !items.isEmpty else { return }
        line()
        line("\(heading):")
        let column = min(items.map(\.name.displayWidth).max() ?? 0, 32)
        for item in items {
            let meaning = Self.broken(item.meaning[...], width - column - 4)
            let indent = String(repeating: " ", count: column + 4)
            if item.name.displayWidth > column {
                line("  \(item.name)")
                lines += meaning.map { indent + $0 }
            } else {
                let first = meaning.first ?? ""
                line(first.isEmpty ? "  \(item.name)" : "  \(item.name.padded(to: column))  \(first)")
                lines += meaning.dropFirst().map { indent + $0 }
            }
        }
    }

    private static func broken(_ text: Substring, _ width: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if !line.isEmpty, line.displayWidth + 1 + word.displayWidth > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " \(word)"
        }
        return line.isEmpty ? lines : lines + [line]
    }
}

extension Parameter {
    /// The left side of its line in help.
    var synopsis: String {
        guard role != .argument else { return place }
        let short = declaration.short.map { "-\($0), " } ?? "    "
        return "\(short)--\(name)\(role == .option ? " \(valueName)" : "")"
    }

    /// How the usage line names it: `A`, `[A]`, `A…` or `[A…]`.
    var place: String {
        let name = declaration.isRepeatable ? "\(valueName)…" : valueName
        return declaration.isRequired ? name : "[\(name)]"
    }

    /// The right side of its line in help.
    var meaning: String {
        var notes: [String] = []
        if declaration.isRequired, role == .option { notes.append("required") }
        if let text = declaration.defaultText { notes.append("default: \(text)") }
        if let name = declaration.environment { notes.append("environment: \(name)") }
        return notes.isEmpty ? declaration.help : "\(declaration.help) (\(notes.joined(separator: "; ")))"
    }
}
