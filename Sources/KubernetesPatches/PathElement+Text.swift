// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

extension PathElement: CustomStringConvertible {
    /// The text in messages: `.spec`, `[name="x"]`, `[="x"]`, `[3]`.
    public var description: String {
        switch self {
        case .field(let name): ".\(name)"
        case .key(let fields): "[" + fields.map { "\($0.name)=\($0.value.messageText)" }.joined(separator: ",") + "]"
        case .value(let value): "[=\(value.messageText)]"
        case .index(let index): "[\(index)]"
        }
    }
}

extension FieldValue {
    /// The text in messages: strings as Go quotes them.
    var messageText: String {
        switch self {
        case .string(let text): GoQuoting.quoted(text)
        default: json.text()
        }
    }
}

/// Strings as Go's `%q` writes them: what is printed stays, the rest is escaped.
enum GoQuoting {
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{07}": quoted += "\\a"
            case "\u{08}": quoted += "\\b"
            case "\u{0C}": quoted += "\\f"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0B}": quoted += "\\v"
            case _ where isPrinted(scalar): quoted.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x80: quoted += "\\x" + hex(scalar, 2)
            case _ where scalar.value < 0x1_0000: quoted += "\\u" + hex(scalar, 4)
            default: quoted += "\\U" + hex(scalar, 8)
            }
        }
        return quoted + "\""
    }

    static func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == " " { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator,
            .spaceSeparator:
            return false
        default: return true
        }
    }

    private static func hex(_ scalar: Unicode.Scalar, _ width: Int) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
