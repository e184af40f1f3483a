// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import RegularExpressions

extension Library {
    /// Regular expressions beyond `matches`: `regex.replace(text, pattern, replacement)` and with a limit,
    /// `regex.extract(text, pattern)`, `regex.extractAll(text, pattern)`.
    ///
    /// A pattern that is known before the expression runs is read then, and refused then when it is none. What
    /// `regex.extract` yields is optional, so the optional library belongs to it.
    public static let regex = Library(
        "regex", functions: [RegexFunctions.extract, RegexFunctions.extractAll, RegexFunctions.replace])
}

/// The functions of `Library.regex`.
enum RegexFunctions {
    /// `regex.extract(text, pattern)`: the first match, or what its only group matched; none for no match and for an
    /// empty group.
    static let extract = Function(
        "regex.extract",
        search("regex_extract_string_string", .optional(.string)) { text, pattern, budget throws(EvaluationError) in
            guard let match = pattern.firstMatch(in: text) else { return .none }
            guard let group = match.range(of: pattern.groupCount), pattern.groupCount == 0 || !group.isEmpty else {
                return .none
            }
            try budget.allocate(bytes: group.count)
            return .some(.string(text.slice(bytes: group)))
        })

    /// `regex.extractAll(text, pattern)`: all matches, or what the only group matched in each where that is not empty.
    static let extractAll = Function(
        "regex.extractAll",
        search("regex_extractAll_string_string", .list(.string)) { text, pattern, budget throws(EvaluationError) in
            var result: [Value] = []
            for match in try matches(of: pattern, in: text, limit: -1, &budget) {
                guard let group = match.range(of: pattern.groupCount), pattern.groupCount == 0 || !group.isEmpty
                else { continue }
                try budget.allocate(bytes: group.count + MemoryLayout<Value>.stride)
                result.append(.string(text.slice(bytes: group)))
            }
            return .list(result)
        })

    private static func search(
        _ id: String, _ result: CELType,
        _ body: @escaping @Sendable (String, RegularExpression, inout Budget) throws(EvaluationError) -> Value
    ) -> Overload {
        Overload.function(
            id, [.string, .string], result,
            .binary { text, pattern, budget throws(EvaluationError) in
                let pattern = try singleGroup(compiled(pattern.expectString(by: id), &budget))
                let text = try text.expectString(by: id)
                try budget.search(text, for: pattern)
                return try body(text, pattern, &budget)
            }
        ).specialized { constants, budget throws(EvaluationError) in
            guard case .string(let source) = constants[1] else { return nil }
            let pattern = try singleGroup(constant(source, &budget))
            return .binary { text, _, budget throws(EvaluationError) in
                let text = try text.expectString(by: id)
                try budget.search(text, for: pattern)
                return try body(text, pattern, &budget)
            }
        }
    }

    private static func singleGroup(_ pattern: RegularExpression) throws(EvaluationError) -> RegularExpression {
        guard pattern.groupCount <= 1 else {
            throw .invalid(
                "regular expression has more than one capturing group: \(pattern.pattern.quoted)")
        }
        return pattern
    }
}

extension RegexFunctions {
    /// Patterns that are made while expressions run; those of expressions come again for each object.
    private static let cache = RegularExpressionCache()

    static func compiled(_ pattern: String, _ budget: inout Budget) throws(EvaluationError) -> RegularExpression {
        try budget.spend(1 + pattern.utf8.count)
        let expression: RegularExpression
        do { expression = try cache.expression(pattern) } catch { throw .invalid(error.description) }
        try budget.prepare(expression)
        return expression
    }

    /// A pattern of an expression, which keeps it.
    static func constant(_ pattern: String, _ budget: inout Budget) throws(EvaluationError) -> RegularExpression {
        // Nothing is compiled once nothing is left to pay for it.
        try budget.read(bytes: pattern.utf8.count)
        let expression: RegularExpression
        do { expression = try RegularExpression(pattern) } catch { throw .invalid(error.description) }
        try budget.prepare(expression)
        return expression
    }

    /// Matches from the left; pays for their room.
    static func matches(
        of pattern: RegularExpression, in text: String, limit: Int, _ budget: inout Budget
    ) throws(EvaluationError) -> [Match] {
        let size = MemoryLayout<Match>.stride + 32 + pattern.groupCount * MemoryLayout<Range<Int>?>.stride
        let most = min(limit < 0 ? Int.max : limit, text.utf8.count + 1)
        // Few texts have many matches: room for more is paid for when what there was is full.
        var room = 0, found: [Match] = []
        repeat {
            let next = min(most, max(1000, 8 * room))
            if room > 0 { try budget.search(text, for: pattern) }
            try budget.allocate(bytes: (next - room) * size)
            room = next
            found = pattern.allMatches(in: text, limit: room)
        } while found.count == room && room < most
        return found
    }
}
