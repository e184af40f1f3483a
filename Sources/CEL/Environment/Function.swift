// SPDX-License-Identifier: Apache-2.0

/// A function of a library: a name and the forms in which it can be called.
public struct Function: Sendable {
    /// Its name, with a namespace before it where it has one: `math.abs`; of an operator the name that
    /// `Expression.Kind` has: `_+_`.
    public let name: String
    /// Its forms, in the order in which they are tried.
    public let overloads: [Overload]

    /// A function.
    public init(_ name: String, _ overloads: Overload...) { (self.name, self.overloads) = (name, overloads) }

    /// A function.
    public init(_ name: String, overloads: [Overload]) { (self.name, self.overloads) = (name, overloads) }
}

/// One form of a function.
public struct Overload: Sendable {
    /// Names the form among all: `string_char_at_int`. Of two libraries with the same, the later one's form counts.
    public let id: String
    /// Whether the first parameter stands before a dot.
    public let isMethod: Bool
    /// The types of the parameters, with the one before the dot first.
    public let parameters: [CELType]
    /// The type of the result.
    public let result: CELType
    /// What is done.
    public let implementation: Implementation
    /// Prepares a call some of whose arguments are constants, before the expression ever runs: a regular expression is
    /// compiled, a set is built. Nil leaves the call as it is; a throw makes the expression invalid, unless it is that
    /// the budget for preparing the expression is used up, which leaves the call as it is too.
    public var specialize: (@Sendable ([Value?], inout Budget) throws(EvaluationError) -> Implementation?)?

    /// What is done when an overload is called.
    ///
    /// There are as many arguments as parameters. They may be of other types where the expression does not say what it
    /// hands over, so an implementation throws `noSuchOverload` for what it does not take. It pays `Budget` before it
    /// looks at or makes more than a few values, and gives the same value for the same arguments: calls with constants
    /// run once, before the expression does.
    public enum Implementation: Sendable {
        /// The evaluator knows what to do; for operators of the standard library.
        case builtin
        /// For no argument.
        case nullary(@Sendable (inout Budget) throws(EvaluationError) -> Value)
        /// For one.
        case unary(@Sendable (Value, inout Budget) throws(EvaluationError) -> Value)
        /// For two.
        case binary(@Sendable (Value, Value, inout Budget) throws(EvaluationError) -> Value)
        /// For any number.
        case variadic(@Sendable ([Value], inout Budget) throws(EvaluationError) -> Value)
    }

    /// A form that is called as `name(arguments)`.
    public static func function(
        _ id: String, _ parameters: [CELType], _ result: CELType, _ implementation: Implementation
    ) -> Overload {
        Overload(id: id, isMethod: false, parameters: parameters, result: result, implementation: implementation)
    }

    /// A form that is called as `target.name(arguments)`; the target is the first parameter.
    public static func method(
        _ id: String, _ parameters: [CELType], _ result: CELType, _ implementation: Implementation
    ) -> Overload {
        Overload(id: id, isMethod: true, parameters: parameters, result: result, implementation: implementation)
    }

    /// The same form with a preparation for constant arguments.
    public func specialized(
        _ prepare: @escaping @Sendable ([Value?], inout Budget) throws(EvaluationError) -> Implementation?
    ) -> Overload {
        var copy = self
        copy.specialize = prepare
        return copy
    }
}

extension Overload.Implementation {
    /// Calls it.
    public func callAsFunction(_ arguments: [Value], _ budget: inout Budget) throws(EvaluationError) -> Value {
        switch self {
        case .builtin: throw EvaluationError(.noSuchOverload, "an operator is not called by name")
        case .nullary(let body): try body(&budget)
        case .unary(let body): try body(arguments[0], &budget)
        case .binary(let body): try body(arguments[0], arguments[1], &budget)
        case .variadic(let body): try body(arguments, &budget)
        }
    }
}
