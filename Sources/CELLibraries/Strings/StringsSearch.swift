// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL

extension StringFunctions {
    /// `charAt(position)`: a code point; at the end of the text an empty string.
    static let charAt = Function(
        "charAt",
        .method(
            "string_char_at_int", [.string, .int], .string,
            .binary { target, position, budget throws(EvaluationError) in
                let text = try target.expectString(by: "charAt")
                let position = try position.expectInt(by: "charAt")
                let start = try text.byteOffset(at: position, &budget)
                let bytes = text.utf8.span
                guard start < bytes.count else { return "" }
                var end = start + 1
                while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
                return .string(text.slice(bytes: start..<end))
            }))

    /// `substring(start)` and `substring(start, end)`.
    static let substring = Function(
        "substring",
        .method(
            "string_substring_int", [.string, .int], .string,
            .binary { target, start, budget throws(EvaluationError) in
                let text = try target.expectString(by: "substring")
                let first = try text.byteOffset(at: start.expectInt(by: "substring"), &budget)
                try budget.allocate(bytes: text.utf8.count - first)
                return .string(text.slice(bytes: first..<text.utf8.count))
            }),
        .method(
            "string_substring_int_int", [.string, .int, .int], .string,
            .variadic { arguments, budget throws(EvaluationError) in
                let text = try arguments[0].expectString(by: "substring")
                let start = try arguments[1].expectInt(by: "substring")
                let end = try arguments[2].expectInt(by: "substring")
                guard start <= end else { throw .invalid("invalid substring range. start: \(start), end: \(end)") }
                let first = try text.byteOffset(at: start, &budget)
                let last = try text.byteOffset(at: end, &budget)
                try budget.allocate(bytes: last - first)
                return .string(text.slice(bytes: first..<last))
            }))

    /// `indexOf(text)` and `indexOf(text, from)`: -1 when it does not occur.
    static let indexOf = Function(
        "indexOf",
        .method(
            "string_index_of_string", [.string, .string], .int,
            .binary { target, wanted, budget throws(EvaluationError) in
                let text = try target.expectString(by: "indexOf")
                let wanted = try wanted.expectString(by: "indexOf")
                return try .int(text.position(of: wanted, from: 0, &budget))
            }),
        .method(
            "string_index_of_string_int", [.string, .string, .int], .int,
            .variadic { arguments, budget throws(EvaluationError) in
                let text = try arguments[0].expectString(by: "indexOf")
                let wanted = try arguments[1].expectString(by: "indexOf")
                let start = try arguments[2].expectInt(by: "indexOf")
                if wanted.isEmpty, let end = try text.endPosition(ifBefore: start, &budget) { return .int(end) }
                return try .int(text.position(of: wanted, from: text.byteOffset(at: start, &budget), &budget))
            }))

    /// `lastIndexOf(text)` and `lastIndexOf(text, latest)`: -1 when it does not occur.
    static let lastIndexOf = Function(
        "lastIndexOf",
        .method(
            "string_last_index_of_string", [.string, .string], .int,
            .binary { target, wanted, budget throws(EvaluationError) in
                let text = try target.expectString(by: "lastIndexOf")
                let wanted = try wanted.expectString(by: "lastIndexOf")
                return try .int(text.lastPosition(of: wanted, upTo: text.utf8.count, &budget))
            }),
        .method(
            "string_last_index_of_string_int", [.string, .string, .int], .int,
            .variadic { arguments, budget throws(EvaluationError) in
                let text = try arguments[0].expectString(by: "lastIndexOf")
                let wanted = try arguments[1].expectString(by: "lastIndexOf")
                let last = try arguments[2].expectInt(by: "lastIndexOf")
                if wanted.isEmpty, let end = try text.endPosition(ifBefore: last, &budget) { return .int(end) }
                let byte = try text.byteOffset(at: last, &budget)
                // At the very end cel-go looks for nothing, where one would expect the last of all.
                guard byte < text.utf8.count || wanted.isEmpty else { return -1 }
                return try .int(text.lastPosition(of: wanted, upTo: byte, &budget))
            }))
}

extension String {
    /// At which byte a position is.
    ///
    /// - Throws: when it is outside of the text.
    fileprivate func byteOffset(at position: Int64, _ budget: inout Budget) throws(EvaluationError) -> Int {
        if !isPlainASCII { try budget.read(bytes: utf8.count) }
        guard let offset = byteOffset(ofScalar: position) else { throw .invalid("index out of range: \(position)") }
        return offset
    }

    /// The position past the last code point when another lies behind it: where cel-go finds an empty text then.
    fileprivate func endPosition(
        ifBefore position: Int64, _ budget: inout Budget
    ) throws(EvaluationError) -> Int64? {
        if !isPlainASCII { try budget.read(bytes: utf8.count) }
        let end = Int64(scalarCount(inFirst: utf8.count))
        return end < position ? end : nil
    }

    fileprivate func position(
        of wanted: String, from start: Int, _ budget: inout Budget
    ) throws(EvaluationError) -> Int64 {
        try budget.read(bytes: utf8.count - start + wanted.utf8.count)
        guard let place = firstByte(of: ByteSearch(wanted.utf8), from: start) else { return -1 }
        return Int64(scalarCount(inFirst: place))
    }

    fileprivate func lastPosition(
        of wanted: String, upTo last: Int, _ budget: inout Budget
    ) throws(EvaluationError) -> Int64 {
        try budget.read(bytes: last + wanted.utf8.count)
        if wanted.isEmpty { return Int64(scalarCount(inFirst: last)) }
        guard let place = try lastByte(of: wanted, upTo: last, &budget) else { return -1 }
        return Int64(scalarCount(inFirst: place))
    }
}
