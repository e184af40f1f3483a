// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// Values as Go programs print them in errors.
public enum GoLiteral {
    /// A value of an error: `"text"`, `1.5`, `true`, `{"a":[null]}`.
    public static func text(of value: JSON) -> String {
        switch value {
        case .string(let text): return goQuoted(text)
        case .number(let number): return plain(number)
        case .bool(let value): return value ? "true" : "false"
        case .null, .array, .object:
            var bytes: [UInt8] = []
            write(value, into: &bytes)
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// A number as `%v` prints it.
    public static func plain(_ number: JSONNumber) -> String {
        number.int64.map(String.init) ?? goShortest(number.double)
    }

    /// A number of a schema as `%v` prints it.
    public static func plain(_ value: Double) -> String { goShortest(value) }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }

    /// Writes JSON as Go's `encoding/json` does: keys sorted, what HTML could misread escaped.
    private static func write(_ value: JSON, into bytes: inout [UInt8]) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let number): bytes += jsonText(number).utf8
        case .string(let text): writeString(text, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                write(item, into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            let members = object.sorted { $0.key.precedesByScalars($1.key) }
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                writeString(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                write(member.value, into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Plain from 1e-6 up and below 1e21, else with an exponent of as few digits as it needs.
    private static func jsonText(_ number: JSONNumber) -> String {
        if let int = number.int64 { return String(int) }
        let value = number.double
        guard value.isFinite else { return number.text }
        if value == 0 || (1e-6..<1e21).contains(value.magnitude) { return goPlain(value) }
        let text = goShortest(value)
        guard text.utf8.dropLast().suffix(3).elementsEqual("e-0".utf8) else { return text }
        return "\(text.dropLast(2))\(text.suffix(1))"
    }

    private static func writeString(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += "\\\"".utf8
            case "\\": bytes += "\\\\".utf8
            case "\n": bytes += "\\n".utf8
            case "\r": bytes += "\\r".utf8
            case "\t": bytes += "\\t".utf8
            case "\u{8}": bytes += "\\b".utf8
            case "\u{C}": bytes += "\\f".utf8
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..<" ": bytes += "\\u\(hex(scalar.value, digits: 4))".utf8
            default: bytes += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
