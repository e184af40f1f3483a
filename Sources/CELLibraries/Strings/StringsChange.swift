// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension StringFunctions {
    /// `lowerAscii()`: A to Z become a to z.
    static let lowerAscii = casing("lowerAscii", "string_lower_ascii", of: UInt8(ascii: "A"))

    /// `upperAscii()`: a to z become A to Z.
    static let upperAscii = casing("upperAscii", "string_upper_ascii", of: UInt8(ascii: "a"))

    private static func casing(_ name: String, _ id: String, of first: UInt8) -> Function {
        Function(
            name,
            .method(
                id, [.string], .string,
                .unary { target, budget throws(EvaluationError) in
                    let text = try target.expectString(by: name)
                    try budget.allocate(bytes: text.utf8.count)
                    // The two cases of an ASCII letter differ in one bit.
                    return .string(
                        String(bytes: text.utf8.count) { writer in
                            writer.append(text) { $0 &- first < 26 ? $0 ^ 0x20 : $0 }
                        })
                }))
    }

    /// `trim()`: without the white space of Unicode at both ends.
    static let trim = Function(
        "trim",
        .method(
            "string_trim", [.string], .string,
            .unary { target, budget throws(EvaluationError) in
                let text = try target.expectString(by: "trim")
                try budget.allocate(bytes: text.utf8.count)
                try budget.parse(bytes: text.utf8.count)
                let scalars = text.unicodeScalars
                guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
                    let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
                else { return "" }
                if first == scalars.startIndex, scalars.index(after: last) == scalars.endIndex { return target }
                return .string(String(scalars[first...last]))
            }))

    /// `reverse()`: the code points from the last to the first.
    static let reverse = Function(
        "reverse",
        .method(
            "string_reverse", [.string], .string,
            .unary { target, budget throws(EvaluationError) in
                let text = try target.expectString(by: "reverse")
                try budget.allocate(bytes: text.utf8.count)
                if text.isPlainASCII { return .string(String(decoding: text.utf8.reversed(), as: UTF8.self)) }
                var result = String.UnicodeScalarView()
                result.append(contentsOf: text.unicodeScalars.reversed())
                return .string(String(result))
            }))

    /// `strings.quote(text)`: in double quotes, with the language's escapes for what has one.
    static let quote = Function(
        "strings.quote",
        .function(
            "strings_quote", [.string], .string,
            .unary { value, budget throws(EvaluationError) in
                let text = try value.expectString(by: "strings.quote")
                try budget.allocate(bytes: 2 * text.utf8.count + 2)
                var result: [UInt8] = [UInt8(ascii: "\"")]
                result.reserveCapacity(text.utf8.count + 2)
                for byte in text.utf8 {
                    if let letter = escapeLetter(of: byte) {
                        result.append(UInt8(ascii: "\\"))
                        result.append(letter)
                    } else {
                        result.append(byte)
                    }
                }
                result.append(UInt8(ascii: "\""))
                return .string(String(decoding: result, as: UTF8.self))
            }))

    /// The letter behind the backslash; nil for a byte that stands for itself.
    private static func escapeLetter(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x07: UInt8(ascii: "a")
        case 0x08: UInt8(ascii: "b")
        case 0x0C: UInt8(ascii: "f")
        case 0x0A: UInt8(ascii: "n")
        case 0x0D: UInt8(ascii: "r")
        case 0x09: UInt8(ascii: "t")
        case 0x0B: UInt8(ascii: "v")
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): byte
        default: nil
        }
    }
}
