// SPDX-License-Identifier: Apache-2.0

/// A part of a program: knows at once what to do, nothing is looked up while it runs that could be found before.
protocol Node: AnyObject, Sendable {
    /// The value of this part.
    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value

    /// The value of this part where a bool is needed.
    ///
    /// - Throws: `noSuchOverload` for any other value.
    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool
}

extension Node {
    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let value = try evaluate(&frame)
        if case .bool(let bool) = value { return bool }
        throw EvaluationError(.noSuchOverload, "no such overload: a bool is needed, not \(value.typeName)")
    }
}

/// A node that yields a bool by nature.
protocol Test: Node {}

extension Test {
    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value { .bool(try test(&frame)) }
}

/// What one evaluation holds: the variables, the values of macros' variables, and what is left of its budget.
struct Frame {
    let variables: Variables
    /// The variables of loops.
    var locals: [Value]
    /// What `cel.bind` and `cel.block` have found so far.
    var bound: [Result<Value, EvaluationError>?]
    var budget: Budget

    init(_ variables: Variables, locals: Int, bound: Int, budget: Budget) {
        self.variables = variables
        self.locals = locals == 0 ? [] : Array(repeating: .null, count: locals)
        self.bound = bound == 0 ? [] : Array(repeating: nil, count: bound)
        self.budget = budget
    }

    /// What a strict operation throws when one of its arguments failed: if anything is unknown, all that is unknown in
    /// it; else the first failure.
    @inline(never)
    mutating func failure(_ first: EvaluationError, others: [any Node]) -> EvaluationError {
        guard !variables.isComplete, !first.isFinal else { return first }
        var unknown = first.unknown, final: EvaluationError?
        for node in others where final == nil {
            do throws(EvaluationError) {
                _ = try node.evaluate(&self)
            } catch {
                if error.isFinal { final = error }
                unknown.formUnion(error.unknown)
            }
        }
        if let final { return final }
        return unknown.isEmpty ? first : .unknown(unknown)
    }
}

extension Frame {
    /// What a logical operator throws whose first term failed; nil when the other term decides it alone.
    @inline(never)
    mutating func failure(
        _ first: EvaluationError, unlessDecidedBy other: any Node, as decisive: Bool
    ) -> EvaluationError? {
        if first.isFinal { return first }
        do throws(EvaluationError) {
            try budget.spend(Budget.failure)
            return try other.test(&self) == decisive ? nil : first
        } catch {
            return error.isFinal ? error : first.merged(with: error)
        }
    }
}

extension EvaluationError {
    static func unknown(_ paths: Set<AttributePath>) -> EvaluationError {
        EvaluationError(.unknown, "", offset: nil, unknown: paths)
    }

    /// The one that counts of two failures of terms that may fail: what is unknown, else the first.
    func merged(with later: EvaluationError) -> EvaluationError {
        if kind == .unknown, later.kind == .unknown { return .unknown(unknown.union(later.unknown)) }
        return later.kind == .unknown ? later : self
    }
}
