// SPDX-License-Identifier: Apache-2.0

/// A text as Go's `%q` writes it (package strconv, Quote): what is printed stays, the rest is escaped.
public func goQuoted(_ text: String) -> String {
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
        case _ where isPrintedByGo(scalar): quoted.unicodeScalars.append(scalar)
        case _ where scalar.value < 0x80: quoted += "\\x" + hexadecimal(scalar, digits: 2)
        case _ where scalar.value < 0x1_0000: quoted += "\\u" + hexadecimal(scalar, digits: 4)
        default: quoted += "\\U" + hexadecimal(scalar, digits: 8)
        }
    }
    return quoted + "\""
}

/// Whether Go prints a character as it is (package strconv, IsPrint); of spaces only the one of ASCII.
public func isPrintedByGo(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
        .paragraphSeparator:
        return false
    default: return true
    }
}

private func hexadecimal(_ scalar: Unicode.Scalar, digits: Int) -> String {
    let text = String(scalar.value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
