// SPDX-License-Identifier: Apache-2.0

extension CELType {
    /// The type of what may also be null; dyn where the language has no such type.
    var orNull: CELType {
        switch self {
        case .bool, .int, .uint, .double, .string, .bytes: .nullable(self)
        case .list, .map, .type: .dyn
        default: self
        }
    }

    /// The type of what is of one of these types: objects with the fields of all, dyn for what differs.
    ///
    /// Takes them all at once, since adding one object after the other to a growing one would be quadratic.
    init(mergedFrom types: [CELType]) {
        let others = types.filter { $0 != .null }
        guard let first = others.first else {
            self = types.isEmpty ? .dyn : .null
            return
        }
        self = others.count == 1 ? first : CELType(merging: first, others)
        if others.count < types.count { self = orNull }
    }

    private init(merging first: CELType, _ types: [CELType]) {
        switch first {
        case .object(let object):
            var fields: [String: [CELType]] = [:], isOpen = false, required = object.required
            for case .object(let type) in types {
                isOpen = isOpen || type.allowsOtherFields
                required.formIntersection(type.required)
                for (name, field) in type.fields { fields[name, default: []].append(field) }
            }
            guard types.allSatisfy({ if case .object = $0 { true } else { false } }) else { break }
            let merged = fields.mapValues { CELType(mergedFrom: $0) }
            self = .object(ObjectType(name: object.name, fields: merged, allowsOtherFields: isOpen, required: required))
            return
        case .list:
            let elements = types.compactMap { type in if case .list(let element) = type { element } else { nil } }
            guard elements.count == types.count else { break }
            self = .list(CELType(mergedFrom: elements))
            return
        case .map(let key, _):
            let values = types.compactMap { type in if case .map(key, let value) = type { value } else { nil } }
            guard values.count == types.count else { break }
            self = .map(key, CELType(mergedFrom: values))
            return
        default:
            if types.allSatisfy({ $0 == first }) {
                self = first
                return
            }
            let plain = types.map { type in if case .nullable(let inner) = type { inner } else { type } }
            if plain.allSatisfy({ $0 == plain[0] }) {
                self = plain[0].orNull
                return
            }
        }
        self = .dyn
    }
}
