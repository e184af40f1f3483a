// SPDX-License-Identifier: Apache-2.0

internal import Basics

extension Value {
    /// The value as errors show it: strings without quotes, numbers without their type, and of what is long only the
    /// start.
    public var text: String {
        let most = 200
        switch self {
        case .string(let text) where text.utf8.count <= most: return text
        case .string(let text): return text.shortened(to: most) + "…"
        default: return literalText(most: most)
        }
    }

    /// The value as an expression would write it, as far as there is a literal for it; of more than a million bytes
    /// only the start, with `…` for the rest.
    public var literalText: String { literalText(most: 1_000_000) }

    private func literalText(most: Int) -> String {
        var writer = LiteralWriter(most: most)
        writer.write(self)
        return writer.text
    }
}

extension Double {
    var literalText: String {
        if isNaN { return "double(\"NaN\")" }
        if isInfinite { return self < 0 ? "double(\"-Infinity\")" : "double(\"Infinity\")" }
        return description
    }
}

extension String {
    /// A string literal that stands for this text.
    public var quoted: String {
        var result = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\x" + [UInt8(scalar.value)].hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension [UInt8] {
    var quotedOctets: String {
        var result = "\""
        for octet in self {
            switch octet {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x20..<0x7F: result.unicodeScalars.append(Unicode.Scalar(octet))
            default: result += "\\x" + [octet].hex
            }
        }
        return result + "\""
    }
}
