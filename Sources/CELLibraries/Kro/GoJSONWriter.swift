// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Chronology

/// Writes values as Go's `encoding/json` writes what kro makes of them.
struct GoJSONWriter {
    private(set) var bytes: [UInt8] = []
    /// No expression builds values this deep; a host's own view might.
    private static let deepest = 1000

    /// Writes a value and pays for each part before it is written.
    ///
    /// - Throws: for values that JSON has no form for: types, values of libraries, NaN, keys that are no strings.
    mutating func write(_ value: Value, depth: Int, _ budget: inout Budget) throws(EvaluationError) {
        try budget.spend(1)
        switch value {
        case .null, .optional(nil): try append("null", &budget)
        case .bool(let value): try append(value ? "true" : "false", &budget)
        case .int(let value): try append(String(value), &budget)
        case .uint(let value): try append(String(value), &budget)
        case .double(let value): try append(Self.text(value), &budget)
        case .string(let text): try quote(text, &budget)
        case .bytes(let octets):
            try budget.allocate(bytes: octets.count * 4 / 3 + 4)
            try append("\"\(octets.base64)\"", &budget)
        case .duration(let span): try append("\"\(span.goText)\"", &budget)
        case .timestamp(let moment): try append(Self.text(moment), &budget)
        case .optional(let wrapped?): try write(wrapped.value, depth: depth, &budget)
        case .list(let list): try write(list, depth: depth, &budget)
        case .map(let map): try write(map, depth: depth, &budget)
        case .type, .opaque:
            throw .invalid("json.marshal failed to convert value: unsupported type: \(value.typeName)")
        }
    }

    private mutating func write(_ list: ListValue, depth: Int, _ budget: inout Budget) throws(EvaluationError) {
        try Self.check(depth)
        try append("[", &budget)
        for (index, value) in list.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            try write(value, depth: depth + 1, &budget)
        }
        try append("]", &budget)
    }

    private mutating func write(_ map: MapValue, depth: Int, _ budget: inout Budget) throws(EvaluationError) {
        try Self.check(depth)
        try budget.allocate(values: 2 * map.count)
        var members: [(key: String, value: Value)] = []
        for (key, value) in map.entries {
            guard case .string(let key) = key else {
                throw .invalid("json.marshal failed to convert value: map key must be string, got \(key.typeName)")
            }
            members.append((key, value))
        }
        members.sort { $0.key.precedesByScalars($1.key) }
        try append("{", &budget)
        for (index, (key, value)) in members.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            try quote(key, &budget)
            bytes.append(UInt8(ascii: ":"))
            try write(value, depth: depth + 1, &budget)
        }
        try append("}", &budget)
    }

    private mutating func append(_ text: String, _ budget: inout Budget) throws(EvaluationError) {
        try budget.allocate(bytes: text.utf8.count + 1)
        bytes.append(contentsOf: text.utf8)
    }

    private mutating func quote(_ text: String, _ budget: inout Budget) throws(EvaluationError) {
        try budget.allocate(bytes: text.utf8.count + 3)
        try budget.parse(bytes: text.utf8.count >> 1)
        bytes.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            if let escape = Self.escape(scalar) {
                try append(escape, &budget)
            } else {
                bytes.append(contentsOf: scalar.utf8)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{8}": return "\\b"
        case "\u{C}": return "\\f"
        // Go keeps JSON harmless in HTML and in JavaScript.
        case "<", ">", "&", "\u{2028}", "\u{2029}", "\0"..<" ":
            let digits = String(scalar.value, radix: 16)
            return "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)"
        default: return nil
        }
    }

    private static func check(_ depth: Int) throws(EvaluationError) {
        guard depth < deepest else {
            throw .invalid("json.marshal failed to encode value: it is nested deeper than \(deepest) levels")
        }
    }

    /// Plain from 1e-6 up and below 1e21, else with an exponent of as few digits as it needs.
    private static func text(_ value: Double) throws(EvaluationError) -> String {
        guard value.isFinite else {
            throw .invalid("json.marshal failed to encode value: json: unsupported value: \(goShortest(value))")
        }
        if value == 0 || (1e-6..<1e21).contains(value.magnitude) { return goPlain(value) }
        let text = goShortest(value)
        // strconv writes two digits of exponent at least, encoding/json takes the zero of a negative one away.
        guard text.utf8.dropLast().suffix(3).elementsEqual("e-0".utf8) else { return text }
        return "\(text.dropLast(2))\(text.suffix(1))"
    }

    /// As Kubernetes' `Time`: whole seconds in UTC, and null for the year 1, which is no time at all to Go.
    private static func text(_ moment: Moment) -> String {
        guard moment.seconds != -62_135_596_800 || moment.nanoseconds != 0 else { return "null" }
        return Moment(seconds: moment.seconds).map { "\"\($0)\"" } ?? "null"
    }
}
