// SPDX-License-Identifier: Apache-2.0

/// An expression that is ready to run, any number of times, by any thread.
public struct Program: Sendable {
    private let root: any Node
    private let origin: Origin
    private let locals: Int
    private let bound: Int

    /// What it was made of; nothing that running it looks at.
    private final class Origin: Sendable {
        let expression: Expression
        let environment: Environment
        let resultType: CELType

        init(_ expression: Expression, _ environment: Environment, _ resultType: CELType) {
            (self.expression, self.environment, self.resultType) = (expression, environment, resultType)
        }
    }

    init(
        root: any Node, expression: Expression, environment: Environment, resultType: CELType, locals: Int, bound: Int
    ) {
        self.root = root
        origin = Origin(expression, environment, resultType)
        (self.locals, self.bound) = (locals, bound)
    }

    /// The expression it was made of.
    public var expression: Expression { origin.expression }
    /// The type of its result; dyn when it was not checked.
    public var resultType: CELType { origin.resultType }

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

    /// Which variables, and which parts of them, the expression may read; found without running it.
    public var references: Set<AttributePath> { origin.environment.references(of: origin.expression) }
}
