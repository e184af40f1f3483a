// SPDX-License-Identifier: Apache-2.0

internal import Chronology

/// An operation on two values of one type; cel-spec, “Numeric Values” and “Time”.
final class ArithmeticNode: Node {
    enum Sign: String { case subtract = "_-_", multiply = "_*_", divide = "_/_", remainder = "_%_" }

    let sign: Sign
    let left: any Node, right: any Node
    let extra: [Overload]
    let offset: Int32

    init(_ sign: Sign, _ left: any Node, _ right: any Node, extra: [Overload], at offset: Int32) {
        (self.sign, self.left, self.right, self.extra, self.offset) = (sign, left, right, extra, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let a: Value
        do throws(EvaluationError) { a = try left.evaluate(&frame) } catch {
            throw frame.failure(error, others: [right])
        }
        let b = try right.evaluate(&frame)
        do throws(EvaluationError) {
            switch (a, b) {
            case (.int(let a), .int(let b)): return .int(try sign.apply(a, b))
            case (.uint(let a), .uint(let b)): return .uint(try sign.apply(a, b))
            case (.double(let a), .double(let b)) where sign != .remainder: return .double(sign.apply(a, b))
            default:
                if sign == .subtract, let difference = try a.timeDifference(b) { return difference }
                return try extra.dispatch(sign.rawValue, [a, b], &frame.budget)
            }
        } catch {
            throw error.at(offset)
        }
    }
}

extension ArithmeticNode.Sign {
    @inline(__always)
    fileprivate func apply<Integer: FixedWidthInteger>(_ a: Integer, _ b: Integer) throws(EvaluationError) -> Integer {
        let result: (partialValue: Integer, overflow: Bool)
        switch self {
        case .subtract: result = a.subtractingReportingOverflow(b)
        case .multiply: result = a.multipliedReportingOverflow(by: b)
        case .divide:
            guard b != 0 else { throw EvaluationError(.division, "division by zero") }
            result = a.dividedReportingOverflow(by: b)
        case .remainder:
            guard b != 0 else { throw EvaluationError(.division, "modulus by zero") }
            result = a.remainderReportingOverflow(dividingBy: b)
        }
        guard !result.overflow else { throw .integerOverflow(isSigned: Integer.isSigned) }
        return result.partialValue
    }

    fileprivate func apply(_ a: Double, _ b: Double) -> Double {
        switch self {
        case .subtract: a - b
        case .multiply: a * b
        case .divide, .remainder: a / b
        }
    }
}

extension EvaluationError {
    static func integerOverflow(isSigned: Bool) -> EvaluationError {
        .overflow(isSigned ? "integer overflow" : "unsigned integer overflow")
    }
    static let durationOverflow = EvaluationError(.overflow, "duration overflow")
    static let timestampOverflow = EvaluationError(.overflow, "timestamp overflow")
}

extension Value {
    fileprivate func timeDifference(_ other: Value) throws(EvaluationError) -> Value? {
        switch (self, other) {
        case (.duration(let a), .duration(let b)):
            guard let span = a.subtracting(b) else { throw .durationOverflow }
            return .duration(span)
        case (.timestamp(let a), .duration(let b)):
            guard let moment = a.subtracting(b) else { throw .timestampOverflow }
            return .timestamp(moment)
        case (.timestamp(let a), .timestamp(let b)):
            guard let span = a.since(b) else { throw .durationOverflow }
            return .duration(span)
        default: return nil
        }
    }

    /// Adds another value to this one in place, so that a chain of additions copies each part once.
    mutating func add(_ other: Value, extra: [Overload], _ budget: inout Budget) throws(EvaluationError) {
        switch (self, other) {
        case (.int(let a), .int(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            guard !overflow else { throw .integerOverflow(isSigned: true) }
            self = .int(sum)
        case (.string(var text), .string(let tail)):
            try budget.allocate(bytes: tail.utf8.count)
            // Let go of the text, or the next line copies it.
            self = .null
            text += tail
            self = .string(text)
        case (.uint(let a), .uint(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            guard !overflow else { throw .integerOverflow(isSigned: false) }
            self = .uint(sum)
        case (.double(let a), .double(let b)): self = .double(a + b)
        case (.bytes(var octets), .bytes(let tail)):
            try budget.allocate(bytes: tail.count)
            self = .null
            octets += tail
            self = .bytes(octets)
        case (.list(let list), .list(let tail)):
            if tail.isEmpty { return }
            try budget.allocate(values: tail.count)
            var values = list.values
            self = .null
            values += tail.values
            self = .list(values)
        case (.duration(let a), .duration(let b)):
            guard let sum = a.adding(b) else { throw .durationOverflow }
            self = .duration(sum)
        case (.timestamp(let moment), .duration(let span)), (.duration(let span), .timestamp(let moment)):
            guard let sum = moment.adding(span) else { throw .timestampOverflow }
            self = .timestamp(sum)
        default: self = try extra.dispatch("_+_", [self, other], &budget)
        }
    }

    /// The bytes that adding to this value copies, as nothing else may change it.
    fileprivate var copiedBytes: Int {
        switch self {
        case .string(let text): text.utf8.count
        case .bytes(let octets): octets.count
        case .list(let list): list.count * MemoryLayout<Value>.stride
        default: 0
        }
    }
}

/// `a + b`.
final class AddTwoNode: Node {
    let left: any Node, right: any Node
    let extra: [Overload]
    let offset: Int32

    init(_ left: any Node, _ right: any Node, at offset: Int32, extra: [Overload]) {
        (self.left, self.right, self.offset, self.extra) = (left, right, offset, extra)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var sum: Value
        do throws(EvaluationError) { sum = try left.evaluate(&frame) } catch {
            throw frame.failure(error, others: [right])
        }
        let term = try right.evaluate(&frame)
        if case .int(let a) = sum, case .int(let b) = term {
            let (result, overflow) = a.addingReportingOverflow(b)
            if !overflow { return .int(result) }
        }
        do throws(EvaluationError) {
            let copied = sum.copiedBytes
            if copied > 0 { try frame.budget.allocate(bytes: copied) }
            try sum.add(term, extra: extra, &frame.budget)
        } catch { throw error.at(offset) }
        return sum
    }
}

/// `a + b + …`, from left to right.
final class AddNode: Node {
    let terms: [any Node]
    let offsets: [Int32]
    let extra: [Overload]

    /// An offset for each term after the first.
    init(_ terms: [any Node], at offsets: [Int32], extra: [Overload]) {
        (self.terms, self.offsets, self.extra) = (terms, offsets, extra)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var sum: Value
        do throws(EvaluationError) { sum = try terms[0].evaluate(&frame) } catch {
            throw frame.failure(error, others: Array(terms[1...]))
        }
        let copied = sum.copiedBytes
        if copied > 0 { try frame.budget.allocate(bytes: copied) }
        for index in 1..<terms.count {
            let term: Value
            do throws(EvaluationError) { term = try terms[index].evaluate(&frame) } catch {
                throw frame.failure(error, others: Array(terms[(index + 1)...]))
            }
            do throws(EvaluationError) { try sum.add(term, extra: extra, &frame.budget) } catch {
                throw error.at(offsets[index - 1])
            }
        }
        return sum
    }
}

/// `-operand`.
final class NegateNode: Node {
    let operand: any Node
    let extra: [Overload]
    let offset: Int32

    init(_ operand: any Node, extra: [Overload], at offset: Int32) {
        (self.operand, self.extra, self.offset) = (operand, extra, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value = try operand.evaluate(&frame)
        switch value {
        case .int(let int):
            guard int != .min else { throw EvaluationError.integerOverflow(isSigned: true).at(offset) }
            return .int(-int)
        case .double(let double): return .double(-double)
        default:
            do throws(EvaluationError) { return try extra.dispatch("-_", [value], &frame.budget) } catch {
                throw error.at(offset)
            }
        }
    }
}
