// SPDX-License-Identifier: Apache-2.0

extension JSON {
    /// The compact text: no space, numbers as they were written, keys in their order or sorted by their bytes.
    public func encoded(sortedKeys: Bool = false) -> [UInt8] {
        var writer = JSONWriter(sortedKeys: sortedKeys, indent: nil)
        writer.write(self, depth: 0)
        return writer.bytes
    }

    /// The compact text as a string.
    public func text(sortedKeys: Bool = false) -> String {
        String(decoding: encoded(sortedKeys: sortedKeys), as: UTF8.self)
    }

    /// The text for people: indented by two spaces, a line end at the end.
    public func pretty(sortedKeys: Bool = false) -> String {
        var writer = JSONWriter(sortedKeys: sortedKeys, indent: 2)
        writer.write(self, depth: 0)
        return String(decoding: writer.bytes, as: UTF8.self) + "\n"
    }
}

struct JSONWriter {
    let sortedKeys: Bool
    let indent: Int?
    private(set) var bytes: [UInt8] = []

    init(sortedKeys: Bool, indent: Int?) { (self.sortedKeys, self.indent) = (sortedKeys, indent) }

    mutating func write(_ json: JSON, depth: Int) {
        switch json {
        case .null: bytes += Array("null".utf8)
        case .bool(let value): bytes += Array((value ? "true" : "false").utf8)
        case .number(let number): bytes += Array(number.text.utf8)
        case .string(let text): Self.quote(text, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                breakLine(depth + 1)
                write(item, depth: depth + 1)
            }
            if !items.isEmpty { breakLine(depth) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            var members = Array(object)
            if sortedKeys { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                breakLine(depth + 1)
                Self.quote(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if indent != nil { bytes.append(0x20) }
                write(member.value, depth: depth + 1)
            }
            if !members.isEmpty { breakLine(depth) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent else { return }
        bytes.append(0x0A)
        bytes += [UInt8](repeating: 0x20, count: depth * indent)
    }

    /// A string with the escapes of RFC 8785 section 3.2.2.2: only what must be escaped is.
    static func quote(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += [0x5C, 0x22]
            case UInt8(ascii: "\\"): bytes += [0x5C, 0x5C]
            case 0x08: bytes += Array("\\b".utf8)
            case 0x0C: bytes += Array("\\f".utf8)
            case 0x0A: bytes += Array("\\n".utf8)
            case 0x0D: bytes += Array("\\r".utf8)
            case 0x09: bytes += Array("\\t".utf8)
            case ..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
