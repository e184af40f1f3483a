// SPDX-License-Identifier: Apache-2.0

/// An expression that is ready to run, any number of times, by any thread.
public struct Program: Sendable {
    private let root: any Node
    /// The expression it was made of.
    public let expression: Expression
    /// The type of its result; dyn when it was not checked.
    public let resultType: CELType
    private let locals: Int
    private let bound: Int

    init(root: any Node, expression: Expression, resultType: CELType, locals: Int, bound: Int) {
        (self.root, self.expression, self.resultType) = (root, expression, resultType)
        (self.locals, self.bound) = (locals, bound)
    }

    /// The value of the expression.
    ///
    /// - Throws: why there is none, with its place; also when the limits are reached or the task was cancelled.
    public func evaluate(
        _ variables: Variables = Variables(), limits: EvaluationLimits = .standard
    ) throws(EvaluationError) -> Value {
        var budget = Budget(limits)
        return try evaluate(variables, &budget)
    }

    /// The value of the expression, paid for from a budget that several evaluations can share.
    ///
    /// - Throws: why there is none, with its place; also when the budget ends or the task was cancelled.
    public func evaluate(_ variables: Variables, _ budget: inout Budget) throws(EvaluationError) -> Value {
        var frame = Frame(variables, locals: locals, bound: bound, budget: budget)
        defer { budget = frame.budget }
        do throws(EvaluationError) { return try root.evaluate(&frame) } catch {
            throw error.located(in: expression.source)
        }
    }

    /// What is known of an expression some of whose variables are not.
    public enum PartialResult: Sendable {
        /// The value, whatever the unknown variables will be.
        case value(Value)
        /// What has to be known first.
        case unknown(Set<AttributePath>)
    }

    /// The value of the expression if the unknown variables do not matter to it, else which of them do.
    ///
    /// - Throws: when the expression fails, whatever the unknown variables will be.
    public func evaluatePartially(
        _ variables: Variables, limits: EvaluationLimits = .standard
    ) throws(EvaluationError) -> PartialResult {
        do throws(EvaluationError) { return .value(try evaluate(variables, limits: limits)) } catch {
            guard error.kind == .unknown else { throw error }
            return .unknown(error.unknown)
        }
    }

    /// Which variables, and which parts of them, the expression may read; found without running it, see
    /// `Expression.references`.
    public var references: Set<AttributePath> { expression.references }
}
