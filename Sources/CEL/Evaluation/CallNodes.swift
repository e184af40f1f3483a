// SPDX-License-Identifier: Apache-2.0

extension [Overload] {
    /// Calls the first form that takes the arguments.
    func dispatch(
        _ name: String, _ arguments: [Value], _ budget: inout Budget
    ) throws(EvaluationError) -> Value {
        for overload in self where overload.admits(arguments) {
            return try overload.implementation(arguments, &budget)
        }
        throw .noSuchOverload(name, arguments)
    }
}

extension Overload {
    func admits(_ arguments: [Value]) -> Bool {
        guard parameters.count == arguments.count else { return false }
        for index in parameters.indices where !parameters[index].admits(arguments[index]) { return false }
        return true
    }
}

/// A call of one form with one argument.
final class UnaryCallNode: Node {
    let argument: any Node
    let body: @Sendable (Value, inout Budget) throws(EvaluationError) -> Value
    let offset: Int32

    init(
        _ argument: any Node, at offset: Int32,
        _ body: @escaping @Sendable (Value, inout Budget) throws(EvaluationError) -> Value
    ) {
        (self.argument, self.offset, self.body) = (argument, offset, body)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try argument.evaluate(&frame)
        do throws(EvaluationError) {
            try frame.budget.spend(1)
            return try body(value, &frame.budget)
        } catch { throw error.at(offset) }
    }
}

/// A call of one form with two arguments.
final class BinaryCallNode: Node {
    let first: any Node, second: any Node
    let body: @Sendable (Value, Value, inout Budget) throws(EvaluationError) -> Value
    let offset: Int32

    init(
        _ first: any Node, _ second: any Node, at offset: Int32,
        _ body: @escaping @Sendable (Value, Value, inout Budget) throws(EvaluationError) -> Value
    ) {
        (self.first, self.second, self.offset, self.body) = (first, second, offset, body)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let a: Value
        do throws(EvaluationError) { a = try first.evaluate(&frame) } catch {
            throw frame.failure(error, others: [second])
        }
        let b = try second.evaluate(&frame)
        do throws(EvaluationError) {
            try frame.budget.spend(1)
            return try body(a, b, &frame.budget)
        } catch { throw error.at(offset) }
    }
}

/// A call with any number of arguments, of the form that takes them.
final class CallNode: Node {
    let name: String
    let arguments: [any Node]
    let overloads: [Overload]
    let offset: Int32

    init(_ name: String, _ arguments: [any Node], _ overloads: [Overload], at offset: Int32) {
        (self.name, self.arguments, self.overloads, self.offset) = (name, arguments, overloads, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [Value] = []
        values.reserveCapacity(arguments.count)
        for (index, argument) in arguments.enumerated() {
            do throws(EvaluationError) { values.append(try argument.evaluate(&frame)) } catch {
                throw frame.failure(error, others: Array(arguments[(index + 1)...]))
            }
        }
        do throws(EvaluationError) {
            try frame.budget.spend(1)
            if overloads.count == 1 { return try overloads[0].implementation(values, &frame.budget) }
            return try overloads.dispatch(name, values, &frame.budget)
        } catch { throw error.at(offset) }
    }
}

/// `optional.or(alternative)` and `optional.orValue(alternative)`; the alternative runs when it is needed.
final class OptionalOrNode: Node {
    let optional: any Node, alternative: any Node
    let isUnwrapping: Bool
    let offset: Int32

    init(_ optional: any Node, _ alternative: any Node, isUnwrapping: Bool, at offset: Int32) {
        (self.optional, self.alternative) = (optional, alternative)
        (self.isUnwrapping, self.offset) = (isUnwrapping, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try optional.evaluate(&frame)
        guard case .optional(let wrapped) = value else {
            throw EvaluationError.noSuchOverload(isUnwrapping ? "orValue" : "or", value).at(offset)
        }
        if let wrapped { return isUnwrapping ? wrapped.value : value }
        let other = try alternative.evaluate(&frame)
        if !isUnwrapping, case .optional = other { return other }
        guard isUnwrapping else { throw EvaluationError.noSuchOverload("or", value, other).at(offset) }
        return other
    }
}

/// `a.?b.orValue(alternative)`: no optional is made of what the path finds.
final class PathOrNode: Node {
    let path: PathNode
    let alternative: any Node

    init(_ path: PathNode, _ alternative: any Node) { (self.path, self.alternative) = (path, alternative) }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let value = try path.find(&frame) { return value }
        return try alternative.evaluate(&frame)
    }
}
