// SPDX-License-Identifier: Apache-2.0

public import Chronology

/// A Swift type that a function of a library can take and give.
public protocol ValueConvertible: Sendable {
    /// The type in the language.
    static var type: CELType { get }
    /// Nil when the value is of another type.
    init?(_ value: Value)
    /// The value in the language.
    var value: Value { get }
}

extension Value: ValueConvertible {
    /// Anything.
    public static var type: CELType { .dyn }
    /// The value itself.
    public init?(_ value: Value) { self = value }
    /// The value itself.
    public var value: Value { self }
}

extension Bool: ValueConvertible {
    /// bool
    public static var type: CELType { .bool }
    /// Takes a bool.
    public init?(_ value: Value) { if case .bool(let bool) = value { self = bool } else { return nil } }
    /// A bool.
    public var value: Value { .bool(self) }
}

extension Int64: ValueConvertible {
    /// int
    public static var type: CELType { .int }
    /// Takes an int.
    public init?(_ value: Value) { if case .int(let int) = value { self = int } else { return nil } }
    /// An int.
    public var value: Value { .int(self) }
}

extension UInt64: ValueConvertible {
    /// uint
    public static var type: CELType { .uint }
    /// Takes a uint.
    public init?(_ value: Value) { if case .uint(let uint) = value { self = uint } else { return nil } }
    /// A uint.
    public var value: Value { .uint(self) }
}

extension Double: ValueConvertible {
    /// double
    public static var type: CELType { .double }
    /// Takes a double.
    public init?(_ value: Value) { if case .double(let double) = value { self = double } else { return nil } }
    /// A double.
    public var value: Value { .double(self) }
}

extension String: ValueConvertible {
    /// string
    public static var type: CELType { .string }
    /// Takes a string.
    public init?(_ value: Value) { if case .string(let text) = value { self = text } else { return nil } }
    /// A string.
    public var value: Value { .string(self) }
}

extension [UInt8]: ValueConvertible {
    /// bytes
    public static var type: CELType { .bytes }
    /// Takes bytes.
    public init?(_ value: Value) { if case .bytes(let octets) = value { self = octets } else { return nil } }
    /// Bytes.
    public var value: Value { .bytes(self) }
}

extension ListValue: ValueConvertible {
    /// list(dyn)
    public static var type: CELType { .list(.dyn) }
    /// Takes a list.
    public init?(_ value: Value) { if case .list(let list) = value { self = list } else { return nil } }
    /// A list.
    public var value: Value { .list(self) }
}

extension MapValue: ValueConvertible {
    /// map(dyn, dyn)
    public static var type: CELType { .map(.dyn, .dyn) }
    /// Takes a map.
    public init?(_ value: Value) { if case .map(let map) = value { self = map } else { return nil } }
    /// A map.
    public var value: Value { .map(self) }
}

extension TimeSpan: ValueConvertible {
    /// duration
    public static var type: CELType { .duration }
    /// Takes a duration.
    public init?(_ value: Value) { if case .duration(let span) = value { self = span } else { return nil } }
    /// A duration.
    public var value: Value { .duration(self) }
}

extension Moment: ValueConvertible {
    /// timestamp
    public static var type: CELType { .timestamp }
    /// Takes a timestamp.
    public init?(_ value: Value) { if case .timestamp(let moment) = value { self = moment } else { return nil } }
    /// A timestamp.
    public var value: Value { .timestamp(self) }
}
