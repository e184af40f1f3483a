// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension StringFunctions {
    /// `join()` and `join(separator)` of a list of strings.
    static let join = Function(
        "join",
        .method(
            "list_join", [.list(.string)], .string,
            .unary { list, budget throws(EvaluationError) in
                try joined(list.expectList(by: "join"), by: "", &budget)
            }),
        .method(
            "list_join_string", [.list(.string), .string], .string,
            .binary { list, separator, budget throws(EvaluationError) in
                try joined(list.expectList(by: "join"), by: separator.expectString(by: "join"), &budget)
            }))

    private static func joined(
        _ list: ListValue, by separator: String, _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        try budget.spend(list.count)
        let elements = list.values
        var size = 0
        for element in elements {
            guard case .string(let text) = element else { throw .invalid("join: invalid input: \(element.briefText)") }
            size += text.utf8.count + separator.utf8.count
        }
        guard let first = elements.first else { return "" }
        size -= separator.utf8.count
        try budget.allocate(bytes: size)
        return .string(
            String(bytes: size) { writer in
                if case .string(let text) = first { writer.append(text) }
                for element in elements.dropFirst() {
                    writer.append(separator)
                    if case .string(let text) = element { writer.append(text) }
                }
            })
    }

    /// `replace(old, new)` and `replace(old, new, limit)`; a negative limit is none.
    static let replace = Function(
        "replace",
        .method(
            "string_replace_string_string", [.string, .string, .string], .string,
            .variadic { arguments, budget throws(EvaluationError) in
                try replaced(arguments, limit: -1, &budget)
            }),
        .method(
            "string_replace_string_string_int", [.string, .string, .string, .int], .string,
            .variadic { arguments, budget throws(EvaluationError) in
                try replaced(arguments, limit: arguments[3].expectInt(by: "replace"), &budget)
            }))

    private static func replaced(
        _ arguments: [Value], limit: Int64, _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        let text = try arguments[0].expectString(by: "replace")
        let old = try arguments[1].expectString(by: "replace")
        let new = try arguments[2].expectString(by: "replace")
        let limit = limit < 0 ? Int.max : Int(limit)
        let places = try text.places(of: old, limit: limit, &budget)
        guard !places.isEmpty else { return arguments[0] }
        let (growth, overflow) = places.count.multipliedReportingOverflow(by: new.utf8.count)
        let size =
            text.utf8.count - places.count * old.utf8.count + (overflow ? Int.max >> 1 : min(growth, Int.max >> 1))
        try budget.allocate(bytes: size)
        return .string(
            String(bytes: size) { writer in
                var copied = 0
                for place in places {
                    writer.append(text, bytes: copied..<place)
                    writer.append(new)
                    copied = place + old.utf8.count
                }
                writer.append(text, bytes: copied..<text.utf8.count)
            })
    }

    /// `split(separator)` and `split(separator, limit)`; a negative limit is none, and an empty separator makes a piece
    /// of each code point.
    static let split = Function(
        "split",
        .method(
            "string_split_string", [.string, .string], .list(.string),
            .binary { target, separator, budget throws(EvaluationError) in
                let text = try target.expectString(by: "split")
                return try text.pieces(between: separator.expectString(by: "split"), limit: -1, &budget)
            }),
        .method(
            "string_split_string_int", [.string, .string, .int], .list(.string),
            .variadic { arguments, budget throws(EvaluationError) in
                let text = try arguments[0].expectString(by: "split")
                let separator = try arguments[1].expectString(by: "split")
                return try text.pieces(between: separator, limit: arguments[2].expectInt(by: "split"), &budget)
            }))
}

extension String {
    /// At which bytes another text occurs, from left to right and not overlapping; an empty one occurs before each
    /// code point and at the end.
    fileprivate func places(
        of old: String, limit: Int, _ budget: inout Budget
    ) throws(EvaluationError) -> [Int] {
        try budget.read(bytes: utf8.count + old.utf8.count)
        let search = ByteSearch(old.utf8)
        var places: [Int] = []
        var start = 0
        while places.count < limit, let place = firstByte(of: search, from: start) {
            try budget.allocate(bytes: MemoryLayout<Int>.stride)
            places.append(place)
            start = place + old.utf8.count
            if old.isEmpty {
                guard place < utf8.count else { break }
                start = endOfScalar(at: place)
            }
        }
        return places
    }

    private func endOfScalar(at start: Int) -> Int {
        let bytes = utf8.span
        var end = start + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    fileprivate func pieces(
        between separator: String, limit: Int64, _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        if limit == 0 || isEmpty && separator.isEmpty { return [] }
        // The places between pieces; of an empty separator neither the first nor the last place is one.
        let most = limit < 0 ? Int.max : Int(limit) - 1
        var places = try places(
            of: separator, limit: separator.isEmpty && most < Int.max ? most + 1 : most, &budget)
        if separator.isEmpty {
            if places.last == utf8.count { places.removeLast() }
            if places.first == 0 { places.removeFirst() }
        }
        try budget.allocate(values: places.count + 1)
        try budget.allocate(bytes: utf8.count)
        var pieces: [Value] = []
        pieces.reserveCapacity(places.count + 1)
        var start = 0
        for place in places {
            pieces.append(.string(slice(bytes: start..<place)))
            start = place + separator.utf8.count
        }
        pieces.append(.string(slice(bytes: start..<utf8.count)))
        return .list(pieces)
    }
}

extension Value {
    /// The value as errors show it; of what can be long its type.
    fileprivate var briefText: String {
        switch self {
        case .list, .map, .optional, .bytes: typeName
        default: text
        }
    }
}
