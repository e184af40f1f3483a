// SPDX-License-Identifier: Apache-2.0

// A term that decides alone decides even where another fails; cel-spec, “Logical Operators”.

/// `a && b && …`.
final class AndNode: Test {
    let terms: [any Node]
    init(_ terms: [any Node]) { self.terms = terms }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for term in terms {
            do throws(EvaluationError) {
                if try !term.test(&frame) { return false }
            } catch {
                if error.isFinal { throw error }
                failure = failure?.merged(with: error) ?? error
            }
        }
        if let failure { throw failure }
        return true
    }
}

/// `a || b || …`.
final class OrNode: Test {
    let terms: [any Node]
    init(_ terms: [any Node]) { self.terms = terms }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for term in terms {
            do throws(EvaluationError) {
                if try term.test(&frame) { return true }
            } catch {
                if error.isFinal { throw error }
                failure = failure?.merged(with: error) ?? error
            }
        }
        if let failure { throw failure }
        return false
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
        if case .string(let text) = a { try frame.budget.read(bytes: text.utf8.count) }
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
    /// The keys of a constant list whose elements could all be keys.
    let constants: Set<MapKey>?
    let offset: Int32

    init(_ element: any Node, _ range: any Node, at offset: Int32) {
        (self.element, self.range, self.offset) = (element, range, offset)
        guard let constant = range as? ConstantNode, case .list(let list) = constant.value, list.count > 4 else {
            constants = nil
            return
        }
        let keys = list.compactMap { MapKey($0) }
        constants = keys.count == list.count ? Set(keys) : nil
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let a: Value
        do throws(EvaluationError) { a = try element.evaluate(&frame) } catch {
            throw frame.failure(error, others: [range])
        }
        if let constants { return MapKey(a).map { constants.contains($0) } ?? false }
        let range = try range.evaluate(&frame)
        switch range {
        case .map(let map): return map[a] != nil
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
