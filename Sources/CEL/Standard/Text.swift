// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Glibc
internal import RegularExpressions

extension Function {
    static let text: [Function] = [
        Function(
            "contains",
            Overload.method("contains_string") { (text: String, part: String, budget) throws(EvaluationError) in
                guard part.utf8.count <= text.utf8.count else { return false }
                try budget.read(bytes: text.utf8.count)
                // A long part is searched for with a table, of eight bytes for each of its own.
                if part.utf8.count > 1024 { try budget.allocate(bytes: 8 * part.utf8.count) }
                return text.containsScalars(part)
            }.specialized(constantPart)),
        Function(
            "startsWith",
            .method("starts_with_string") { (text: String, part: String, budget) throws(EvaluationError) in
                try budget.read(bytes: part.utf8.count)
                return text.beginsWithScalars(part)
            }),
        Function(
            "endsWith",
            .method("ends_with_string") { (text: String, part: String, budget) throws(EvaluationError) in
                try budget.read(bytes: part.utf8.count)
                return text.endsWithScalars(part)
            }),
    ]

    /// A constant part is prepared for once, with the expression.
    @Sendable
    private static func constantPart(
        _ arguments: [Value?], _ budget: inout Budget
    ) throws(EvaluationError) -> Overload.Implementation? {
        guard case .string(let part)? = arguments[1] else { return nil }
        try budget.allocate(bytes: 9 * part.utf8.count)
        let search = ByteSearch(part.utf8)
        return .binary { text, _, budget throws(EvaluationError) in
            guard case .string(let text) = text else { throw .noSuchOverload("contains", text) }
            try budget.read(bytes: text.utf8.count)
            return .bool(unsafe text.withFastUTF8 { unsafe search.first(in: $0) != nil })
        }
    }

    /// `text.matches(pattern)`: whether the pattern, in RE2's syntax, is found anywhere in the text.
    static let patterns: [Function] = [
        Function(
            "matches",
            Overload.function("matches") { (text: String, pattern: String, budget) throws(EvaluationError) in
                try matches(text, pattern, &budget)
            }.specialized(constantPattern),
            Overload.method("matches_string") { (text: String, pattern: String, budget) throws(EvaluationError) in
                try matches(text, pattern, &budget)
            }.specialized(constantPattern))
    ]

    private static let cache = RegularExpressionCache()

    private static func matches(
        _ text: String, _ pattern: String, _ budget: inout Budget
    ) throws(EvaluationError) -> Bool {
        try budget.read(bytes: pattern.utf8.count)
        let expression: RegularExpression
        do { expression = try cache.expression(pattern) } catch {
            try budget.spend(128 + 4 * pattern.utf8.count)
            throw .invalid(error.description)
        }
        // Also where the cache had it, so that a result does not depend on what ran before.
        try budget.prepare(expression)
        try budget.search(text, for: expression)
        return expression.matches(text)
    }

    /// A constant pattern is compiled once, with the expression.
    @Sendable
    private static func constantPattern(
        _ arguments: [Value?], _ budget: inout Budget
    ) throws(EvaluationError) -> Overload.Implementation? {
        guard case .string(let pattern)? = arguments[1] else { return nil }
        // Nothing is compiled once nothing is left to pay for it.
        try budget.read(bytes: pattern.utf8.count)
        let compiled: RegularExpression
        do { compiled = try RegularExpression(pattern) } catch { throw .invalid(error.description) }
        try budget.prepare(compiled)
        return .binary { text, _, budget throws(EvaluationError) in
            guard case .string(let text) = text else { throw .noSuchOverload("matches", text) }
            try budget.search(text, for: compiled)
            return .bool(compiled.matches(text))
        }
    }

    static let sizes: [Function] = [
        Function(
            "size",
            overloads: [
                (CELType.string, "string"), (.bytes, "bytes"), (.list(.parameter("A")), "list"),
                (.map(.parameter("A"), .parameter("B")), "map"),
            ].flatMap { type, name in
                [
                    Overload.function("size_\(name)", [type], .int, .unary(size)),
                    Overload.method("\(name)_size", [type], .int, .unary(size)),
                ]
            })
    ]

    @Sendable
    private static func size(_ value: Value, _ budget: inout Budget) throws(EvaluationError) -> Value {
        switch value {
        case .string(let text):
            try budget.read(bytes: text.utf8.count)
            return .int(Int64(text.scalarCount))
        case .bytes(let octets): return .int(Int64(octets.count))
        case .list(let list): return .int(Int64(list.count))
        case .map(let map): return .int(Int64(map.count))
        default: throw .noSuchOverload("size", value)
        }
    }
}

extension String {
    fileprivate func beginsWithScalars(_ part: String) -> Bool {
        unsafe withFastUTF8 { a in
            unsafe part.withFastUTF8 { b in
                // Both hold at least `b.count` bytes.
                unsafe b.isEmpty || a.count >= b.count && memcmp(a.baseAddress!, b.baseAddress!, b.count) == 0
            }
        }
    }

    fileprivate func endsWithScalars(_ part: String) -> Bool {
        unsafe withFastUTF8 { a in
            unsafe part.withFastUTF8 { b in
                // The last `b.count` bytes of `a`, which holds at least so many.
                unsafe b.isEmpty
                    || a.count >= b.count
                        && memcmp(a.baseAddress! + (a.count - b.count), b.baseAddress!, b.count) == 0
            }
        }
    }

    /// Whether another text is a part of this.
    package func containsScalars(_ part: String) -> Bool {
        let search = ByteSearch(part.utf8)
        return unsafe withFastUTF8 { unsafe search.first(in: $0) != nil }
    }
}
