// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension YAML {
    /// The value as block-style YAML, which readers of YAML 1.1 and 1.2 read back with the same strings.
    public static func text(_ json: JSON, sortedKeys: Bool = false) -> String {
        var writer = YAMLWriter(sortedKeys: sortedKeys)
        writer.write(json, indent: 0, isInline: false)
        return writer.text
    }

    /// A scalar on one line, in a style that it had before if that can hold it.
    ///
    /// A string is quoted when it must be; other values never are. The value is no array and no object.
    ///
    /// - Parameter isInFlow: whether it will stand in brackets.
    public static func scalar(_ value: JSON, as style: ScalarStyle = .plain, isInFlow: Bool = false) -> String {
        guard case .string(let text) = value else { return self.text(value).trimmed }
        switch style {
        case .doubleQuoted: return YAMLQuoting.doubleQuoted(text)
        case .singleQuoted where YAMLQuoting.isPrintable(text): return "'\(text.replacing("'", with: "''"))'"
        default:
            let isPlain = !YAMLQuoting.needsQuotes(text) && !(isInFlow && YAMLQuoting.needsQuotesInFlow(text))
            return isPlain ? text : YAMLQuoting.doubleQuoted(text)
        }
    }

    /// The lines of a literal block (`|`) that holds a string of several lines; nil when it is better quoted.
    public static func literalLines(_ text: String) -> (indicator: String, lines: [String])? {
        guard YAMLQuoting.isBlock(text) else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        guard lines.last == "" else { return ("|-", lines) }
        lines.removeLast()
        return lines.last == "" ? nil : ("|", lines)
    }
}

private struct YAMLWriter {
    let sortedKeys: Bool
    private var bytes: [UInt8] = []
    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(sortedKeys: Bool) { self.sortedKeys = sortedKeys }

    /// - Parameter isInline: whether the value stands behind a `-` that is already written on this line.
    mutating func write(_ json: JSON, indent: Int, isInline: Bool) {
        switch json {
        case .object(let object) where !object.isEmpty:
            var isFirst = true
            if sortedKeys {
                let members = object.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                for (key, value) in members { member(key, value, indent, &isFirst, isInline) }
            } else {
                for (key, value) in object { member(key, value, indent, &isFirst, isInline) }
            }
        case .array(let items) where !items.isEmpty:
            for (index, item) in items.enumerated() {
                if index > 0 || !isInline { pad(indent) }
                put("- ")
                write(item, indent: indent + 2, isInline: true)
            }
        default: leaf(json, indent: indent)
        }
    }

    private mutating func member(
        _ key: String, _ value: JSON, _ indent: Int, _ isFirst: inout Bool, _ isInline: Bool
    ) {
        if !isFirst || !isInline { pad(indent) }
        isFirst = false
        let name = YAMLQuoting.scalar(key)
        // A key on the line of its value has at most 1024 characters (YAML 1.1 section 9.3.3).
        if name.utf8.count > 1000 {
            put("? \(name)\n")
            pad(indent)
        } else {
            put(name)
        }
        put(":")
        switch value {
        case .object(let object) where !object.isEmpty:
            put("\n")
            write(value, indent: indent + 2, isInline: false)
        case .array(let items) where !items.isEmpty:
            put("\n")
            write(value, indent: indent, isInline: false)
        default:
            put(" ")
            leaf(value, indent: indent + 2)
        }
    }

    /// Writes a value without members, and ends the line.
    private mutating func leaf(_ json: JSON, indent: Int) {
        switch json {
        case .string(let value) where YAMLQuoting.isBlock(value): block(value, indent: max(indent, 2))
        case .string(let value): put(YAMLQuoting.scalar(value), "\n")
        case .number(let number): put(number.text, "\n")
        case .bool(let value): put(value ? "true\n" : "false\n")
        case .null: put("null\n")
        case .array: put("[]\n")
        case .object: put("{}\n")
        }
    }

    private mutating func block(_ value: String, indent: Int) {
        put(value.hasSuffix("\n\n") ? "|+\n" : value.hasSuffix("\n") ? "|\n" : "|-\n")
        let lines = value.split(separator: "\n", omittingEmptySubsequences: false)
        for line in value.hasSuffix("\n") ? lines.dropLast() : lines[...] {
            if !line.isEmpty { pad(indent) }
            put(line, "\n")
        }
    }

    private mutating func put(_ part: some StringProtocol, _ end: String = "") {
        bytes.append(contentsOf: part.utf8)
        bytes.append(contentsOf: end.utf8)
    }

    private mutating func pad(_ indent: Int) {
        for _ in 0..<indent { bytes.append(0x20) }
    }
}
