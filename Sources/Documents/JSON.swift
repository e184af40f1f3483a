// SPDX-License-Identifier: Apache-2.0

/// A JSON value as it was written: objects keep their order, numbers their text.
///
/// YAML is read into the same tree. Equality ignores the order of keys, compares numbers by their text, and strings by
/// their code points: `é` written as one and as two of them are different strings.
public enum JSON: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number with its text.
    case number(JSONNumber)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object.
    case object(JSONObject)
}

extension JSON: Hashable {
    /// Whether two values are the same; see `JSON`.
    public static func == (a: JSON, b: JSON) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let a), .bool(let b)): a == b
        case (.number(let a), .number(let b)): a == b
        case (.string(let a), .string(let b)): ExactText(a) == ExactText(b)
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)): a == b
        default: false
        }
    }

    /// Agrees with `==`.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let number): hasher.combine(number)
        case .string(let text): hasher.combine(ExactText(text))
        case .array(let items): hasher.combine(items)
        case .object(let object): hasher.combine(object)
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByBooleanLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An integer.
    public init(integerLiteral value: Int64) { self = .number(JSONNumber(value)) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    /// An object; keys must differ.
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}

extension JSON {
    /// The text of a string; nil for any other value.
    public var string: String? { if case .string(let text) = self { text } else { nil } }
    /// The value of a boolean.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    /// The elements of an array.
    public var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
    /// The members of an object.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    /// The value of a number that is an integer of 64 bits.
    public var int: Int64? { if case .number(let number) = self { number.int64 } else { nil } }
    /// The nearest double of a number.
    public var double: Double? { if case .number(let number) = self { number.double } else { nil } }
    /// The text of a number, as it was written.
    public var numberText: String? { if case .number(let number) = self { number.text } else { nil } }

    /// What kind of value it is, in the words of RFC 8259: `object`, `array`, `string`, `number`, `boolean`, `null`.
    public var kindName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    /// A member of an object; nil when it is missing or this is no object. Setting nil removes it; setting on another
    /// kind of value makes an object of it.
    public subscript(key: String) -> JSON? {
        get { if case .object(let object) = self { object[key] } else { nil } }
        set {
            var object = object ?? JSONObject()
            // Let go of the old value first, or the next line copies every member.
            self = .null
            object[key] = newValue
            self = .object(object)
        }
    }

    /// An element of an array; nil when there is none.
    public subscript(index: Int) -> JSON? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }
}
