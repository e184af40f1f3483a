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
            Function("find", search("find", "string_find_string", [], .string, find)),
            Function(
                "findAll", search("findAll", "string_find_all_string", [], .list(.string), findAll),
                search("findAll", "string_find_all_string_int", [.int], .list(.string), findAll)),
        ])

    private typealias Body =
        @Sendable ([Value], RegularExpression, inout Budget) throws(EvaluationError) -> Value

    /// A form of a function of a text, a pattern and perhaps more.
    private static func search(
        _ name: String, _ id: String, _ more: [CELType], _ result: CELType, _ body: @escaping Body
    ) -> Overload {
        Overload.method(
            id, [.string, .string] + more, result,
            .variadic { arguments, budget throws(EvaluationError) in
                let pattern = try arguments[1].expectString(by: name)
                return try body(arguments, RegexFunctions.compiled(pattern, &budget), &budget)
            }
        ).specialized { constants, budget throws(EvaluationError) in
            guard case .string(let pattern)? = constants[1] else { return nil }
            let expression = try RegexFunctions.constant(pattern, &budget)
            return .variadic { arguments, budget throws(EvaluationError) in try body(arguments, expression, &budget) }
        }
    }

    private static let find: Body = { arguments, expression, budget throws(EvaluationError) in
        let text = try arguments[0].expectString(by: "find")
        try budget.search(text, for: expression)
        try budget.allocate(bytes: text.utf8.count)
        return .string(expression.firstMatch(in: text).map { String($0.text) } ?? "")
    }

    private static let findAll: Body = { arguments, expression, budget throws(EvaluationError) in
        let text = try arguments[0].expectString(by: "findAll")
        let limit = arguments.count > 2 ? try arguments[2].expectInt(by: "findAll") : -1
        try budget.search(text, for: expression)
        try budget.allocate(bytes: text.utf8.count)
        let matches = try RegexFunctions.matches(of: expression, in: text, limit: Int(limit), &budget)
        return .list(matches.map { .string(String($0.text)) })
    }
}
