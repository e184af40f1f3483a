// SPDX-License-Identifier: Apache-2.0

/// What plain scalars mean (YAML 1.1 as go-yaml v2 reads it for the Kubernetes tools).
enum YAMLScalar {
    static func resolve(_ text: String) -> JSON {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y":
            // go-yaml leaves the one-letter forms to typed readers; as plain values they are strings.
            return text.count == 1 ? .string(text) : .bool(true)
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N":
            return text.count == 1 ? .string(text) : .bool(false)
        default: return number(text) ?? .string(text)
        }
    }

    private static func number(_ text: String) -> JSON? {
        guard let first = text.utf8.first,
            (0x30...0x39).contains(first) || first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
                || first == UInt8(ascii: ".")
        else { return nil }
        if let number = JSONNumber(text: text) { return .number(number) }
        let plain = text.replacing("_", with: "")
        let isNegative = plain.hasPrefix("-")
        let unsigned = plain.hasPrefix("-") || plain.hasPrefix("+") ? String(plain.dropFirst()) : plain
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where unsigned.hasPrefix(prefix) {
            guard let value = UInt64(unsigned.dropFirst(2), radix: radix) else { return nil }
            return JSONNumber(text: (isNegative ? "-" : "") + String(value)).map { .number($0) }
        }
        // A leading zero makes an octal integer in YAML 1.1.
        if unsigned.count > 1, unsigned.hasPrefix("0"), unsigned.allSatisfy({ "01234567".contains($0) }) {
            guard let value = UInt64(unsigned, radix: 8) else { return nil }
            return JSONNumber(text: (isNegative ? "-" : "") + String(value)).map { .number($0) }
        }
        guard unsigned.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2E, 0x65, 0x45, 0x2B, 0x2D].contains($0) }),
            unsigned.utf8.contains(where: { (0x30...0x39).contains($0) }), let value = Double(unsigned), value.isFinite
        else { return nil }
        // `1_000`, `+5`, `.5` and `5.` are numbers in YAML but not in JSON: give the JSON text of the same value.
        let isInteger = unsigned.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if isInteger {
            let digits = String(unsigned.drop { $0 == "0" })
            return JSONNumber(text: (isNegative ? "-" : "") + (digits.isEmpty ? "0" : digits)).map { .number($0) }
        }
        return JSON.ecmaScriptText(isNegative ? -value : value).flatMap { JSONNumber(text: $0) }.map { .number($0) }
    }

    /// Whether a text must be quoted so that readers of YAML 1.1 and 1.2 get a string back.
    static func needsQuotes(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, let last = text.unicodeScalars.last else { return true }
        if case .string = resolve(text) {} else { return true }
        if ["y", "Y", "n", "N", "=", "<<"].contains(text) { return true }
        if "-?:,[]{}#&*!|>'\"%@` ".unicodeScalars.contains(first) || last == " " || last == ":" { return true }
        if first.value == 0x2E || (0x30...0x39).contains(first.value) || first == "+" {
            // Dates, sexagesimal numbers and special floats are typed by some readers.
            if text.utf8.allSatisfy({ (0x30...0x39).contains($0) || [0x2D, 0x3A, 0x2E, 0x54, 0x5A, 0x20, 0x5F, 0x2B].contains($0) }) {
                return !isVersionLike(text)
            }
            if [".inf", ".nan", "+.inf"].contains(text.lowercased()) { return true }
            if text.hasPrefix("0x") || text.hasPrefix("0o") || text.hasPrefix("0b") || looksExponential(text) { return true }
        }
        return text.contains(": ") || text.contains(" #")
            || text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || (0x80...0x9F).contains($0.value) || $0.value == 0xFEFF || (0x2028...0x2029).contains($0.value) }
    }

    /// `1.2.3` is no number to any reader.
    private static func isVersionLike(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count >= 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    }

    private static func looksExponential(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) || [0x2E, 0x65, 0x45, 0x2B, 0x2D].contains($0) }
    }
}
