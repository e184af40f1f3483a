// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

/// Reads a JSON text named `t.json`.
func json(_ text: String, limits: DocumentLimits = .standard) throws(Fault) -> JSON {
    try JSON(parsing: Array(text.utf8), source: "t.json", limits: limits)
}

/// Reads a YAML text named `t.yaml`.
func yaml(_ text: String, limits: DocumentLimits = .standard) throws(Fault) -> JSON {
    try YAML.document(Array(text.utf8), source: "t.yaml", limits: limits).root
}

extension JSON {
    /// A value of any kind, with the strings and numbers that writers and readers get wrong.
    static func random(using generator: inout SeededGenerator, depth: Int = 4) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &generator) {
        case 0: return .null
        case 1: return .bool(.random(using: &generator))
        case 2: return .number(randomNumber(using: &generator))
        case 3...5: return .string(randomString(using: &generator))
        case 6:
            return .array(
                (0..<Int.random(in: 0...5, using: &generator)).map { _ in random(using: &generator, depth: depth - 1) })
        default:
            var object = JSONObject()
            // Now and then so many members that the object keeps an index.
            let count = Int.random(in: 0...40, using: &generator) == 0 ? 60 : Int.random(in: 0...6, using: &generator)
            for _ in 0..<count {
                object[randomString(using: &generator)] = random(using: &generator, depth: count > 10 ? 0 : depth - 1)
            }
            return .object(object)
        }
    }

    private static func randomNumber(using generator: inout SeededGenerator) -> JSONNumber {
        let text =
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: String(Int64.random(in: .min ... .max, using: &generator))
            case 1: String(Int.random(in: -3...300, using: &generator))
            case 2: "\(Int.random(in: 0...9, using: &generator)).\(Int.random(in: 0...99, using: &generator))0E+5"
            default: Double(bitPattern: generator.next()).description
            }
        return JSONNumber(text: text) ?? JSONNumber(0)
    }

    private static func randomString(using generator: inout SeededGenerator) -> String {
        let count = Int.random(in: 0...4, using: &generator)
        return (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
    }

    private static let pieces = [
        "a", "name", "Ω", "é", "e\u{301}", "\u{301}", "😀", "\u{FB33}", "日本", " ", "  ", "\n", "\n\n", "\t", "\r",
        "\r\n",
        ":", ": ", "#", " #", "-", "- ", "---", "...", "... ", "?", "? ", "!", "!x", "&a", "*a", "|", ">", "%", "@",
        "`",
        "\"", "'", "\\", "/", "{", "}", "[", "]", "{}", "[]", ",", "=", "<<", "~", "null", "true", "no", "y", "on", "0",
        "1", "08", "017", "0x1F", "0b1", "1_0", "1.0", "1.2.3", ".5", "5.", "1e3", "-1", "+1", ".inf", "-.inf", ".nan",
        "12:30", "2026-01-02", "T03:04:05Z", "\0", "\u{1}", "\u{1B}", "\u{7F}", "\u{80}", "\u{85}", "\u{A0}",
        "\u{FEFF}",
        "\u{2028}", "\u{2029}", "\u{FFFE}", "\u{FFFF}", "\u{10FFFF}", "${x}", "{{ .x }}",
        String(repeating: "long", count: 300),
    ]
}
