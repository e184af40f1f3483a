// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Chronology

/// Writes values as the clauses of `format` say.
struct FormatWriter {
    var result = ""

    /// Writes one value.
    ///
    /// - Throws: when the clause does not write values of its type.
    mutating func append(
        _ value: Value, _ verb: FormatText.Verb, _ budget: inout Budget
    ) throws(EvaluationError) {
        try budget.spend(2)
        switch verb {
        case .text: try appendText(value, &budget)
        case .decimal:
            guard value.isNumber else {
                throw refused(value, "decimal clause can only be used on ints, uints, and doubles")
            }
            try appendText(value, &budget)
        case .fixed(let precision):
            guard let number = value.formattedNumber else {
                throw refused(value, "fixed-point clause can only be used on ints, uints, and doubles")
            }
            // 309 digits are the most before the point.
            try budget.allocate(bytes: precision + 309)
            try budget.spend(precision + 309)
            result += number.isFinite ? goFixed(number, precision: precision) : number.formatName
        case .scientific(let precision):
            guard let number = value.formattedNumber else {
                throw refused(value, "scientific clause can only be used on ints, uints, and doubles")
            }
            try budget.allocate(bytes: precision + 8)
            result += number.isFinite ? goExponent(number, precision: precision) : number.formatName
        case .binary:
            try appendBinary(value, "only ints, uints, and bools can be formatted as binary")
        case .octal: try appendInteger(value, radix: 8, "octal clause can only be used on ints and uints")
        case .hexadecimal(let isUpper):
            let rule = "only ints, uints, bytes, and strings can be formatted as hex"
            try appendHexadecimal(value, isUpper: isUpper, rule, &budget)
        }
    }
}

extension FormatWriter {
    /// Writes a value as `%s` does.
    private mutating func appendText(_ value: Value, _ budget: inout Budget) throws(EvaluationError) {
        switch value {
        case .string(let text), .type(let text):
            try budget.allocate(bytes: text.utf8.count)
            result += text
        case .bytes(let octets):
            try budget.allocate(bytes: octets.count)
            guard let text = String(validating: octets, as: UTF8.self) else {
                throw .invalid("error during formatting: invalid UTF-8 in bytes, cannot convert to string")
            }
            result += text
        case .null: result += "null"
        case .bool(let bool): result += bool ? "true" : "false"
        case .int(let int): result += String(int)
        case .uint(let uint): result += String(uint)
        case .double(let double):
            try budget.allocate(bytes: 24)
            result += double.isFinite ? goPlain(double) : double.formatName
        case .duration(let span): result += span.secondsText
        case .timestamp(let moment): result += moment.inUTC.description
        case .list(let list): try appendList(list, &budget)
        case .map(let map): try appendMap(map, &budget)
        case .optional, .opaque:
            throw refused(
                value,
                "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
                    + "durations, and timestamps")
        }
    }

    private mutating func appendList(_ list: ListValue, _ budget: inout Budget) throws(EvaluationError) {
        result += "["
        for index in list.indices {
            try budget.allocate(bytes: 2)
            try budget.spend(2)
            if index > 0 { result += ", " }
            try appendText(list[index], &budget)
        }
        result += "]"
    }

    /// The entries by their written keys, so that a result does not depend on the order of the map.
    private mutating func appendMap(_ map: MapValue, _ budget: inout Budget) throws(EvaluationError) {
        var entries: [(key: String, value: Value)] = []
        entries.reserveCapacity(map.count)
        for (key, value) in map.entries {
            try budget.allocate(bytes: 32)
            var writer = FormatWriter()
            try writer.appendText(key, &budget)
            entries.append((writer.result, value))
        }
        entries.sort { $0.key.precedesByScalars($1.key) }
        result += "{"
        for (index, entry) in entries.enumerated() {
            if index > 0 { result += ", " }
            result += entry.key
            result += ": "
            try appendText(entry.value, &budget)
        }
        result += "}"
    }
}

extension Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }

    /// The number as the clauses with a point take it.
    fileprivate var formattedNumber: Double? {
        switch self {
        case .int(let int): Double(int)
        case .uint(let uint): Double(uint)
        case .double(let double): double
        default: nil
        }
    }
}

extension Double {
    /// What cel-spec calls a number that has no digits.
    fileprivate var formatName: String { isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity" }
}

extension Moment {
    /// The same moment, written with `Z`.
    fileprivate var inUTC: Moment { Moment(seconds: seconds, nanoseconds: nanoseconds) ?? self }
}
