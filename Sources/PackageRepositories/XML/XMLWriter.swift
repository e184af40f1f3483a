// SPDX-License-Identifier: Apache-2.0

extension XMLElement {
    /// The document with this root in UTF-8: elements indented by two, texts escaped.
    ///
    /// Control characters, which XML cannot hold, are left out.
    public func encoded() -> [UInt8] {
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        write(to: &text, indent: "")
        return Array(text.utf8)
    }

    private func write(to output: inout String, indent: String) {
        output += "\(indent)<\(name)"
        for attribute in attributes { output += " \(attribute.name)=\"\(Self.escaped(attribute.value))\"" }
        let children = children
        let isEmpty = children.isEmpty && text.isEmpty
        output += isEmpty ? "/>\n" : ">"
        guard !isEmpty else { return }
        guard !children.isEmpty else {
            output += "\(Self.escaped(text))</\(name)>\n"
            return
        }
        output += text.isEmpty ? "\n" : "\(Self.escaped(text))\n"
        for child in children { child.write(to: &output, indent: indent + "  ") }
        output += "\(indent)</\(name)>\n"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "\t", "\n", "\r": escaped += "&#\(scalar.value);"
            case "\u{FFFE}", "\u{FFFF}": break
            default: if scalar.value >= 0x20 { escaped.unicodeScalars.append(scalar) }
            }
        }
        return escaped
    }
}
