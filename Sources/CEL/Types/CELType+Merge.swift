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

    /// The type of what is of one type or the other: objects with the fields of both, dyn for what differs.
    func merged(with other: CELType) -> CELType {
        switch (self, other) {
        case (.object(let a), .object(let b)):
            let fields = a.fields.merging(b.fields) { $0.merged(with: $1) }
            let isOpen = a.allowsOtherFields || b.allowsOtherFields
            return .object(ObjectType(name: a.name, fields: fields, allowsOtherFields: isOpen))
        case (.list(let a), .list(let b)): return .list(a.merged(with: b))
        case (.map(let key, let a), .map(let otherKey, let b)) where key == otherKey:
            return .map(key, a.merged(with: b))
        case (.null, let type), (let type, .null): return type.orNull
        case (.nullable(let a), .nullable(let b)), (.nullable(let a), let b), (let a, .nullable(let b)):
            return a == b ? a.orNull : .dyn
        default: return self == other ? self : .dyn
        }
    }
}
