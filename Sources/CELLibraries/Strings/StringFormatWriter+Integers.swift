// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL

// The clauses that every style writes alike; `rule` is what to tell who gives them another type.
extension FormatWriter {
    func refused(_ value: Value, _ rule: String) -> EvaluationError {
        .invalid("error during formatting: \(rule), was given \(value.typeName)")
    }

    mutating func appendBinary(_ value: Value, _ rule: String) throws(EvaluationError) {
        if case .bool(let bool) = value {
            result += bool ? "1" : "0"
        } else {
            try appendInteger(value, radix: 2, rule)
        }
    }

    mutating func appendInteger(
        _ value: Value, radix: Int, isUpper: Bool = false, _ rule: String
    ) throws(EvaluationError) {
        switch value {
        case .int(let int): result += String(int, radix: radix, uppercase: isUpper)
        case .uint(let uint): result += String(uint, radix: radix, uppercase: isUpper)
        default: throw refused(value, rule)
        }
    }

    mutating func appendHexadecimal(
        _ value: Value, isUpper: Bool, _ rule: String, _ budget: inout Budget
    ) throws(EvaluationError) {
        switch value {
        case .string(let text):
            try budget.allocate(bytes: 2 * text.utf8.count)
            result += text.utf8.hexadecimal(isUpper: isUpper)
        case .bytes(let octets):
            try budget.allocate(bytes: 2 * octets.count)
            result += octets.hexadecimal(isUpper: isUpper)
        default: try appendInteger(value, radix: 16, isUpper: isUpper, rule)
        }
    }
}

extension Collection where Element == UInt8 {
    fileprivate func hexadecimal(isUpper: Bool) -> String {
        guard isUpper else { return hex }
        return String(decoding: hex.utf8.map { $0 >= UInt8(ascii: "a") ? $0 ^ 0x20 : $0 }, as: UTF8.self)
    }
}
