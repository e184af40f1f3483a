// SPDX-License-Identifier: Apache-2.0

public import CEL
internal import RegularExpressions

extension Library {
    /// `text.find(pattern)`: what matches first, or an empty string; and `text.findAll(pattern)` with an optional limit.
    ///
    /// Patterns are RE2's. A pattern that is known before the expression runs is compiled then, and refused then.
    public static let kubernetesRegex = Library(
        "kubernetes.regex",
        functions: [
            Function(
                "find",
                search("find", "string_find_string", [.string, .string], .string) { text, expression, _ in
                    .string(expression.firstMatch(in: text).map { String($0.text) } ?? "")
                }),
            Function(
                "findAll",
                search("findAll", "string_find_all_string", [.string, .string], .list(.string), findAll),
                search("findAll", "string_find_all_string_int", [.string, .string, .int], .list(.string), findAll)),
        ])

    /// A form of a function of a text, a pattern and an optional limit.
    private static func search(
        _ name: String, _ id: String, _ parameters: [CELType], _ result: CELType,
        _ body: @escaping @Sendable (String, RegularExpression, inout Search) throws(EvaluationError) -> Value
    ) -> Overload {
        @Sendable func run(
            _ arguments: [Value], _ expression: RegularExpression?, _ budget: inout Budget
        ) throws(EvaluationError) -> Value {
            let text = try arguments[0].expectString(by: name)
            let expression =
                if let expression { expression } else { try compile(arguments[1].expectString(by: name), &budget) }
            let limit = arguments.count > 2 ? try arguments[2].expectInt(by: name) : -1
            var search = Search(limit: Int(limit), budget: budget)
            defer { budget = search.budget }
            try search.pay(for: text, expression)
            return try body(text, expression, &search)
        }
        return Overload.method(
            id, parameters, result,
            .variadic { arguments, budget throws(EvaluationError) in try run(arguments, nil, &budget) }
        ).specialized { constants throws(EvaluationError) in
            guard case .string(let pattern)? = constants[1] else { return nil }
            var budget = Budget()
            let expression = try compile(pattern, &budget)
            return .variadic { arguments, budget throws(EvaluationError) in try run(arguments, expression, &budget) }
        }
    }
}

/// A search, and what is left to pay for it.
private struct Search {
    /// The most matches that are wanted; below zero for all.
    let limit: Int
    var budget: Budget

    /// A search may look at each byte once for each part of the expression.
    mutating func pay(for text: String, _ expression: RegularExpression) throws(EvaluationError) {
        let (cost, overflow) = text.utf8.count.multipliedReportingOverflow(by: 1 + expression.pattern.utf8.count / 8)
        try budget.read(bytes: overflow ? .max : cost)
        try budget.allocate(bytes: text.utf8.count)
    }
}

private let cache = RegularExpressionCache()

private func compile(_ pattern: String, _ budget: inout Budget) throws(EvaluationError) -> RegularExpression {
    try budget.read(bytes: 16 * pattern.utf8.count)
    do throws(PatternError) { return try cache.expression(pattern) } catch {
        throw .invalid("Illegal regex: \(error)")
    }
}

/// Searches for a few matches first and for more as long as there are, so that what they take is paid for before.
private func findAll(
    _ text: String, _ expression: RegularExpression, _ search: inout Search
) throws(EvaluationError) -> Value {
    let wanted = search.limit < 0 ? Int.max : search.limit
    var most = min(wanted, 64)
    while true {
        try search.budget.allocate(bytes: most * (128 + 32 * expression.groupCount))
        let matches = expression.allMatches(in: text, limit: most)
        if matches.count < most || most == wanted { return .list(matches.map { .string(String($0.text)) }) }
        most = min(wanted, most * 8)
        try search.pay(for: text, expression)
    }
}
