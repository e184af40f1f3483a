// SPDX-License-Identifier: Apache-2.0

internal import Basics

// A term that decides alone decides even where another fails; cel-spec, “Logical Operators”.

/// `a && b`.
final class AndNode: Test {
    let left: any Node, right: any Node
    init(_ left: any Node, _ right: any Node) { (self.left, self.right) = (left, right) }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            guard try left.test(&frame) else { return false }
        } catch {
            if let failure = frame.failure(error, unlessDecidedBy: right, as: false) { throw failure }
            return false
        }
        return try right.test(&frame)
    }
}

/// `a || b`.
final class OrNode: Test {
    let left: any Node, right: any Node
    init(_ left: any Node, _ right: any Node) { (self.left, self.right) = (left, right) }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        do throws(EvaluationError) {
            if try left.test(&frame) { return true }
        } catch {
            if let failure = frame.failure(error, unlessDecidedBy: right, as: true) { throw failure }
            return true
        }
        return try right.test(&frame)
    }
}

/// `!operand`.
final class NotNode: Test {
    let operand: any Node
    init(_ operand: any Node) { self.operand = operand }
    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool { try !operand.test(&frame) }
}

/// `condition ? then : otherwise`; only the branch that is chosen runs.
final class ConditionalNode: Node {
    let condition: any Node, then: any Node, otherwise: any Node

    init(_ condition: any Node, _ then: any Node, _ otherwise: any Node) {
        (self.condition, self.then, self.otherwise) = (condition, then, otherwise)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try condition.test(&frame) ? try then.evaluate(&frame) : try otherwise.evaluate(&frame)
    }
}

/// `a == b`, `a != b`.
final class EqualNode: Test {
    let left: any Node, right: any Node
    let isEqual: Bool

    init(_ left: any Node, _ right: any Node, isEqual: Bool) {
        (self.left, self.right, self.isEqual) = (left, right, isEqual)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let a: Value
        do throws(EvaluationError) { a = try left.evaluate(&frame) } catch {
            throw frame.failure(error, others: [right])
        }
        return try a.equals(right.evaluate(&frame), &frame.budget) == isEqual
    }
}

/// `a == constant`, `a != constant`.
final class EqualConstantNode: Test {
    let left: any Node
    let constant: Value
    let isEqual: Bool

    init(_ left: any Node, _ constant: Value, isEqual: Bool) {
        (self.left, self.constant, self.isEqual) = (left, constant, isEqual)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try left.evaluate(&frame).equals(constant, &frame.budget) == isEqual
    }
}

/// `a < b` and its likes.
final class CompareNode: Test {
    enum Sign: String { case less = "_<_", lessOrEqual = "_<=_", greater = "_>_", greaterOrEqual = "_>=_" }

    let sign: Sign
    let left: any Node, right: any Node
    let offset: Int32

    init(_ sign: Sign, _ left: any Node, _ right: any Node, at offset: Int32) {
        (self.sign, self.left, self.right, self.offset) = (sign, left, right, offset)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let a: Value
        do throws(EvaluationError) { a = try left.evaluate(&frame) } catch {
            throw frame.failure(error, others: [right])
        }
        let b = try right.evaluate(&frame)
        if case .int(let a) = a, case .int(let b) = b {
            return switch sign {
            case .less: a < b
            case .lessOrEqual: a <= b
            case .greater: a > b
            case .greaterOrEqual: a >= b
            }
        }
        switch a {
        case .string(let text): try frame.budget.read(bytes: text.utf8.count)
        case .bytes(let octets): try frame.budget.read(bytes: 16 * octets.count)
        default: break
        }
        guard let order = a.compare(with: b) else {
            throw EvaluationError.noSuchOverload(sign.rawValue, a, b).at(offset)
        }
        return switch sign {
        case .less: order == .less
        case .lessOrEqual: order == .less || order == .equal
        case .greater: order == .greater
        case .greaterOrEqual: order == .greater || order == .equal
        }
    }
}

/// `element in list`, `key in map`.
final class InNode: Test {
    let element: any Node, range: any Node
    let offset: Int32

    init(_ element: any Node, _ range: any Node, at offset: Int32) {
        (self.element, self.range, self.offset) = (element, range, offset)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let a: Value
        do throws(EvaluationError) { a = try element.evaluate(&frame) } catch {
            throw frame.failure(error, others: [range])
        }
        let range = try range.evaluate(&frame)
        switch range {
        case .map(let map):
            try frame.budget.read(key: a)
            return map[a] != nil
        case .list(let list):
            for index in list.indices {
                try frame.budget.spend(1)
                if try list[index].equals(a, &frame.budget) { return true }
            }
            return false
        default: throw EvaluationError.noSuchOverload("@in", a, range).at(offset)
        }
    }
}

/// `element in [constants]`, all of which could be keys.
final class InConstantsNode: Test {
    let element: any Node
    /// The constants when there are few and all are strings.
    let texts: [String]
    let keys: Set<MapKey>

    /// Nil when a constant could be no key.
    init?(_ element: any Node, _ list: ListValue) {
        let keys = list.compactMap { MapKey($0) }
        guard keys.count == list.count else { return nil }
        let texts = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
        self.element = element
        self.keys = Set(keys)
        self.texts = texts.count == list.count && texts.count <= 8 ? texts : []
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let value = try element.evaluate(&frame)
        try frame.budget.read(key: value)
        if case .string(let text) = value, !texts.isEmpty {
            for known in texts where known.hasSameScalars(as: text) { return true }
            return false
        }
        guard let key = MapKey(value) else { return false }
        return keys.contains(key)
    }
}
