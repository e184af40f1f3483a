// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Fields of a variable, one below the other: `a.b.?c`. In a document nothing is made of what lies between.
final class PathNode: Node {
    /// A field that is read.
    struct Step {
        let field: String
        /// Whether it, or a step before it, was written with `?`, so that it may be missing.
        let isOptional: Bool
        let offset: Int32
    }

    /// The variable where the path begins; nil for a variable of a loop.
    let variable: VariableNode?
    private let name: String
    private let hint: Int
    /// The variable of a loop where the path begins.
    private let slot: Int
    let steps: [Step]
    /// Whether the value is an optional.
    let isOptional: Bool
    private let bad: BadPresenceTest

    private init(variable: VariableNode?, slot: Int, _ steps: [Step], _ bad: BadPresenceTest) {
        (self.variable, self.slot, self.steps, self.bad) = (variable, slot, steps, bad)
        (name, hint) = (variable?.name ?? "", variable?.hint ?? 0)
        isOptional = steps.last?.isOptional ?? false
    }

    /// The path of no step that begins at a variable, or at a variable of a loop; nil for other nodes.
    static func beginning(at node: any Node, _ bad: BadPresenceTest) -> PathNode? {
        switch node {
        case let path as PathNode: path
        case let variable as VariableNode: PathNode(variable: variable, slot: 0, [], bad)
        case let local as LocalNode: PathNode(variable: nil, slot: local.slot, [], bad)
        default: nil
        }
    }

    /// The path with one more step.
    func adding(_ field: String, isOptional: Bool, at offset: Int32) -> PathNode {
        let step = Step(field: field, isOptional: isOptional || self.isOptional, offset: offset)
        return PathNode(variable: variable, slot: slot, steps + [step], bad)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try find(&frame)
        guard isOptional else { return value! }
        if let value { return .some(value) }
        return .none
    }

    /// The value, without the optional around it; nil only where a step is optional.
    func find(_ frame: inout Frame) throws(EvaluationError) -> Value? {
        if variable == nil {
            if let (object, numbers) = frame.locals[slot].document { return try walk(object, numbers, from: 0) }
        } else {
            if !frame.variables.isComplete { try requireKnown(frame) }
            if let (object, numbers) = frame.variables.document(of: name, hint: hint) {
                return try walk(object, numbers, from: 0)
            }
        }
        return try walk(start(&frame), from: 0)
    }

    private func start(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if variable == nil { return frame.locals[slot] }
        guard let value = try frame.variables.value(of: name, hint: hint) else {
            throw EvaluationError.noSuchAttribute(name).at(variable!.offset)
        }
        return value
    }

    @inline(never)
    private func requireKnown(_ frame: borrowing Frame) throws(EvaluationError) {
        try frame.variables.requireKnown(AttributePath(name, steps.map { .field($0.field) }), variable!.offset)
    }

    private func walk(
        _ object: borrowing JSONObject, _ numbers: NumberReading, from index: Int
    ) throws(EvaluationError) -> Value? {
        guard let json = object[steps[index].field] else {
            if steps[index].isOptional { return nil }
            throw EvaluationError.noSuchKey(.string(steps[index].field)).at(steps[index].offset)
        }
        if index + 1 < steps.count, case .object(let inner) = json {
            return try walk(inner, numbers, from: index + 1)
        }
        return try walk(Value(json, numbers: numbers), from: index + 1)
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
                value = try value.selecting(step.field, bad, at: step.offset)
                continue
            }
            guard let member = try value.member(step.field, bad, at: step.offset) else { return nil }
            value = member
        }
        return value
    }
}
