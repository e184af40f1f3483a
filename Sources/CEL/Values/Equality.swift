// SPDX-License-Identifier: Apache-2.0

internal import Basics

// Equality is total: values of different types are different, numbers compare on one line. cel-spec, “Equality”.
extension Value {
    /// Whether two values are equal, however deep they are.
    ///
    /// - Throws: when the budget ends.
    public func equals(_ other: Value, _ budget: inout Budget) throws(EvaluationError) -> Bool {
        switch (self, other) {
        case (.int(let a), .int(let b)): return a == b
        case (.string(let a), .string(let b)):
            let count = a.utf8.count
            if count >= 256, count == b.utf8.count { try budget.read(bytes: count) }
            return a.hasSameScalars(as: b)
        case (.bool(let a), .bool(let b)): return a == b
        default: return try equalsAnything(other, &budget)
        }
    }

    @inline(never)
    private func equalsAnything(_ other: Value, _ budget: inout Budget) throws(EvaluationError) -> Bool {
        try budget.spend(1)
        switch (self, other) {
        case (.null, .null): return true
        case (.int(let a), .uint(let b)), (.uint(let b), .int(let a)): return a >= 0 && UInt64(a) == b
        case (.int(let a), .double(let b)), (.double(let b), .int(let a)): return a.compare(with: b) == 0
        case (.uint(let a), .uint(let b)): return a == b
        case (.uint(let a), .double(let b)), (.double(let b), .uint(let a)): return a.compare(with: b) == 0
        case (.double(let a), .double(let b)): return a == b
        case (.bytes(let a), .bytes(let b)):
            guard a.count == b.count else { return false }
            try budget.read(bytes: a.count)
            return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        case (.optional(let a), .optional(let b)):
            guard let a, let b else { return a == nil && b == nil }
            return try a.value.equals(b.value, &budget)
        case (.list(let a), .list(let b)): return try a.equals(b, &budget)
        case (.map(let a), .map(let b)): return try a.equals(b, &budget)
        case (.opaque(let a), .opaque(let b)): return Swift.type(of: a) == Swift.type(of: b) && a.isEqual(to: b)
        default: return false
        }
    }
}

extension ListValue {
    fileprivate func equals(_ other: ListValue, _ budget: inout Budget) throws(EvaluationError) -> Bool {
        guard count == other.count else { return false }
        for index in indices {
            try budget.spend(1)
            guard try self[index].equals(other[index], &budget) else { return false }
        }
        return true
    }
}

extension MapValue {
    fileprivate func equals(_ other: MapValue, _ budget: inout Budget) throws(EvaluationError) -> Bool {
        guard count == other.count else { return false }
        for (key, value) in entries {
            try budget.spend(1)
            try budget.read(key: key)
            guard let theirs = other[key], try value.equals(theirs, &budget) else { return false }
        }
        return true
    }
}

extension Int64 {
    /// Below, at or above zero; nil for a NaN. A double within the range is compared with the nearest double.
    func compare(with double: Double) -> Int? {
        if double.isNaN { return nil }
        if double > 0x1p63 { return -1 }
        if double < -0x1p63 { return 1 }
        let own = Double(self)
        return own < double ? -1 : own > double ? 1 : 0
    }
}

extension UInt64 {
    /// Below, at or above zero; nil for a NaN. A double within the range is compared with the nearest double.
    func compare(with double: Double) -> Int? {
        if double.isNaN { return nil }
        if double > 0x1p64 { return -1 }
        if double < 0 { return 1 }
        let own = Double(self)
        return own < double ? -1 : own > double ? 1 : 0
    }
}

/// How two values stand to each other.
public enum Comparison: Sendable {
    /// The order of two values that have one.
    case less, equal, greater
    /// A NaN is among them.
    case unordered

    init(_ order: Int?) {
        guard let order else {
            self = .unordered
            return
        }
        self = order < 0 ? .less : order > 0 ? .greater : .equal
    }

    init<T: Comparable>(_ a: T, _ b: T) { self = a < b ? .less : a == b ? .equal : a > b ? .greater : .unordered }

    var reversed: Comparison { self == .less ? .greater : self == .greater ? .less : self }
}

extension Value {
    /// How two values stand to each other; nil when the language does not order them.
    public func compare(with other: Value) -> Comparison? {
        switch (self, other) {
        case (.int(let a), .int(let b)): Comparison(a, b)
        case (.uint(let a), .uint(let b)): Comparison(a, b)
        case (.double(let a), .double(let b)): Comparison(a, b)
        case (.string(let a), .string(let b)): Comparison(a.compareScalars(with: b))
        case (.int(let a), .uint(let b)): a < 0 ? .less : Comparison(UInt64(a), b)
        case (.uint(let a), .int(let b)): b < 0 ? .greater : Comparison(a, UInt64(b))
        case (.int(let a), .double(let b)): Comparison(a.compare(with: b))
        case (.double(let a), .int(let b)): Comparison(b.compare(with: a)).reversed
        case (.uint(let a), .double(let b)): Comparison(a.compare(with: b))
        case (.double(let a), .uint(let b)): Comparison(b.compare(with: a)).reversed
        case (.bool(let a), .bool(let b)): Comparison((a ? 1 : 0) - (b ? 1 : 0))
        case (.bytes(let a), .bytes(let b)): a == b ? .equal : a.lexicographicallyPrecedes(b) ? .less : .greater
        case (.duration(let a), .duration(let b)): Comparison(a, b)
        case (.timestamp(let a), .timestamp(let b)): Comparison(a, b)
        default: nil
        }
    }
}
