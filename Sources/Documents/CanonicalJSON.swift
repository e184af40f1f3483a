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
        case .null: bytes += Array("null".utf8)
        case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
        case .number(let number):
            guard let text = ecmaScriptText(number.double) else {
                throw Fault(.invalid, "the number \(number.text) has no canonical form", fix: "write it as a string")
            }
            bytes += Array(text.utf8)
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
            let members = object.sorted { precedes($0.key, $1.key) }
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONWriter.quote(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                try write(member.value, into: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static func precedes(_ a: String, _ b: String) -> Bool {
        // For text without surrogate pairs the orders of UTF-8 and UTF-16 agree, and UTF-8 is what strings hold.
        if a.utf8.allSatisfy({ $0 < 0xEE }) && b.utf8.allSatisfy({ $0 < 0xEE }) {
            return a.utf8.lexicographicallyPrecedes(b.utf8)
        }
        return a.utf16.lexicographicallyPrecedes(b.utf16)
    }

    /// Number::toString of ECMA-262 section 6.1.6.1.20; nil for what is not finite.
    static func ecmaScriptText(_ value: Double) -> String? {
        guard value.isFinite else { return nil }
        guard value != 0 else { return "0" }
        if value < 0 { return ecmaScriptText(-value).map { "-" + $0 } }
        // Swift prints the shortest digits that read back as the same double, which is what ECMAScript asks for.
        let parts = value.description.lowercased().split(separator: "e", maxSplits: 1)
        let mantissa = parts[0].split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = String(mantissa[0])
        let fraction = mantissa.count > 1 && mantissa[1] != "0" ? String(mantissa[1]) : ""
        let exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        var digits = whole + fraction
        var point = whole.count + exponent
        let zeros = digits.prefix { $0 == "0" }.count
        digits.removeFirst(zeros)
        point -= zeros
        while digits.hasSuffix("0") { digits.removeLast() }
        let count = digits.count
        switch point {
        case count...21: return digits + String(repeating: "0", count: point - count)
        case 1...21 where point < count: return digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: return "0." + String(repeating: "0", count: -point) + digits
        default:
            let sign = point - 1 < 0 ? "-" : "+"
            let rest = count > 1 ? "." + digits.dropFirst() : ""
            return "\(digits.prefix(1))\(rest)e\(sign)\(abs(point - 1))"
        }
    }
}
