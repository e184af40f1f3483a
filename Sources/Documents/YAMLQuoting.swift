// SPDX-License-Identifier: Apache-2.0

/// How strings are written so that readers of YAML 1.1 and of YAML 1.2 get the same string back.
enum YAMLQuoting {
    /// The string as a scalar on one line: plain where that is safe, else in double quotes.
    static func scalar(_ text: String) -> String {
        needsQuotes(text) ? doubleQuoted(text) : text
    }

    /// The string in double quotes.
    static func doubleQuoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        JSONWriter.quote(text, into: &bytes)
        let quoted = String(decoding: bytes, as: UTF8.self)
        // A JSON string is a double-quoted scalar, but for the characters that YAML does not take as they are.
        guard quoted.unicodeScalars.contains(where: { !isPrintable($0) }) else { return quoted }
        var escaped = ""
        for scalar in quoted.unicodeScalars {
            if isPrintable(scalar) {
                escaped.unicodeScalars.append(scalar)
            } else {
                let hex = String(scalar.value, radix: 16)
                escaped += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            }
        }
        return escaped
    }

    /// Whether a string of several lines can stand as a literal block (`|`) and look as it is.
    static func isBlock(_ text: String) -> Bool {
        guard let first = text.utf8.first, first > 0x20, text.utf8.contains(UInt8(ascii: "\n")) else { return false }
        // Blanks before a line end are invisible, and editors strip them.
        return !holds(text) { ($0 == 0x20 || $0 == 0x09) && $1 == 0x0A }
            && text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || isPrintable($0) }
    }

    /// Whether a plain scalar would end early in brackets, for some reader.
    static func needsQuotesInFlow(_ text: String) -> Bool {
        text.utf8.contains { ",[]{}".utf8.contains($0) } || text.contains(":,") || text.hasPrefix("?")
    }

    static func needsQuotes(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return true }
        if case .string? = YAMLScalar.resolve(text) {} else { return true }
        if "-?:,[]{}#&*!|>'\"%@` ".utf8.contains(first) || text == "=" || text == "<<" { return true }
        if last == UInt8(ascii: " ") || last == UInt8(ascii: ":") { return true }
        if first &- 0x30 < 10 || first == UInt8(ascii: ".") || first == UInt8(ascii: "+") {
            if text.utf8.starts(with: "...".utf8) || looksLikeNumber(text) { return true }
        }
        return hasIndicator(text) || !isPrintable(text)
    }

    /// Whether “: ” or “ #” ends a plain scalar early. Looks at bytes: a combining mark behind the blank hides the pair
    /// from a comparison of characters.
    private static func hasIndicator(_ text: String) -> Bool {
        holds(text) { $0 == UInt8(ascii: ":") && $1 == 0x20 || $0 == 0x20 && $1 == UInt8(ascii: "#") }
    }

    private static func holds(_ text: String, pair: (UInt8, UInt8) -> Bool) -> Bool {
        var previous: UInt8 = 0
        for byte in text.utf8 {
            if pair(previous, byte) { return true }
            previous = byte
        }
        return false
    }

    static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } || text.unicodeScalars.allSatisfy(isPrintable)
    }

    /// Whether some reader might see a number or a date: `1e3`, `0x1F`, `1_000`, `12:30:45`, `2026-01-02T03:04:05Z`.
    private static func looksLikeNumber(_ text: String) -> Bool {
        guard text.utf8.allSatisfy("0123456789abcdefABCDEFxXoO_.,:+-tTzZ ".utf8.contains) else { return false }
        // `1.2.3` is a number to nobody.
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isVersion = parts.count >= 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { $0 &- 0x30 < 10 } }
        return !isVersion
    }

    /// Whether a character may stand in YAML as it is, and is no line end for anyone (YAML 1.1 sections 4.1 and 4.2).
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20..<0x7F, 0xA0...0x2027, 0x202A..<0xFEFF, 0xFF00...0xFFFD, 0x10000...: true
        default: false
        }
    }
}
