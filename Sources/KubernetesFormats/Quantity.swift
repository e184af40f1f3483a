// SPDX-License-Identifier: Apache-2.0

/// An amount of a resource such as `500m`, `1.5Gi` or `12e6`: the `resource.Quantity` of Kubernetes, always exact.
///
/// Two are equal when their values are, whatever their formats.
public struct Quantity: Hashable, Comparable, Sendable {
    /// How an amount is written; arithmetic keeps that of the left side.
    public enum Format: Sendable {
        /// `12e6`
        case decimalExponent
        /// `12Mi`
        case binarySI
        /// `12M`
        case decimalSI
    }

    /// How the amount is written.
    public let format: Format
    let number: DecimalNumber
    /// Whether Kubernetes keeps the amount as a 64-bit number with a decimal exponent; only such amounts are integers
    /// for it.
    let isCompact: Bool

    init(number: DecimalNumber, format: Format, isCompact: Bool) {
        (self.number, self.format, self.isCompact) = (number, format, isCompact)
    }

    /// A whole amount.
    public init(_ value: Int64, format: Format = .decimalSI) {
        self.init(number: DecimalNumber(value), format: format, isCompact: true)
    }

    /// −1, 0 or 1.
    public var sign: Int { number.isZero ? 0 : number.isNegative ? -1 : 1 }

    /// The amount as a whole number; nil where Kubernetes does not give one.
    ///
    /// That is so for fractions and for what 64 bits do not hold, but also for amounts it keeps in another form:
    /// `1000m`, `1.0`, `1.5Gi` and `1Pi`, for instance. `wholeValue` has no such gaps.
    public var asInteger: Int64? { isCompact && number.exponent >= 0 ? wholeValue : nil }

    /// Whether `asInteger` gives a number.
    public var isInteger: Bool { asInteger != nil }

    /// The amount as a whole number; nil for fractions and for what 64 bits do not hold.
    public var wholeValue: Int64? {
        let reduced = number.reduced
        // More than 19 digits cannot fit; saying so early saves writing the zeros of 1e1000.
        guard reduced.exponent >= 0, reduced.digits.count + reduced.exponent <= 19 else { return nil }
        return reduced.scaled(to: 0).unscaled
    }

    /// The nearest double, up to the rounding of one multiplication; infinite beyond the range of doubles.
    public var asApproximateDouble: Double {
        // In two steps, since Kubernetes takes them and the last bit shows it.
        let base = Double(number.unscaledText) ?? 0
        guard number.exponent != 0 && base != 0 else { return base }
        return base * (Double("1e\(number.exponent)") ?? 0)
    }

    /// Whether the values are equal.
    public static func == (a: Quantity, b: Quantity) -> Bool { a.number == b.number }

    /// Whether the value of the left side is smaller.
    public static func < (a: Quantity, b: Quantity) -> Bool { a.number < b.number }

    /// Hashes the value.
    public func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

extension Quantity {
    /// The most digits that an amount may have, before and after the point together.
    static let mostDigits = 2_048

    /// The sum in this format, or in that of the other when this is zero; nil when it has more than 2048 digits.
    public func adding(_ other: Quantity) -> Quantity? {
        let format = number.isZero ? other.format : format
        // Kubernetes adds nothing without looking at the exponents.
        if isCompact && other.isCompact {
            if other.number.isZero { return Quantity(number: number, format: format, isCompact: true) }
            if number.isZero { return Quantity(number: other.number, format: format, isCompact: true) }
        }
        let lowest = min(number.exponent, other.number.exponent)
        let parts = [number, other.number]
        guard parts.allSatisfy({ $0.isZero || $0.digits.count + $0.exponent - lowest <= Self.mostDigits }) else {
            return nil
        }
        let sum = number + other.number
        let fits = sum.unscaled != nil && parts.allSatisfy { $0.scaled(to: lowest).unscaled != nil }
        return Quantity(number: sum, format: format, isCompact: isCompact && other.isCompact && fits)
    }

    /// The difference in this format, or in that of the other when this is zero; nil when it has more than 2048 digits.
    public func subtracting(_ other: Quantity) -> Quantity? {
        adding(Quantity(number: other.number.negated, format: other.format, isCompact: other.isCompact))
    }
}
