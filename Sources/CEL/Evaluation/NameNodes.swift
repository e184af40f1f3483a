// SPDX-License-Identifier: Apache-2.0

/// A constant.
final class ConstantNode: Node {
    let value: Value
    init(_ value: Value) { self.value = value }
    func evaluate(_ frame: inout Frame) -> Value { value }
}

/// A variable that the checker found.
final class VariableNode: Node {
    let name: String
    let hint: Int
    let offset: Int32

    init(_ name: String, hint: Int, at offset: Int32) { (self.name, self.hint, self.offset) = (name, hint, offset) }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if !frame.variables.isComplete { try frame.variables.requireKnown(AttributePath(name), offset) }
        guard let value = try frame.variables.value(of: name, hint: hint) else {
            throw EvaluationError.noSuchAttribute(name).at(offset)
        }
        return value
    }
}

extension Variables {
    /// Throws what of a path is not known.
    func requireKnown(_ path: AttributePath, _ offset: Int32) throws(EvaluationError) {
        let missing = unknown.filter { $0.overlaps(path) }
        guard missing.isEmpty else { throw EvaluationError.unknown([path]).at(offset) }
    }
}

/// A variable of a loop.
final class LocalNode: Node {
    let slot: Int
    init(_ slot: Int) { self.slot = slot }
    func evaluate(_ frame: inout Frame) -> Value { frame.locals[slot] }
}

/// What `cel.bind` or `cel.block` bound: found when it is first asked for, at most once.
final class BoundNode: Node {
    let slot: Int
    let value: any Node

    init(_ slot: Int, _ value: any Node) { (self.slot, self.value) = (slot, value) }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let known = frame.bound[slot] { return try known.get() }
        do throws(EvaluationError) {
            let found = try value.evaluate(&frame)
            frame.bound[slot] = .success(found)
            return found
        } catch {
            frame.bound[slot] = .failure(error)
            throw error
        }
    }
}

/// The body of `cel.bind` or `cel.block`.
final class BindNode: Node {
    let slots: Range<Int>
    let body: any Node

    init(_ slots: Range<Int>, _ body: any Node) { (self.slots, self.body) = (slots, body) }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        // In a loop the body runs again, and what was bound may differ.
        for slot in slots { frame.bound[slot] = nil }
        return try body.evaluate(&frame)
    }
}

/// A dotted name that nobody checked: the longest variable that is there, then fields of it; then a constant.
final class DynamicNameNode: Node {
    /// What is tried, in order: a variable's name, and the fields that follow it.
    let candidates: [(name: String, fields: ArraySlice<String>)]
    let constant: Value?
    let bad: BadPresenceTest
    let offset: Int32

    init(
        _ candidates: [(name: String, fields: ArraySlice<String>)], constant: Value?, _ bad: BadPresenceTest,
        at offset: Int32
    ) {
        (self.candidates, self.constant, self.bad, self.offset) = (candidates, constant, bad, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        for (name, fields) in candidates {
            if !frame.variables.isComplete {
                try frame.variables.requireKnown(AttributePath(name, fields.map { .field($0) }), offset)
            }
            guard var value = try frame.variables.value(of: name, hint: 0) else { continue }
            for field in fields { value = try value.selecting(field, bad, at: offset) }
            return value
        }
        if let constant { return constant }
        throw EvaluationError.noSuchAttribute(candidates.last?.name ?? "").at(offset)
    }
}
