// SPDX-License-Identifier: Apache-2.0

// Functions of Swift types: the declaration follows from the closure, and arguments arrive unwrapped.
extension Overload {
    /// `name(a)`.
    public static func function<A: ValueConvertible, R: ValueConvertible>(
        _ id: String, _ body: @escaping @Sendable (A, inout Budget) throws(EvaluationError) -> R
    ) -> Overload { unary(id, isMethod: false, body) }

    /// `a.name()`.
    public static func method<A: ValueConvertible, R: ValueConvertible>(
        _ id: String, _ body: @escaping @Sendable (A, inout Budget) throws(EvaluationError) -> R
    ) -> Overload { unary(id, isMethod: true, body) }

    /// `name(a, b)`.
    public static func function<A: ValueConvertible, B: ValueConvertible, R: ValueConvertible>(
        _ id: String, _ body: @escaping @Sendable (A, B, inout Budget) throws(EvaluationError) -> R
    ) -> Overload { binary(id, isMethod: false, body) }

    /// `a.name(b)`.
    public static func method<A: ValueConvertible, B: ValueConvertible, R: ValueConvertible>(
        _ id: String, _ body: @escaping @Sendable (A, B, inout Budget) throws(EvaluationError) -> R
    ) -> Overload { binary(id, isMethod: true, body) }

    private static func unary<A: ValueConvertible, R: ValueConvertible>(
        _ id: String, isMethod: Bool, _ body: @escaping @Sendable (A, inout Budget) throws(EvaluationError) -> R
    ) -> Overload {
        Overload(
            id: id, isMethod: isMethod, parameters: [A.type], result: R.type,
            implementation: .unary { value, budget throws(EvaluationError) in
                guard let a = A(value) else { throw .noSuchOverload(id, value) }
                return try body(a, &budget).value
            })
    }

    private static func binary<A: ValueConvertible, B: ValueConvertible, R: ValueConvertible>(
        _ id: String, isMethod: Bool, _ body: @escaping @Sendable (A, B, inout Budget) throws(EvaluationError) -> R
    ) -> Overload {
        Overload(
            id: id, isMethod: isMethod, parameters: [A.type, B.type], result: R.type,
            implementation: .binary { first, second, budget throws(EvaluationError) in
                guard let a = A(first), let b = B(second) else { throw .noSuchOverload(id, first, second) }
                return try body(a, b, &budget).value
            })
    }
}
