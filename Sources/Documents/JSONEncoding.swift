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
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let value): bytes.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let text): Self.quote(text, into: &bytes)
        case .array(let items):
            bytes.append(UInt8(ascii: "["))
            var isFirst = true
            for item in items {
                next(&isFirst, depth)
                write(item, depth: depth + 1)
            }
            close(UInt8(ascii: "]"), isEmpty: isFirst, depth)
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            var isFirst = true
            if sortedKeys {
                let members = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                for (key, value) in members { member(key, value, &isFirst, depth) }
            } else {
                for (key, value) in object { member(key, value, &isFirst, depth) }
            }
            close(UInt8(ascii: "}"), isEmpty: isFirst, depth)
        }
    }

    private mutating func member(_ key: String, _ value: JSON, _ isFirst: inout Bool, _ depth: Int) {
        next(&isFirst, depth)
        Self.quote(key, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        if indent != nil { bytes.append(0x20) }
        write(value, depth: depth + 1)
    }

    private mutating func next(_ isFirst: inout Bool, _ depth: Int) {
        if isFirst { isFirst = false } else { bytes.append(UInt8(ascii: ",")) }
        breakLine(depth + 1)
    }

    private mutating func close(_ bracket: UInt8, isEmpty: Bool, _ depth: Int) {
        if !isEmpty { breakLine(depth) }
        bytes.append(bracket)
    }

    private mutating func breakLine(_ depth: Int) {
        guard let indent else { return }
        bytes.append(0x0A)
        bytes.append(contentsOf: repeatElement(0x20, count: depth * indent))
    }

    /// Writes a string with the escapes of RFC 8785 section 3.2.2.2: only what must be escaped is.
    static func quote(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            for byte in text.utf8 { escape(byte, into: &bytes) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ byte: UInt8, into bytes: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): bytes.append(contentsOf: "\\\"".utf8)
        case UInt8(ascii: "\\"): bytes.append(contentsOf: "\\\\".utf8)
        case 0x08: bytes.append(contentsOf: "\\b".utf8)
        case 0x0C: bytes.append(contentsOf: "\\f".utf8)
        case 0x0A: bytes.append(contentsOf: "\\n".utf8)
        case 0x0D: bytes.append(contentsOf: "\\r".utf8)
        case 0x09: bytes.append(contentsOf: "\\t".utf8)
        case ..<0x20:
            bytes.append(contentsOf: (byte < 0x10 ? "\\u000" : "\\u00").utf8)
            bytes.append(contentsOf: String(byte, radix: 16).utf8)
        default: bytes.append(byte)
        }
    }
}
