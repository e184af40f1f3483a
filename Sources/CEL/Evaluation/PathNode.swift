// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Fields of a variable, one below the other: `a.b.?c`. In a document nothing is made of what lies between.
final class PathNode: Node {
    /// Where a path begins.
    enum Base {
        case variable(VariableNode)
        /// A variable of a loop.
        case local(Int)
    }

    /// A field that is read.
    struct Step {
        let field: String
        /// Whether it, or a step before it, was written with `?`, so that it may be missing.
        let isOptional: Bool
        let offset: Int32
    }

    let base: Base
    let steps: [Step]
    /// Whether the value is an optional.
    let isOptional: Bool

    init(_ base: Base, _ steps: [Step]) {
        (self.base, self.steps, isOptional) = (base, steps, steps[steps.count - 1].isOptional)
    }

    /// The path with one more step.
    func adding(_ field: String, isOptional: Bool, at offset: Int32) -> PathNode {
        PathNode(
            base, steps + [Step(field: field, isOptional: isOptional || self.isOptional, offset: offset)])
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try find(&frame)
        guard isOptional else { return value! }
        if let value { return .some(value) }
        return .none
    }

    /// The value, without the optional around it; nil only where a step is optional.
    func find(_ frame: inout Frame) throws(EvaluationError) -> Value? {
        let start: Value
        switch base {
        case .local(let slot): start = frame.locals[slot]
        case .variable(let variable):
            if !frame.variables.isComplete {
                try frame.variables.requireKnown(
                    AttributePath(variable.name, steps.map { .field($0.field) }), variable.offset)
            }
            guard let value = try frame.variables.value(of: variable.name, hint: variable.hint) else {
                throw EvaluationError.noSuchAttribute(variable.name).at(variable.offset)
            }
            start = value
        }
        if case .map(let map) = start, case .document(let object, let numbers) = map.storage {
            return try walk(object, numbers)
        }
        return try walk(start, from: 0)
    }

    private func walk(_ object: JSONObject, _ numbers: NumberReading) throws(EvaluationError) -> Value? {
        var object = object
        for index in 0..<steps.count {
            guard let json = object[steps[index].field] else {
                if steps[index].isOptional { return nil }
                throw EvaluationError.noSuchKey(.string(steps[index].field)).at(steps[index].offset)
            }
            if index + 1 < steps.count, case .object(let inner) = json {
                object = inner
            } else {
                return try walk(Value(json, numbers: numbers), from: index + 1)
            }
        }
        return nil
    }

    @inline(__always)
    private func walk(_ start: Value, from first: Int) throws(EvaluationError) -> Value? {
        first == steps.count ? start : try select(start, from: first)
    }

    @inline(never)
    private func select(_ start: Value, from first: Int) throws(EvaluationError) -> Value? {
        var value = start
        for step in steps[first...] {
            guard step.isOptional else {
                value = try value.selecting(step.field, at: step.offset)
                continue
            }
            guard let member = value.member(step.field) else { return nil }
            value = member
        }
        return value
    }
}
