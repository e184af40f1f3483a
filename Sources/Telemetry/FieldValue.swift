// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents

/// A value with its type, as logs and spans carry it.
public enum FieldValue: Sendable, Hashable {
    /// A text, from anywhere: it is escaped where it is written.
    case string(String)
    /// An integer.
    case integer(Int)
    /// A number.
    case double(Double)
    /// A truth value.
    case bool(Bool)
    /// A length of time: seconds as a number in JSON and in traces, `1.5ms` in text.
    case duration(Duration)
}

extension FieldValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// An integer.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// A truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension FieldValue {
    /// What people read; a string as it is, not escaped.
    var text: String {
        switch self {
        case .string(let text): text
        case .integer(let value): String(value)
        case .double(let value): goShortest(value)
        case .bool(let value): value ? "true" : "false"
        case .duration(let value): TimeSpan(nanoseconds: value.nanoseconds).goText
        }
    }

    /// What JSON holds without quotes; nil for a string, and for numbers that JSON has no word for.
    var jsonLiteral: String? {
        switch self {
        case .string: nil
        case .integer, .bool: text
        case .double(let value): value.isFinite ? goShortest(value) : nil
        case .duration(let value): goShortest(value / .seconds(1))
        }
    }
}

extension Duration {
    /// Nanoseconds, rounded towards zero; at most what 64 bits hold, 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !whole.overflow else { return seconds < 0 ? .min : .max }
        let sum = whole.partialValue.addingReportingOverflow(attoseconds / 1_000_000_000)
        return sum.overflow ? (seconds < 0 ? .min : .max) : sum.partialValue
    }
}
