// SPDX-License-Identifier: Apache-2.0

internal import CEL

extension StringFunctions {
    /// `format(arguments)`: `%s`, `%d`, `%f`, `%e`, `%b`, `%o`, `%x`, `%X` and `%%`, with a precision as in `%.2f`.
    ///
    /// cel-spec, “Strings: Format”. A constant text is read once; with constant arguments too, what is wrong is reported
    /// before the expression runs, as are arguments that no clause writes.
    static let format = format(FormatStyle.specified)

    /// `format` as it was before version 4.
    static let olderFormat = format(FormatStyle.localized)

    private static func format(_ style: FormatStyle) -> Function {
        Function(
            "format",
            .method(
                "string_format", [.string, .list(.dyn)], .string,
                .binary { target, arguments, budget throws(EvaluationError) in
                    let text = try target.expectString(by: "format")
                    try budget.read(bytes: text.utf8.count)
                    return try FormatText(text).write(arguments.expectList(by: "format"), style, &budget)
                }
            ).specialized { constants, _ throws(EvaluationError) in
                guard case .string(let text) = constants[0] else { return nil }
                let format = FormatText(text)
                if case .list(let arguments) = constants[1] { try format.check(arguments, style) }
                return .binary { _, arguments, budget throws(EvaluationError) in
                    try format.write(arguments.expectList(by: "format"), style, &budget)
                }
            })
    }
}

/// How values are written.
enum FormatStyle: Sendable {
    /// As cel-spec says.
    case specified
    /// As cel-go did before: what is inside of lists as literals, and numbers with a point as people of the en-US
    /// locale write them.
    case localized
}

extension FormatText {
    /// The text with its arguments.
    ///
    /// - Throws: when there are too few, one is of a type that its clause does not write, or the text has a clause that
    ///   does not exist. Arguments that are left over do not matter.
    func write(
        _ arguments: ListValue, _ style: FormatStyle, _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        try budget.allocate(bytes: textSize)
        var writer = FormatWriter()
        var next = 0
        for part in parts {
            if case .text(let text) = part {
                writer.result += text
                continue
            }
            guard next < arguments.count else { throw .invalid("index \(next) out of range") }
            switch part {
            case .clause(let verb):
                switch style {
                case .specified: try writer.append(arguments[next], verb, &budget)
                case .localized: try writer.appendLocalized(arguments[next], verb, &budget)
                }
            case .invalid(let problem): throw .invalid(problem)
            case .text: break
            }
            next += 1
        }
        return .string(writer.result)
    }

    /// Reports what is wrong with a call whose arguments are known.
    fileprivate func check(_ arguments: ListValue, _ style: FormatStyle) throws(EvaluationError) {
        // Whoever wants a million decimals gets them when the expression runs, on its budget.
        var budget = Budget(EvaluationLimits(steps: 10_000, bytes: 100_000))
        do {
            _ = try write(arguments, style, &budget)
        } catch  where error.kind == .budget {
            return
        }
        guard arguments.count <= clauses else {
            throw .invalid(
                "too many arguments supplied to string.format (expected \(clauses), got \(arguments.count))")
        }
    }
}
