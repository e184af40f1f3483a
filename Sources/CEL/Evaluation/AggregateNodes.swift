// SPDX-License-Identifier: Apache-2.0

/// `[a, ?b]`.
final class ListNode: Node {
    let elements: [(node: any Node, isOptional: Bool)]
    let offset: Int32

    init(_ elements: [(node: any Node, isOptional: Bool)], at offset: Int32) {
        (self.elements, self.offset) = (elements, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.budget.allocate(values: elements.count)
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            let value: Value
            do throws(EvaluationError) { value = try element.node.evaluate(&frame) } catch {
                throw frame.failure(error, others: elements[(index + 1)...].map(\.node))
            }
            guard element.isOptional else {
                values.append(value)
                continue
            }
            guard case .optional(let wrapped) = value else {
                throw EvaluationError(
                    .noSuchOverload, "cannot initialize optional list element from non-optional value \(value.text)",
                    offset: offset)
            }
            if let wrapped { values.append(wrapped.value) }
        }
        return .list(values)
    }
}

/// `{a: b, ?c: d}`.
final class MapNode: Node {
    typealias Entry = (key: any Node, value: any Node, isOptional: Bool)
    let entries: [Entry]
    let acceptsAnyKey: Bool
    let offset: Int32

    init(_ entries: [Entry], acceptsAnyKey: Bool, at offset: Int32) {
        (self.entries, self.acceptsAnyKey, self.offset) = (entries, acceptsAnyKey, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try frame.budget.allocate(values: entries.count * 2)
        var table = EntryTable.Builder(capacity: entries.count)
        for (index, entry) in entries.enumerated() {
            let key: Value, value: Value
            do throws(EvaluationError) { key = try entry.key.evaluate(&frame) } catch {
                throw frame.failure(error, others: [entry.value] + rest(after: index))
            }
            do throws(EvaluationError) { value = try entry.value.evaluate(&frame) } catch {
                throw frame.failure(error, others: rest(after: index))
            }
            guard key.isLegalKey || acceptsAnyKey && MapKey(key) != nil else {
                throw EvaluationError(.badKey, "unsupported key type: \(key.typeName)", offset: offset)
            }
            try frame.budget.read(key: key)
            var present = value
            if entry.isOptional {
                guard case .optional(let wrapped) = value else {
                    throw EvaluationError(
                        .noSuchOverload,
                        "cannot initialize optional entry '\(key.text)' from non-optional value \(value.text)",
                        offset: offset)
                }
                guard let wrapped else { continue }
                present = wrapped.value
            }
            if acceptsAnyKey {
                table.set(key, present)
                continue
            }
            guard table.insert(key, present) else {
                throw EvaluationError(.badKey, "Failed with repeated key: \(key.text)", offset: offset)
            }
        }
        return .map(MapValue(EntryTable(table)))
    }

    private func rest(after index: Int) -> [any Node] { entries[(index + 1)...].flatMap { [$0.key, $0.value] } }
}

extension Value {
    /// Whether a map may have it as a key: int, uint, bool or string.
    var isLegalKey: Bool {
        switch self {
        case .int, .uint, .bool, .string: true
        default: false
        }
    }
}

/// `name.of.Type{field: value}`.
final class MessageNode: Node {
    typealias Field = (name: String, value: any Node, isOptional: Bool)
    let type: MessageType
    let fields: [Field]
    let offset: Int32

    init(_ type: MessageType, _ fields: [Field], at offset: Int32) {
        (self.type, self.fields, self.offset) = (type, fields, offset)
    }

    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        var values: [String: Value] = [:]
        for (index, field) in fields.enumerated() {
            var value: Value
            do throws(EvaluationError) { value = try field.value.evaluate(&frame) } catch {
                throw frame.failure(error, others: fields[(index + 1)...].map(\.value))
            }
            if field.isOptional {
                guard case .optional(let wrapped) = value else {
                    throw EvaluationError(
                        .noSuchOverload, "cannot initialize optional field '\(field.name)' from non-optional value",
                        offset: offset)
                }
                guard let wrapped else { continue }
                value = wrapped.value
            }
            values[field.name] = value
        }
        do throws(EvaluationError) { return try type.value(of: values) } catch { throw error.at(offset) }
    }
}
