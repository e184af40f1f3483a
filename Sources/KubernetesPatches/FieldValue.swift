// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// A scalar that names an element of a list: an item of a set, or the value of a key of a keyed list.
///
/// Numbers are the same when their values are, however they are written: `1` and `1.0` name one element. The order is
/// that of structured-merge-diff, in which fields are written: numbers, strings by their bytes, booleans, null.
public enum FieldValue: Sendable {
    /// A number without fraction that 64 bits hold.
    case int(Int64)
    /// Any other finite number.
    case float(Double)
    /// A string.
    case string(String)
    /// A boolean.
    case bool(Bool)
    /// `null`.
    case null

    /// The scalar of a JSON value; nil for arrays, objects and numbers beyond the range of a double.
    public init?(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .string(let text): self = .string(text)
        case .number(let number):
            if let value = number.int64 {
                self = .int(value)
            } else {
                let value = number.double
                guard value.isFinite else { return nil }
                self = Int64(exactly: value).map { .int($0) } ?? .float(value)
            }
        case .array, .object: return nil
        }
    }

    /// The value as JSON.
    public var json: JSON {
        switch self {
        case .int(let value): .number(JSONNumber(value))
        // A finite double has a text that is a JSON number.
        case .float(let value): JSONNumber(text: "\(value)").map { .number($0) } ?? .null
        case .string(let text): .string(text)
        case .bool(let value): .bool(value)
        case .null: .null
        }
    }

    private var rank: Int {
        switch self {
        case .int, .float: 0
        case .string: 1
        case .bool: 2
        case .null: 3
        }
    }

    /// Below, at or above zero as this comes before, with or after another.
    func compare(with other: FieldValue) -> Int {
        switch (self, other) {
        case (.int(let a), .int(let b)): a < b ? -1 : a == b ? 0 : 1
        // A float has a fraction or is beyond all integers of 64 bits, so that rounding the integer cannot mislead.
        case (.int(let a), .float(let b)): Double(a) < b ? -1 : 1
        case (.float(let a), .int(let b)): a < Double(b) ? -1 : 1
        case (.float(let a), .float(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.string(let a), .string(let b)): a.compareScalars(with: b)
        case (.bool(let a), .bool(let b)): a == b ? 0 : b ? -1 : 1
        default: rank - other.rank
        }
    }
}

extension FieldValue: Hashable {
    /// Whether two values name the same element.
    public static func == (a: FieldValue, b: FieldValue) -> Bool {
        if case (.string(let a), .string(let b)) = (a, b) { return a.hasSameScalars(as: b) }
        return a.compare(with: b) == 0
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .int(let value): hasher.combine(value)
        case .float(let value): hasher.combine(value)
        case .string(let text): text.hashScalars(into: &hasher)
        case .bool(let value): hasher.combine(value)
        case .null: hasher.combine(0)
        }
    }
}
