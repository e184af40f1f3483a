// SPDX-License-Identifier: Apache-2.0

/// A JSON value as it was written: objects keep their order, numbers their text.
///
/// YAML is read into the same tree. Equality ignores the order of keys and compares numbers by their text.
public indirect enum JSON: Hashable, Sendable {
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

/// A number as it was written, so that `1.0` stays `1.0` and large integers stay exact.
public struct JSONNumber: Hashable, Sendable {
    /// The text; always a number of RFC 8259 section 6.
    public let text: String

    /// An integer.
    public init(_ value: Int64) { text = String(value) }

    /// Takes a text; nil when it is no JSON number.
    public init?(text: String) {
        guard Self.isNumber(Array(text.utf8)[...]) else { return nil }
        self.text = text
    }

    /// Takes a text that the parser has checked.
    init(checked text: String) { self.text = text }

    /// The value when it is an integer of 64 bits; nil otherwise, also for `1.0`.
    public var int64: Int64? { Int64(text) }

    /// The nearest double; infinite when the number is beyond its range.
    public var double: Double { Double(text) ?? .infinity }

    /// Whether bytes are a number by the grammar of RFC 8259 section 6.
    static func isNumber(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        func isDigit(_ byte: UInt8?) -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
        func digits() -> Bool {
            guard isDigit(rest.first) else { return false }
            rest = rest.drop { (0x30...0x39).contains($0) }
            return true
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        if rest.first == UInt8(ascii: "0") { rest = rest.dropFirst() } else if !digits() { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            guard digits() else { return false }
        }
        if let e = rest.first, e | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            guard digits() else { return false }
        }
        return rest.isEmpty
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
