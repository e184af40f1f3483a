// SPDX-License-Identifier: Apache-2.0

public import Basics

extension JSON {
    /// The canonical text of RFC 8785: keys sorted by their UTF-16 code units, numbers as ECMAScript writes doubles.
    ///
    /// Throws `.invalid` for a number beyond the range of a double, which has no canonical form.
    public func canonical() throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        try Self.write(self, into: &bytes)
        return bytes
    }

    private static func write(_ json: JSON, into bytes: inout [UInt8]) throws(Fault) {
        switch json {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: try canonicalText(number).utf8)
        case .string(let text): JSONWriter.quote(text, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                try write(item, into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in object.sorted(by: { precedes($0.key, $1.key) }).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.quote(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try write(member.value, into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func canonicalText(_ number: JSONNumber) throws(Fault) -> String {
        // An integer of up to 15 digits is a double, written as it stands.
        if number.text.utf8.count <= 15, let value = number.int64 { return String(value) }
        guard let text = ECMAScriptNumber.text(number.double) else {
            throw Fault(
                .invalid, "the number \(number.text.prefix(40)) is too large for the canonical form",
                fix: "write it as a string")
        }
        return text
    }

    private static func precedes(_ a: String, _ b: String) -> Bool {
        // The orders of UTF-8 and UTF-16 differ only where U+E000–U+FFFF meets what UTF-16 writes as surrogates.
        if a.utf8.allSatisfy({ $0 < 0xEE }) && b.utf8.allSatisfy({ $0 < 0xEE }) {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return a.utf16.lexicographicallyPrecedes(b.utf16)
    }
}
