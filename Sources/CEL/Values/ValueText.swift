// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology

extension Value {
    /// The value as errors show it: strings without quotes, numbers without their type.
    public var text: String {
        switch self {
        case .string(let text): text
        default: literalText
        }
    }

    /// The value as an expression would write it, as far as there is a literal for it. For people and tests: long
    /// values are written in full.
    public var literalText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): String(value)
        case .uint(let value): "\(value)u"
        case .double(let value): value.literalText
        case .string(let text): text.quoted
        case .bytes(let octets): "b" + octets.quotedOctets
        case .duration(let span): "duration(\"\(span.secondsText)\")"
        case .timestamp(let moment): "timestamp(\"\(moment)\")"
        case .list(let list): "[" + list.map(\.literalText).joined(separator: ", ") + "]"
        case .map(let map):
            "{" + map.entries.map { "\($0.key.literalText): \($0.value.literalText)" }.joined(separator: ", ") + "}"
        case .optional(nil): "optional.none()"
        case .optional(let wrapped?): "optional.of(\(wrapped.value.literalText))"
        case .type(let name): name
        case .opaque(let value): "\(Swift.type(of: value).type.name)(\(value.text.quoted))"
        }
    }
}

extension Double {
    fileprivate var literalText: String {
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
    fileprivate var quotedOctets: String {
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
