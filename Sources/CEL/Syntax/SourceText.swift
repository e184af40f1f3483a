// SPDX-License-Identifier: Apache-2.0

/// The text of an expression, and where lines begin in it.
public struct SourceText: Sendable {
    /// What was given.
    public let text: String
    /// What errors call it: a file, a path in a document, or `<input>`.
    public let name: String
    let bytes: [UInt8]

    /// A text and what errors call it.
    public init(_ text: String, name: String = "<input>") {
        self.text = text
        self.name = name
        bytes = Array(text.utf8)
    }

    /// The line and column of an offset in UTF-8 bytes; both count from one, columns in code points.
    public func location(at offset: Int) -> SourceLocation {
        var line = 1, start = 0
        let end = min(max(0, offset), bytes.count)
        for index in 0..<end where bytes[index] == 0x0A { (line, start) = (line + 1, index + 1) }
        let column = bytes[start..<end].count { $0 & 0xC0 != 0x80 } + 1
        return SourceLocation(name: name, line: line, column: column, excerpt: excerpt(from: start, at: end))
    }

    /// The line and a caret under the column; a long line is cut to what stands near the caret.
    private func excerpt(from start: Int, at offset: Int) -> String {
        var from = offset, to = offset, before = 0, after = 0
        while from > start, before < 100 {
            from -= 1
            if bytes[from] & 0xC0 != 0x80 { before += 1 }
        }
        while to < bytes.count, bytes[to] != 0x0A {
            if bytes[to] & 0xC0 != 0x80 { after += 1 }
            guard after <= 60 else { break }
            to += 1
        }
        var shown = "", pad = ""
        for (index, scalar) in String(decoding: bytes[from..<to], as: UTF8.self).unicodeScalars.enumerated() {
            shown.unicodeScalars.append(scalar == "\t" || scalar.value >= 0x20 && scalar.value != 0x7F ? scalar : " ")
            if index < before { pad += scalar == "\t" ? "\t" : "." }
        }
        return " | \(shown)\n | \(pad)^"
    }
}

/// A place in an expression that a person can find.
public struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
    /// What the text is called.
    public let name: String
    /// From one.
    public let line: Int
    /// In code points, from one.
    public let column: Int
    /// The line with a caret under the column, each line after ` | `.
    public let excerpt: String

    /// `name:line:column`.
    public var description: String { "\(name):\(line):\(column)" }
}
