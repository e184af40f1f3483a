// SPDX-License-Identifier: Apache-2.0

extension StringProtocol {
    /// How many columns a terminal takes to show the text: two for East Asian wide letters and for emoji, none for
    /// marks that combine.
    var displayWidth: Int { reduce(0) { $0 + $1.displayWidth } }

    /// The text with control characters replaced, so that content from outside cannot steer the terminal.
    var displayable: String {
        guard unicodeScalars.contains(where: \.isControl) else { return String(self) }
        return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? "\u{FFFD}" : $0 }))
    }

    /// The text followed by blanks up to a width.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: Swift.max(0, width - displayWidth)) }

    /// At most so many columns of the text; what is cut off shows as `…`.
    func truncated(to width: Int) -> String {
        guard displayWidth > width else { return String(self) }
        var text = ""
        var used = 0
        for letter in self {
            guard used + letter.displayWidth < width else { break }
            text.append(letter)
            used += letter.displayWidth
        }
        return width > 0 ? text + "…" : ""
    }
}

extension Character {
    /// How many columns it takes; that of its widest part.
    var displayWidth: Int {
        if let byte = asciiValue { return byte < 0x20 || byte == 0x7F ? 0 : 1 }
        return unicodeScalars.reduce(0) { Swift.max($0, $1.displayWidth) }
    }
}

extension Unicode.Scalar {
    /// Whether a terminal may act on it instead of showing it; covers controls and marks that turn the direction.
    var isControl: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0x2028...0x2029: true
        default: false
        }
    }

    var displayWidth: Int {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return value == 0xFE0F ? 2 : 0
        default: break
        }
        if properties.isEmojiPresentation { return 2 }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
