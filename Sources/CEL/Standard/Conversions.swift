// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology

// cel-spec, “List of Standard Definitions”, type conversions.
extension Function {
    private static func conversion(_ name: String, _ result: CELType, _ forms: [Overload]) -> Function {
        Function(
            name, overloads: [.function("\(name)_to_\(name)", [result], result, .unary { value, _ in value })] + forms)
    }

    static let conversions: [Function] = [
        Function("dyn", .function("to_dyn", [.parameter("A")], .dyn, .unary { value, _ in value })),
        Function(
            "type",
            .function("type", [.parameter("A")], .type(.parameter("A")), .unary { value, _ in .type(value.typeName) })),
        conversion(
            "bool", .bool,
            [
                .function("string_to_bool") { (text: String, budget) throws(EvaluationError) in
                    try budget.read(bytes: text.utf8.count)
                    switch text {
                    case "1", "t", "T", "TRUE", "true", "True": return true
                    case "0", "f", "F", "FALSE", "false", "False": return false
                    default: throw .conversion(text, "bool")
                    }
                }
            ]),
        conversion(
            "bytes", .bytes,
            [
                .function("string_to_bytes") { (text: String, budget) throws(EvaluationError) in
                    try budget.allocate(bytes: text.utf8.count)
                    return Array(text.utf8)
                }
            ]),
        conversion("int", .int, toInt),
        conversion("uint", .uint, toUInt),
        conversion(
            "double", .double,
            [
                .function("int64_to_double") { (int: Int64, _) in Double(int) },
                .function("uint64_to_double") { (uint: UInt64, _) in Double(uint) },
                .function("string_to_double") { (text: String, budget) throws(EvaluationError) in
                    try budget.parse(bytes: text.utf8.count)
                    guard text.utf8.count < 400, let value = Double(go: text) else {
                        throw .conversion(text, "double")
                    }
                    return value
                },
            ]),
        conversion("string", .string, toString),
        conversion(
            "timestamp", .timestamp,
            [
                .function("string_to_timestamp") { (text: String, budget) throws(EvaluationError) in
                    try budget.parse(bytes: text.utf8.count)
                    guard let moment = Moment(rfc3339: text) else { throw .conversion(text, "timestamp") }
                    return moment
                },
                .function("int64_to_timestamp") { (seconds: Int64, _) throws(EvaluationError) in
                    guard let moment = Moment(seconds: seconds) else { throw .timestampOverflow }
                    return moment
                },
            ]),
        conversion(
            "duration", .duration,
            [
                .function("string_to_duration") { (text: String, budget) throws(EvaluationError) in
                    try budget.parse(bytes: text.utf8.count)
                    guard let span = TimeSpan(go: text) else { throw .conversion(text, "duration") }
                    return span
                }
            ]),
    ]

    private static let toInt: [Overload] = [
        .function("uint64_to_int64") { (uint: UInt64, _) throws(EvaluationError) in
            guard let int = Int64(exactly: uint) else { throw .integerOverflow(isSigned: true) }
            return int
        },
        .function("double_to_int64") { (double: Double, _) throws(EvaluationError) in
            // The largest doubles below 2^63 are whole; what rounds to the limits is refused with what is beyond them.
            guard double > -0x1p63, double < 0x1p63 else { throw .integerOverflow(isSigned: true) }
            return Int64(double)
        },
        .function("string_to_int64") { (text: String, budget) throws(EvaluationError) in
            try budget.read(bytes: text.utf8.count)
            guard let int = Int64(text) else { throw .conversion(text, "int") }
            return int
        },
        .function("timestamp_to_int64") { (moment: Moment, _) in moment.seconds },
        .function("duration_to_int64") { (span: TimeSpan, _) in span.nanoseconds },
    ]

    private static let toUInt: [Overload] = [
        .function("int64_to_uint64") { (int: Int64, _) throws(EvaluationError) in
            guard let uint = UInt64(exactly: int) else { throw .integerOverflow(isSigned: false) }
            return uint
        },
        .function("double_to_uint64") { (double: Double, _) throws(EvaluationError) in
            guard double >= 0, double < 0x1p64 else { throw .integerOverflow(isSigned: false) }
            return UInt64(double)
        },
        .function("string_to_uint64") { (text: String, budget) throws(EvaluationError) in
            try budget.read(bytes: text.utf8.count)
            guard text.utf8.first != UInt8(ascii: "+"), text.utf8.first != UInt8(ascii: "-"), let uint = UInt64(text)
            else { throw .conversion(text, "uint") }
            return uint
        },
    ]

    private static let toString: [Overload] = [
        .function("bool_to_string") { (bool: Bool, _) in bool ? "true" : "false" },
        .function("int64_to_string") { (int: Int64, _) in String(int) },
        .function("uint64_to_string") { (uint: UInt64, _) in String(uint) },
        .function("double_to_string") { (double: Double, _) in goShortest(double) },
        .function("bytes_to_string") { (octets: [UInt8], budget) throws(EvaluationError) in
            try budget.allocate(bytes: octets.count)
            guard let text = String(validating: octets, as: UTF8.self) else {
                throw .invalid("the bytes are not UTF-8 and so no string")
            }
            return text
        },
        .function("timestamp_to_string") { (moment: Moment, _) in moment.description },
        .function("duration_to_string") { (span: TimeSpan, _) in span.secondsText },
    ]
}

extension EvaluationError {
    fileprivate static func conversion(_ text: String, _ type: String) -> EvaluationError {
        .invalid("type conversion error from '\(text.shortened(to: 60))' to '\(type)'")
    }
}
