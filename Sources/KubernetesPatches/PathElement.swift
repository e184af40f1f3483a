// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// One step from an object to a place in it.
public enum PathElement: Sendable {
    /// A member of an object.
    case field(String)
    /// The element of a keyed list whose keys have these values; sorted by name.
    case key([KeyField])
    /// The element of a set that is this value.
    case value(FieldValue)
    /// The element of a list at a position; read, never made.
    case index(Int)

    /// A key of an element and its value.
    public struct KeyField: Hashable, Sendable {
        /// The name of the key.
        public let name: String
        /// Its value.
        public let value: FieldValue

        /// A key and its value.
        public init(_ name: String, _ value: FieldValue) { (self.name, self.value) = (name, value) }

        /// Whether name and value are the same.
        public static func == (a: KeyField, b: KeyField) -> Bool {
            a.name.hasSameScalars(as: b.name) && a.value == b.value
        }

        /// Agrees with `==`.
        public func hash(into hasher: inout Hasher) {
            name.hashScalars(into: &hasher)
            hasher.combine(value)
        }

        func compare(with other: KeyField) -> Int {
            let order = name.compareScalars(with: other.name)
            return order != 0 ? order : value.compare(with: other.value)
        }
    }

    /// The element of a keyed list whose keys have these values, in any order.
    public static func key(unsorted fields: [KeyField]) -> PathElement {
        guard fields.count > 1 else { return .key(fields) }
        return .key(fields.sorted { $0.name.precedesByScalars($1.name) })
    }

    private var rank: Int {
        switch self {
        case .field: 0
        case .key: 1
        case .value: 2
        case .index: 3
        }
    }

    /// Below, at or above zero as this comes before, with or after another: fields, keys, values, positions.
    func compare(with other: PathElement) -> Int {
        switch (self, other) {
        case (.field(let a), .field(let b)): return a.compareScalars(with: b)
        case (.key(let a), .key(let b)):
            for (one, another) in zip(a, b) {
                let order = one.compare(with: another)
                if order != 0 { return order }
            }
            return a.count - b.count
        case (.value(let a), .value(let b)): return a.compare(with: b)
        case (.index(let a), .index(let b)): return a < b ? -1 : a == b ? 0 : 1
        default: return rank - other.rank
        }
    }
}

extension PathElement: Hashable, Comparable {
    /// Whether both are the same step.
    public static func == (a: PathElement, b: PathElement) -> Bool {
        switch (a, b) {
        case (.field(let a), .field(let b)): a.hasSameScalars(as: b)
        case (.key(let a), .key(let b)): a == b
        case (.value(let a), .value(let b)): a == b
        case (.index(let a), .index(let b)): a == b
        default: false
        }
    }

    /// The order in which fields are written.
    public static func < (a: PathElement, b: PathElement) -> Bool { a.compare(with: b) < 0 }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .field(let name): name.hashScalars(into: &hasher)
        case .key(let fields): hasher.combine(fields)
        case .value(let value): hasher.combine(value)
        case .index(let index): hasher.combine(index)
        }
    }
}
