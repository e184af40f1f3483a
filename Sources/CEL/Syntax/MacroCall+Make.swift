// SPDX-License-Identifier: Apache-2.0

// What macros of libraries build most.
extension MacroCall {
    /// Makes a list literal of expressions.
    public mutating func makeList(_ elements: [Expression.ID]) throws(CompileError) -> Expression.ID {
        try make(.list(elements.map { Expression.Element(value: $0, isOptional: false) }))
    }

    /// Makes `range.map(variable, result)`.
    public mutating func makeMap(
        over range: Expression.ID, variable: String, result: Expression.ID
    ) throws(CompileError) -> Expression.ID {
        try make(
            .loop(
                Expression.Loop(
                    yield: .list, range: range, variable: variable, secondVariable: nil, condition: nil,
                    result: result)))
    }
}
