// SPDX-License-Identifier: Apache-2.0

/// What it means to ask a value that can have no parts whether it has one: `has(1.a)`, `1.?a`.
enum BadPresenceTest {
    /// A failure, as the specification has it.
    case fails
    /// The part is missing, as cel-go has it unless told otherwise.
    case isMissing
}

extension Value {
    /// A field: the value of a string key. Of an optional's value it is optional, and none where it is missing.
    func selecting(
        _ field: String, _ bad: BadPresenceTest, at offset: Int32
    ) throws(EvaluationError) -> Value {
        switch self {
        case .map(let map):
            guard let value = map[field] else { throw EvaluationError.noSuchKey(.string(field)).at(offset) }
            return value
        case .optional: return try selectingIfPresent(field, bad, at: offset)
        default: throw hasNoFields(field).at(offset)
        }
    }

    /// A field as an optional; none where it is missing.
    func selectingIfPresent(
        _ field: String, _ bad: BadPresenceTest, at offset: Int32
    ) throws(EvaluationError) -> Value {
        if let member = try member(field, bad, at: offset) { return .some(member) }
        return .none
    }

    /// A field of a map, or of an optional's map; nil where it is missing.
    func member(
        _ field: String, _ bad: BadPresenceTest, at offset: Int32
    ) throws(EvaluationError) -> Value? {
        switch self {
        case .map(let map): return map[field]
        case .optional(let wrapped): return try wrapped?.value.member(field, bad, at: offset)
        case .list: throw hasNoFields(field).at(offset)
        default:
            if bad == .isMissing { return nil }
            throw hasNoFields(field).at(offset)
        }
    }

    private func hasNoFields(_ field: String) -> EvaluationError {
        if case .list = self { return EvaluationError(.noSuchOverload, "unsupported index type 'string' in list") }
        return EvaluationError(.noSuchKey, "no such key: \(field); a value of type \(typeName) has no fields")
    }

    /// An element of a list or the value of a key.
    func indexed(by key: Value, _ bad: BadPresenceTest, at offset: Int32) throws(EvaluationError) -> Value {
        switch self {
        case .list(let list):
            let index = try key.listIndex(at: offset)
            guard index >= 0, index < list.count else { throw EvaluationError.indexOutOfBounds(index).at(offset) }
            return list[Int(index)]
        case .map(let map):
            guard let value = map[key] else {
                guard MapKey(key) != nil else {
                    throw EvaluationError(.badKey, "unsupported key type: \(key.typeName)", offset: offset)
                }
                throw EvaluationError.noSuchKey(key).at(offset)
            }
            return value
        case .optional: return try indexedIfPresent(by: key, bad, at: offset)
        default:
            throw EvaluationError(
                .noSuchOverload, "no such overload: a value of type \(typeName) cannot be indexed", offset: offset)
        }
    }

    /// An element as an optional; none where it is missing.
    func indexedIfPresent(
        by key: Value, _ bad: BadPresenceTest, at offset: Int32
    ) throws(EvaluationError) -> Value {
        switch self {
        case .list(let list):
            let index = try key.listIndex(at: offset)
            return index >= 0 && index < list.count ? .some(list[Int(index)]) : .none
        case .map(let map): return map[key].map { .some($0) } ?? .none
        case .optional(let wrapped): return try wrapped?.value.indexedIfPresent(by: key, bad, at: offset) ?? .none
        default:
            if bad == .isMissing { return .none }
            throw EvaluationError(
                .noSuchKey, "no such key: \(key.text); a value of type \(typeName) has no parts", offset: offset)
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
    let bad: BadPresenceTest
    let offset: Int32

    init(_ operand: any Node, _ field: String, _ bad: BadPresenceTest, at offset: Int32) {
        (self.operand, self.field, self.bad, self.offset) = (operand, field, bad, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try operand.evaluate(&frame).selecting(field, bad, at: offset)
    }
}

/// `operand.?field`.
final class OptionalSelectNode: Node {
    let operand: any Node
    let field: String
    let bad: BadPresenceTest
    let offset: Int32

    init(_ operand: any Node, _ field: String, _ bad: BadPresenceTest, at offset: Int32) {
        (self.operand, self.field, self.bad, self.offset) = (operand, field, bad, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try operand.evaluate(&frame).selectingIfPresent(field, bad, at: offset)
    }
}

/// `has(operand.field)`.
final class HasNode: Test {
    let operand: any Node
    let field: String
    let bad: BadPresenceTest
    let offset: Int32

    init(_ operand: any Node, _ field: String, _ bad: BadPresenceTest, at offset: Int32) {
        (self.operand, self.field, self.bad, self.offset) = (operand, field, bad, offset)
    }

    func test(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        let value = try operand.evaluate(&frame)
        guard let member = try value.member(field, bad, at: offset) else { return false }
        if case .optional = value, case .optional(nil) = member { return false }
        return true
    }
}

/// `operand[index]`, `operand[?index]`.
final class IndexNode: Node {
    let operand: any Node
    let index: any Node
    let isOptional: Bool
    let bad: BadPresenceTest
    let offset: Int32

    init(_ operand: any Node, _ index: any Node, isOptional: Bool, _ bad: BadPresenceTest, at offset: Int32) {
        (self.operand, self.index, self.isOptional) = (operand, index, isOptional)
        (self.bad, self.offset) = (bad, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        let value: Value, key: Value
        do throws(EvaluationError) { value = try operand.evaluate(&frame) } catch {
            throw frame.failure(error, others: [index])
        }
        key = try index.evaluate(&frame)
        return isOptional
            ? try value.indexedIfPresent(by: key, bad, at: offset) : try value.indexed(by: key, bad, at: offset)
    }
}
