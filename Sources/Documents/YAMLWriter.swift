// SPDX-License-Identifier: Apache-2.0

extension YAML {
    /// The value as block-style YAML, which every reader of YAML 1.1 and 1.2 reads back as the same value.
    public static func text(_ json: JSON, sortedKeys: Bool = false) -> String {
        var writer = YAMLWriter(sortedKeys: sortedKeys)
        writer.write(json, indent: 0, isInline: false)
        return writer.text
    }
}

private struct YAMLWriter {
    let sortedKeys: Bool
    private(set) var text = ""

    init(sortedKeys: Bool) { self.sortedKeys = sortedKeys }

    /// - Parameter isInline: whether the value stands behind a `-` or a key already written on this line.
    mutating func write(_ json: JSON, indent: Int, isInline: Bool) {
        switch json {
        case .object(let object) where !object.isEmpty:
            var members = Array(object)
            if sortedKeys { members.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) } }
            for (index, member) in members.enumerated() {
                if index > 0 || !isInline { text += String(repeating: " ", count: indent) }
                text += scalar(member.key) + ":"
                writeMember(member.value, indent: indent)
            }
        case .array(let items) where !items.isEmpty:
            for (index, item) in items.enumerated() {
                if index > 0 || !isInline { text += String(repeating: " ", count: indent) }
                text += "- "
                write(item, indent: indent + 2, isInline: true)
            }
        default: text += leaf(json, indent: indent) + "\n"
        }
    }

    private mutating func writeMember(_ value: JSON, indent: Int) {
        switch value {
        case .object(let object) where !object.isEmpty:
            text += "\n"
            write(value, indent: indent + 2, isInline: false)
        case .array(let items) where !items.isEmpty:
            text += "\n"
            write(value, indent: indent, isInline: false)
        default: text += " " + leaf(value, indent: indent + 2) + "\n"
        }
    }

    private func leaf(_ json: JSON, indent: Int) -> String {
        switch json {
        case .string(let value) where isBlock(value):
            let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
            let ends = value.hasSuffix("\n")
            let body = (ends ? lines.dropLast() : lines[...]).map {
                $0.isEmpty ? "" : String(repeating: " ", count: max(indent, 2)) + $0
            }
            return (ends ? "|" : "|-") + "\n" + body.joined(separator: "\n")
        case .string(let value): return scalar(value)
        case .object: return "{}"
        case .array: return "[]"
        default: return json.text()
        }
    }

    /// Several lines of printable text without traps at their starts and ends.
    private func isBlock(_ value: String) -> Bool {
        guard value.contains("\n"), !value.hasSuffix("\n\n"), value != "\n", !value.hasPrefix("\n"), !value.hasPrefix(" ")
        else { return false }
        return !value.unicodeScalars.contains {
            ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || (0x7F...0x9F).contains($0.value) || $0.value == 0xFEFF
                || (0x2028...0x2029).contains($0.value)
        } && !value.contains(" \n") && !value.contains("\t\n")
    }

    private func scalar(_ value: String) -> String {
        guard YAMLScalar.needsQuotes(value) else { return value }
        var bytes: [UInt8] = []
        JSONWriter.quote(value, into: &bytes)
        // A JSON string is a double-quoted YAML scalar, but for the characters that YAML does not take raw.
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.map { scalar in
            let isRaw = (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF || (0x2028...0x2029).contains(scalar.value)
            guard isRaw else { return String(Character(scalar)) }
            let hex = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }.joined()
    }
}
