// SPDX-License-Identifier: Apache-2.0

/// A value of SQLite's storage classes (https://www.sqlite.org/datatype3.html), but for doubles, which nothing here keeps.
public enum SQLiteValue: Sendable, Equatable {
    /// A signed integer of 64 bits.
    case integer(Int64)
    /// A text.
    case text(String)
    /// Bytes.
    case bytes([UInt8])
    /// Nothing.
    case null

    /// A text, or nothing.
    public static func text(_ text: String?) -> SQLiteValue { text.map { .text($0) } ?? .null }
    /// A number, or nothing.
    public static func integer(_ number: Int64?) -> SQLiteValue { number.map { .integer($0) } ?? .null }
}

extension SQLiteValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByNilLiteral {
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(nilLiteral: ()) { self = .null }
}
