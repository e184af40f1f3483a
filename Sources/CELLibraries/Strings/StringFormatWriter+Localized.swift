// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Chronology

// cel-go before version 4 of its strings, which Kubernetes has.
extension FormatWriter {
    /// Writes one value.
    ///
    /// - Throws: when the clause does not write values of its type.
    mutating func appendLocalized(
        _ value: Value, _ verb: FormatText.Verb, _ budget: inout Budget
    ) throws(EvaluationError) {
        try budget.spend(1)
        switch verb {
        case .text: try appendLocalizedText(value, &budget)
        case .decimal: try appendInteger(value, radix: 10, "decimal clause can only be used on integers")
        case .fixed(let precision):
            guard let number = value.localizedNumber else {
                throw refused(value, "fixed-point clause can only be used on doubles")
            }
            try budget.allocate(bytes: precision + 412)
            result += number.isFinite ? grouped(goFixed(number, precision: precision)) : number.localizedName
        case .scientific(let precision):
            guard let number = value.localizedNumber else {
                throw refused(value, "scientific clause can only be used on doubles")
            }
            try budget.allocate(bytes: precision + 32)
            result += number.isFinite ? raised(goExponent(number, precision: precision)) : number.localizedName
        case .binary: try appendBinary(value, "only integers and bools can be formatted as binary")
        case .octal: try appendInteger(value, radix: 8, "octal clause can only be used on integers")
        case .hexadecimal(let isUpper):
            let rule = "only integers, byte buffers, and strings can be formatted as hex"
            try appendHexadecimal(value, isUpper: isUpper, rule, &budget)
        }
    }

    private mutating func appendLocalizedText(_ value: Value, _ budget: inout Budget) throws(EvaluationError) {
        switch value {
        case .list, .map: try appendLiteral(value, &budget)
        case .double(let double): result += goShortest(double)
        case .timestamp(let moment): result += moment.description
        default: try append(value, .text, &budget)
        }
    }

    /// Writes a value inside of a list or map: as an expression would, six decimals to every double.
    private mutating func appendLiteral(_ value: Value, _ budget: inout Budget) throws(EvaluationError) {
        try budget.allocate(bytes: 2)
        switch value {
        case .string(let text):
            try budget.allocate(bytes: text.utf8.count)
            result += text.quoted
        case .bytes(let octets):
            try budget.allocate(bytes: octets.count)
            result += "b" + String(decoding: octets, as: UTF8.self).quoted
        case .double(let double):
            try budget.allocate(bytes: 316)
            let text = goFixed(double, precision: 6)
            result += double.isFinite ? text : text.quoted
        case .timestamp(let moment): result += "timestamp(\"\(moment)\")"
        case .duration(let span): result += "duration(\"\(span.secondsText)\")"
        case .list(let list):
            result += "["
            for index in list.indices {
                if index > 0 { result += ", " }
                try appendLiteral(list[index], &budget)
            }
            result += "]"
        case .map(let map): try appendLiteral(map, &budget)
        default: try append(value, .text, &budget)
        }
    }

    private mutating func appendLiteral(_ map: MapValue, _ budget: inout Budget) throws(EvaluationError) {
        var entries: [(key: String, value: Value)] = []
        for (key, value) in map.entries {
            try budget.allocate(bytes: 32)
            var writer = FormatWriter()
            try writer.appendLiteral(key, &budget)
            entries.append((writer.result, value))
        }
        entries.sort { $0.key.precedesByScalars($1.key) }
        result += "{"
        for (index, entry) in entries.enumerated() {
            result += index > 0 ? ", \(entry.key):" : "\(entry.key):"
            try appendLiteral(entry.value, &budget)
        }
        result += "}"
    }
}

extension Value {
    /// A double, also one that is spelled because JSON has none such.
    fileprivate var localizedNumber: Double? {
        switch self {
        case .double(let double): double
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }
}

extension Double {
    fileprivate var localizedName: String { isNaN ? "NaN" : self < 0 ? "-∞" : "∞" }
}

/// Plain digits with a comma before each three of them: `1,234.500000`.
private func grouped(_ digits: String) -> String {
    let whole = digits.utf8.prefix { $0 != UInt8(ascii: ".") }
    var result = ""
    for (index, digit) in whole.enumerated() {
        let left = whole.count - index
        if left % 3 == 0, let last = result.utf8.last, last != UInt8(ascii: "-") { result += "," }
        result.unicodeScalars.append(Unicode.Scalar(digit))
    }
    return result + Substring(digits.utf8.dropFirst(whole.count))
}

/// `1.5e+03` with narrow spaces and raised digits: `1.5 × 10⁰³`.
private func raised(_ digits: String) -> String {
    let mantissa = digits.utf8.prefix { $0 != UInt8(ascii: "e") }
    var result = Substring(mantissa) + "\u{202F}×\u{202F}10"
    let raised = Array("⁰¹²³⁴⁵⁶⁷⁸⁹".unicodeScalars)
    for byte in digits.utf8.dropFirst(mantissa.count + 1) {
        switch byte {
        case UInt8(ascii: "-"): result += "⁻"
        case UInt8(ascii: "+"): break
        default: result.unicodeScalars.append(raised[Int(byte - 0x30)])
        }
    }
    return String(result)
}
