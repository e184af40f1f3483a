// SPDX-License-Identifier: Apache-2.0

/// What a loop visits.
private enum LoopRange {
    case list(ListValue)
    case entries([(key: Value, value: Value)])

    init(_ value: Value, at offset: Int32, _ budget: inout Budget) throws(EvaluationError) {
        switch value {
        case .list(let list): self = .list(list)
        case .map(let map):
            // The keys of a document are sorted first.
            if !map.isHeld { try budget.spend(4 * map.count) }
            self = .entries(map.entries)
        default:
            throw EvaluationError(
                .noSuchOverload, "no such overload: a loop visits a list or a map, not \(value.typeName)",
                offset: offset)
        }
    }

    var count: Int {
        switch self {
        case .list(let list): list.count
        case .entries(let entries): entries.count
        }
    }

    /// Gives the loop's variables their values: the element or key, or the index or key and the element or value.
    @inline(__always)
    func visit(_ index: Int, _ slot: Int, _ hasTwo: Bool, _ locals: inout [Value]) {
        switch self {
        case .list(let list):
            if hasTwo {
                locals[slot] = .int(Int64(index))
                locals[slot + 1] = list[index]
            } else {
                locals[slot] = list[index]
            }
        case .entries(let entries):
            locals[slot] = entries[index].key
            if hasTwo { locals[slot + 1] = entries[index].value }
        }
    }
}

/// `all`, `exists` and `exists_one`.
final class QuantifierNode: Test {
    let yield: Expression.Loop.Yield
    let range: any Node, condition: any Node
    let slot: Int
    let hasTwo: Bool
    /// What a turn costs, before what its calls and loops cost.
    let price: Int
    let offset: Int32

    init(
        _ yield: Expression.Loop.Yield, _ range: any Node, _ condition: any Node, slot: Int, hasTwo: Bool,
        price: Int, at offset: Int32
    ) {
        (self.yield, self.range, self.condition) = (yield, range, condition)
        (self.slot, self.hasTwo, self.price, self.offset) = (slot, hasTwo, price, offset)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let visited = try LoopRange(range.evaluate(&frame), at: offset, &frame.budget)
        return yield == .existsOne ? try one(visited, &frame) : try any(visited, &frame, decisive: yield == .exists)
    }

    /// Whether the condition is `decisive` for one element; then `decisive`, else the opposite. A failure counts only
    /// when nothing decides.
    private func any(_ visited: LoopRange, _ frame: inout Frame, decisive: Bool) throws(EvaluationError) -> Bool {
        var failure: EvaluationError?
        for index in 0..<visited.count {
            try frame.budget.spend(price)
            visited.visit(index, slot, hasTwo, &frame.locals)
            do throws(EvaluationError) {
                if try condition.test(&frame) == decisive { return decisive }
            } catch {
                if error.isFinal { throw error }
                try frame.budget.spend(Budget.failure)
                failure = failure?.merged(with: error) ?? error
            }
        }
        if let failure { throw failure }
        return !decisive
    }

    private func one(_ visited: LoopRange, _ frame: inout Frame) throws(EvaluationError) -> Bool {
        var found = 0
        for index in 0..<visited.count {
            try frame.budget.spend(price)
            visited.visit(index, slot, hasTwo, &frame.locals)
            if try condition.test(&frame) { found += 1 }
        }
        return found == 1
    }
}

/// `map`, `filter` and `transformList`.
final class ListLoopNode: Node {
    let range: any Node
    let condition: (any Node)?
    /// Nil yields the element itself.
    let result: (any Node)?
    let slot: Int
    let hasTwo: Bool
    /// What a turn costs, before what its calls and loops cost.
    let price: Int
    let offset: Int32

    init(
        _ range: any Node, _ condition: (any Node)?, _ result: (any Node)?, slot: Int, hasTwo: Bool, price: Int,
        at offset: Int32
    ) {
        (self.range, self.condition, self.result) = (range, condition, result)
        (self.slot, self.hasTwo, self.price, self.offset) = (slot, hasTwo, price, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let visited = try LoopRange(range.evaluate(&frame), at: offset, &frame.budget)
        var values: [Value] = []
        if condition == nil {
            try frame.budget.allocate(values: visited.count)
            values.reserveCapacity(visited.count)
        }
        for index in 0..<visited.count {
            try frame.budget.spend(price)
            visited.visit(index, slot, hasTwo, &frame.locals)
            if let condition {
                guard try condition.test(&frame) else { continue }
                try frame.budget.allocate(values: 1)
            }
            values.append(try result?.evaluate(&frame) ?? frame.locals[slot])
        }
        return .list(values)
    }
}

/// `transformMap` and `transformMapEntry`.
final class MapLoopNode: Node {
    let range: any Node
    let condition: (any Node)?
    let result: any Node
    let isMerging: Bool
    let slot: Int
    let price: Int
    let offset: Int32

    init(
        _ range: any Node, _ condition: (any Node)?, _ result: any Node, isMerging: Bool, slot: Int, price: Int,
        at offset: Int32
    ) {
        (self.range, self.condition, self.result) = (range, condition, result)
        (self.isMerging, self.slot, self.price, self.offset) = (isMerging, slot, price, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let visited = try LoopRange(range.evaluate(&frame), at: offset, &frame.budget)
        var table = EntryTable.Builder(capacity: 0)
        for index in 0..<visited.count {
            try frame.budget.spend(price)
            visited.visit(index, slot, true, &frame.locals)
            if let condition, try !condition.test(&frame) { continue }
            let key = frame.locals[slot]
            let value = try result.evaluate(&frame)
            guard isMerging else {
                try insert(key, value, &table, &frame)
                continue
            }
            guard case .map(let entries) = value else {
                throw EvaluationError.noSuchOverload("@mapInsert", value).at(offset)
            }
            for (key, value) in entries.entries { try insert(key, value, &table, &frame) }
        }
        return .map(MapValue(EntryTable(table)))
    }

    private func insert(
        _ key: Value, _ value: Value, _ table: inout EntryTable.Builder, _ frame: inout Frame
    ) throws(EvaluationError) {
        try frame.budget.allocate(values: 2)
        try frame.budget.read(key: key)
        guard key.isLegalKey else {
            throw EvaluationError(.badKey, "unsupported key type: \(key.typeName)", offset: offset)
        }
        guard table.insert(key, value) else {
            throw EvaluationError(.badKey, "insert failed: key \(key.text) already exists", offset: offset)
        }
    }
}
