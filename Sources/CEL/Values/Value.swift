// SPDX-License-Identifier: Apache-2.0

public import Chronology

/// What an expression yields and what it reads.
///
/// Values never change. Lists and maps may be views of a document, so that asking a large object for one field copies
/// nothing. Strings are sequences of Unicode scalars: two strings are equal when their scalars are, whatever Unicode
/// calls equivalent.
public enum Value: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// 64 bits with a sign.
    case int(Int64)
    /// 64 bits without a sign.
    case uint(UInt64)
    /// IEEE 754 with 64 bits.
    case double(Double)
    /// Unicode scalars.
    case string(String)
    /// Octets.
    case bytes([UInt8])
    /// A span of time.
    case duration(TimeSpan)
    /// A moment.
    case timestamp(Moment)
    /// Values in a row.
    case list(ListValue)
    /// Values by key.
    case map(MapValue)
    /// A value that may be missing; nil is `optional.none()`.
    case optional(Wrapped?)
    /// A type, by its name.
    case type(String)
    /// A value of a library.
    case opaque(any OpaqueValue)
}

/// The value inside an optional.
public final class Wrapped: Sendable {
    /// What is there.
    public let value: Value

    /// Holds a value.
    public init(_ value: Value) { self.value = value }
}

/// A value that a library brings: a quantity, an address, a version.
public protocol OpaqueValue: AnyObject, Sendable {
    /// Its type; the name is what `type(x)` yields.
    static var type: CELType { get }
    /// Whether two values of this type are the same; `other` is of this type.
    func isEqual(to other: any OpaqueValue) -> Bool
    /// What `string(x)` and error texts show.
    var text: String { get }
}

extension Value {
    /// A list of values.
    public static func list(_ values: [Value]) -> Value { .list(ListValue(values)) }
    /// An optional that holds a value.
    public static func some(_ value: Value) -> Value { .optional(Wrapped(value)) }
    /// An optional that holds nothing.
    public static let none = Value.optional(nil)

    /// The name of the value's type, as `type(x)` yields it.
    public var typeName: String {
        switch self {
        case .null: "null_type"
        case .bool: "bool"
        case .int: "int"
        case .uint: "uint"
        case .double: "double"
        case .string: "string"
        case .bytes: "bytes"
        case .duration: "google.protobuf.Duration"
        case .timestamp: "google.protobuf.Timestamp"
        case .list: "list"
        case .map: "map"
        case .optional: "optional_type"
        case .type: "type"
        case .opaque(let value): Swift.type(of: value).type.name
        }
    }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// An int.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// A double.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// A list.
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
    /// A map; of a key that is given twice the last counts.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self = .map(MapValue(elements.map { (.string($0), $1) }))
    }
}
