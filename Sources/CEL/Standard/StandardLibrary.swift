// SPDX-License-Identifier: Apache-2.0

extension Library {
    /// What every expression may use; cel-spec, “List of Standard Definitions”.
    public static let standard = Library(
        "standard",
        functions: Overload.operators + Function.conversions + Function.text + Function.patterns + Function.sizes
            + Function.times,
        macros: Macro.standard,
        types: [
            .bool, .int, .uint, .double, .string, .bytes, .null, .timestamp, .duration, .list(.dyn), .map(.dyn, .dyn),
            .type(.dyn),
        ],
        constants: ["google.protobuf.NullValue.NULL_VALUE": .null])

    /// `cel.bind(name, value, body)`.
    public static let bindings = Library("bindings", macros: [Macro.bind])

    /// `all`, `exists`, `existsOne`, `transformList`, `transformMap` and `transformMapEntry` with two variables.
    public static let twoVariableComprehensions = Library("two-variable comprehensions", macros: Macro.twoVariables)

    /// `cel.block([…], body)`: what optimisers write.
    public static let blocks = Library("blocks", macros: Macro.block)
}
