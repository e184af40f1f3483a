// SPDX-License-Identifier: Apache-2.0

/// What plain scalars mean: YAML 1.1 as go-yaml v2 reads it for the Kubernetes tools.
enum YAMLScalar {
    /// The value of a plain scalar; nil for infinity and NaN, which JSON does not have.
    ///
    /// Differs from go-yaml where that would lose what was written: a number keeps its text (`1.10`, `1e3`) and its
    /// size, and a hexadecimal integer beyond 64 bits (a hash, an address) stays a string.
    static func resolve(_ text: String) -> JSON? {
        guard let first = text.utf8.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            if isNotFinite(text) { return nil }
            return number(text).map { .number($0) } ?? .string(text)
        // The longest word that means something is `false`.
        default: return text.utf8.count <= 5 ? word(text) : .string(text)
        }
    }

    private static func word(_ text: String) -> JSON {
        switch text {
        case "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N": false
        default: .string(text)
        }
    }

    private static func isNotFinite(_ text: String) -> Bool {
        switch text {
        case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF": true
        default: false
        }
    }

    private static func number(_ text: String) -> JSONNumber? {
        if let number = JSONNumber(text: text) { return number }
        guard text.utf8.count <= 400 else { return nil }
        // Underscores are separators, but not in what starts with the decimal point.
        let plain = text.hasPrefix(".") ? text : text.replacing("_", with: "")
        let isNegative = plain.hasPrefix("-")
        let magnitude = isNegative || plain.hasPrefix("+") ? String(plain.dropFirst()) : plain
        guard let text = integer(magnitude, isNegative: isNegative) ?? float(magnitude) else { return nil }
        return JSONNumber(text: isNegative && text != "0" ? "-" + text : text)
    }

    /// The decimal text of an integer in the notation of Go: `0x1F`, `0o17`, `017`, `0b11`, `12`.
    private static func integer(_ text: String, isNegative: Bool) -> String? {
        let lower = text.lowercased()
        let (digits, radix): (Substring, Int)
        switch lower.prefix(2) {
        case "0x": (digits, radix) = (lower.dropFirst(2), 16)
        case "0o": (digits, radix) = (lower.dropFirst(2), 8)
        case "0b": (digits, radix) = (lower.dropFirst(2), 2)
        case _ where lower.hasPrefix("0"): (digits, radix) = (lower[...], 8)
        default: return isDecimal(text) ? text : nil
        }
        guard digits.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 &- 0x61 < 26 }), let value = UInt64(digits, radix: radix),
            !isNegative || value <= UInt64(1) << 63
        else { return nil }
        return String(value)
    }

    /// The JSON text of `[0-9]+(\.[0-9]*)?` or `\.[0-9]+` with an exponent or without: `5.`, `.5`, `08`, `1e3`.
    private static func float(_ text: String) -> String? {
        let exponent = text.utf8.firstIndex { $0 | 0x20 == UInt8(ascii: "e") }
        let mantissa = text[..<(exponent ?? text.endIndex)]
        let parts = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, parts.allSatisfy({ $0.isEmpty || isDecimal($0) }),
            !first.isEmpty || parts.count == 2 && !parts[1].isEmpty
        else { return nil }
        let zeros = first.prefix { $0 == "0" }.count
        let whole = zeros == first.count ? "0" : String(first.dropFirst(zeros))
        let fraction = parts.count == 2 && !parts[1].isEmpty ? "." + parts[1] : ""
        return whole + fraction + (exponent.map { text[$0...] } ?? "")
    }

    private static func isDecimal(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 &- 0x30 < 10 }
    }
}
