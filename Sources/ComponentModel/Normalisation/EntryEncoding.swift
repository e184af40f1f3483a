// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// The encoding of `jsonNormalisation/v1`: an object is an array of objects with one member each, sorted by the bytes
/// of their keys; strings are escaped as Go's JSON encoder does.
enum EntryEncoding {
    static func bytes(of json: JSON) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        try write(json, into: &bytes)
        return bytes
    }

    private static func write(_ json: JSON, into bytes: inout [UInt8]) throws(Fault) {
        switch json {
        case .null, .bool: bytes += json.encoded()
        case .number(let number):
            // Go writes doubles as ECMAScript does, but for the sign of zero.
            let isNegativeZero = number.double == 0 && number.text.hasPrefix("-")
            bytes += isNegativeZero ? Array("-0".utf8) : try json.canonical()
        case .string(let text): quote(text, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try write(item, into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "["))
            let members = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in members.enumerated() {
                bytes += Array(index > 0 ? ",{".utf8 : "{".utf8)
                quote(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try write(member.value, into: &bytes)
                bytes.append(UInt8(ascii: "}"))
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    /// Go escapes for HTML too, and the two line separators that JavaScript does not accept in strings.
    private static func quote(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": bytes += Array("\\\"".utf8)
            case "\\": bytes += Array("\\\\".utf8)
            case "\n": bytes += Array("\\n".utf8)
            case "\r": bytes += Array("\\r".utf8)
            case "\t": bytes += Array("\\t".utf8)
            case "\u{8}": bytes += Array("\\b".utf8)
            case "\u{C}": bytes += Array("\\f".utf8)
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                bytes += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            default: bytes += Array(String(scalar).utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
