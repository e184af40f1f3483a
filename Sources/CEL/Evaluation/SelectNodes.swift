// SPDX-License-Identifier: Apache-2.0

extension Value {
    /// A field: the value of a string key. Of an optional's value it is optional, and none where it is missing; where
    /// the optional's value can have no fields that is a failure, unless it is lenient.
    func selecting(_ field: String, isLenient: Bool = true, at offset: Int32) throws(EvaluationError) -> Value {
        switch self {
        case .map(let map):
            guard let value = map[field] else { throw EvaluationError.noSuchKey(.string(field)).at(offset) }
            return value
        case .optional(let wrapped):
            guard let value = wrapped?.value else { return .none }
            switch value {
            case .map, .optional: return value.selectingIfPresent(field)
            default: return isLenient ? .none : try value.selecting(field, at: offset)
            }
        case .list:
            throw EvaluationError(.noSuchOverload, "unsupported index type 'string' in list", offset: offset)
        default:
            throw EvaluationError(
                .noSuchKey, "no such key: \(field); a \(typeName) has no fields", offset: offset)
        }
    }

    /// A field as an optional; none where it, or what could hold it, is missing.
    func selectingIfPresent(_ field: String) -> Value { member(field).map { .some($0) } ?? .none }

    /// A field of a map, or of an optional's map; nil where it, or what could hold it, is missing.
    func member(_ field: String) -> Value? {
        switch self {
        case .map(let map): map[field]
        case .optional(let wrapped): wrapped?.value.member(field)
        default: nil
        }
    }

    /// An element of a list or the value of a key.
    func indexed(by key: Value, at offset: Int32) throws(EvaluationError) -> Value {
        switch self {
        case .list(let list):
            let index = try key.listIndex(at: offset)
            guard index >= 0, index < list.count else { throw EvaluationError.indexOutOfBounds(index).at(offset) }
            return list[Int(index)]
        case .map(let map):
            guard let value = map[key] else {
                if MapKey(key) == nil, case .double = key {
                } else if MapKey(key) == nil {
                    throw EvaluationError(.badKey, "unsupported key type: \(key.typeName)", offset: offset)
                }
                throw EvaluationError.noSuchKey(key).at(offset)
            }
            return value
        case .optional(let wrapped): return try wrapped?.value.indexedIfPresent(by: key, at: offset) ?? .none
        default:
            throw EvaluationError(
                .noSuchOverload, "no such overload: a \(typeName) cannot be indexed", offset: offset)
        }
    }

    /// An element as an optional; none where it is missing.
    func indexedIfPresent(by key: Value, at offset: Int32) throws(EvaluationError) -> Value {
        switch self {
        case .list(let list):
            let index = try key.listIndex(at: offset)
            return index >= 0 && index < list.count ? .some(list[Int(index)]) : .none
        case .map(let map): return map[key].map { .some($0) } ?? .none
        case .optional(let wrapped): return try wrapped?.value.indexedIfPresent(by: key, at: offset) ?? .none
        default: return .none
        }
    }

    /// The index that a number is; a double counts when it is whole.
    private func listIndex(at offset: Int32) throws(EvaluationError) -> Int64 {
        switch self {
        case .int(let index): return index
        case .uint(let index): return Int64(clamping: index)
        case .double(let double):
            if let index = Int64(exactly: double) { return index }
            throw EvaluationError(.invalidArgument, "an index is a whole number, not \(double)", offset: offset)
        default:
            throw EvaluationError(
                .noSuchOverload, "no such overload: the index of a list is an int, not \(typeName)", offset: offset)
        }
    }
}

/// `operand.field`.
final class SelectNode: Node {
    let operand: any Node
    let field: String
    let isLenient: Bool
    let offset: Int32

    init(_ operand: any Node, _ field: String, isLenient: Bool, at offset: Int32) {
        (self.operand, self.field, self.isLenient, self.offset) = (operand, field, isLenient, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try operand.evaluate(&frame).selecting(field, isLenient: isLenient, at: offset)
    }
}

extension Node {
    /// Whether it reads parts of a variable, one after the other. The reference lets `x.?a.b` be none where `a` is a
    /// number and `x` a variable, and fails where `x` is a literal.
    var isPathOfVariable: Bool {
        switch self {
        case is VariableNode, is DynamicNameNode: true
        case let path as PathNode: path.variable != nil
        case let select as SelectNode: select.operand.isPathOfVariable
        case let select as OptionalSelectNode: select.operand.isPathOfVariable
        case let index as IndexNode: index.operand.isPathOfVariable
        default: false
        }
    }
}

/// `operand.?field`.
final class OptionalSelectNode: Node {
    let operand: any Node
    let field: String

    init(_ operand: any Node, _ field: String) { (self.operand, self.field) = (operand, field) }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try operand.evaluate(&frame).selectingIfPresent(field)
    }
}

/// `has(operand.field)`.
final class HasNode: Test {
    let operand: any Node
    let field: String
    let offset: Int32

    init(_ operand: any Node, _ field: String, at offset: Int32) {
        (self.operand, self.field, self.offset) = (operand, field, offset)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let value = try operand.evaluate(&frame)
        switch value {
        case .map(let map): return map[field] != nil
        case .optional:
            if case .optional(let found?) = value.selectingIfPresent(field) { return !found.value.isNone }
            return false
        default:
            throw EvaluationError(
                .noSuchKey, "no such key: \(field); a \(value.typeName) has no fields", offset: offset)
        }
    }
}

extension Value {
    /// Whether it is `optional.none()`.
    var isNone: Bool { if case .optional(nil) = self { true } else { false } }
}

/// `operand[index]`, `operand[?index]`.
final class IndexNode: Node {
    let operand: any Node
    let index: any Node
    let isOptional: Bool
    let offset: Int32

    init(_ operand: any Node, _ index: any Node, isOptional: Bool, at offset: Int32) {
        (self.operand, self.index, self.isOptional, self.offset) = (operand, index, isOptional, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value: Value, key: Value
        do throws(EvaluationError) { value = try operand.evaluate(&frame) } catch {
            throw frame.failure(error, others: [index])
        }
        key = try index.evaluate(&frame)
        try frame.budget.read(key: key)
        return isOptional
            ? try value.indexedIfPresent(by: key, at: offset) : try value.indexed(by: key, at: offset)
    }
}
