// SPDX-License-Identifier: Apache-2.0

/// Texts from anywhere, made harmless for a line: what could end it, hide it or reorder it is escaped as JSON escapes.
enum LogText {
    /// Whether a text can stand without quotes among `name=value` pairs and still be read in one way only.
    static func isBare(_ text: String, spaces: Bool) -> Bool {
        if text.isEmpty { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case " ": spaces
            case "\"", "\\", "=": false
            default: !mustEscape(scalar)
            }
        }
    }

    /// Appends a text in quotes, at most `limit` bytes of it; what is cut ends with `…`.
    static func quote(_ text: String, into line: inout [UInt8], limit: Int) {
        line.append(UInt8(ascii: "\""))
        append(text, into: &line, limit: limit)
        line.append(UInt8(ascii: "\""))
    }

    /// Appends a text with its escapes and no quotes, at most `limit` bytes of it; what is cut ends with `…`.
    static func append(_ text: String, into line: inout [UInt8], limit: Int) {
        let bytes = text.utf8
        if bytes.count <= limit,
            bytes.allSatisfy({ (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            line.append(contentsOf: bytes)
            return
        }
        let end = line.count + limit
        for scalar in text.unicodeScalars {
            let before = line.count
            append(scalar, into: &line)
            if line.count > end {
                line.removeLast(line.count - before)
                line.append(contentsOf: "…".utf8)
                return
            }
        }
    }

    private static func append(_ scalar: Unicode.Scalar, into line: inout [UInt8]) {
        switch scalar {
        case "\"": line.append(contentsOf: "\\\"".utf8)
        case "\\": line.append(contentsOf: "\\\\".utf8)
        case "\n": line.append(contentsOf: "\\n".utf8)
        case "\r": line.append(contentsOf: "\\r".utf8)
        case "\t": line.append(contentsOf: "\\t".utf8)
        case _ where mustEscape(scalar): for unit in scalar.utf16 { append(unit: unit, into: &line) }
        default: line.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        }
    }

    private static func append(unit: UInt16, into line: inout [UInt8]) {
        line.append(contentsOf: "\\u".utf8)
        let digits = Array("0123456789abcdef".utf8)
        for shift in [12, 8, 4, 0] { line.append(digits[Int(unit >> UInt16(shift)) & 15]) }
    }

    /// Controls, line and paragraph separators, and what is invisible or turns the direction of a text (CVE-2021-42574).
    private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }
}
