// SPDX-License-Identifier: Apache-2.0

/// A decimal number of any size: ± digits × 10^exponent, exact.
struct DecimalNumber: Sendable {
    private(set) var isNegative: Bool
    /// Values 0…9 from the highest, none in front being zero; empty for zero.
    private(set) var digits: [UInt8]
    private(set) var exponent: Int

    init(isNegative: Bool = false, digits: some Sequence<UInt8>, exponent: Int = 0) {
        self.digits = Array(digits.drop { $0 == 0 })
        self.isNegative = isNegative && !self.digits.isEmpty
        self.exponent = exponent
    }

    init(_ value: Int64) {
        self.init(isNegative: value < 0, digits: String(value.magnitude).utf8.map { $0 - 0x30 })
    }

    var isZero: Bool { digits.isEmpty }

    /// The same number with the other sign.
    var negated: DecimalNumber { DecimalNumber(isNegative: !isNegative, digits: digits, exponent: exponent) }

    /// The same number without zeros at its end; equal numbers have equal digits and exponents then.
    var reduced: DecimalNumber {
        let zeros = digits.reversed().prefix { $0 == 0 }.count
        return DecimalNumber(
            isNegative: isNegative, digits: digits.dropLast(zeros), exponent: isZero ? 0 : exponent + zeros)
    }

    /// The digits as a whole number, without the exponent; nil when 64 bits do not hold it.
    var unscaled: Int64? {
        var value: Int64 = 0
        for digit in digits {
            // Below zero there is room for one more.
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLow) = product.subtractingReportingOverflow(Int64(digit))
            guard !tooLarge && !tooLow else { return nil }
            value = sum
        }
        return isNegative ? value : value == .min ? nil : -value
    }

    /// The digits as text, with a sign when negative.
    var unscaledText: String {
        (isNegative ? "-" : "") + (isZero ? "0" : String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self))
    }

    /// The same number with another exponent; digits that fall away round it away from zero.
    func scaled(to other: Int) -> DecimalNumber {
        guard other > exponent else {
            let zeros = [UInt8](repeating: 0, count: isZero ? 0 : exponent - other)
            return DecimalNumber(isNegative: isNegative, digits: digits + zeros, exponent: other)
        }
        let lost = digits.suffix(other - exponent)
        let kept = DecimalNumber(
            isNegative: isNegative, digits: digits.dropLast(other - exponent), exponent: other)
        guard lost.contains(where: { $0 != 0 }) else { return kept }
        let one = DecimalNumber(isNegative: isNegative, digits: [1], exponent: other)
        return kept + one
    }

    /// Whether the number has no fraction.
    var isWhole: Bool { reduced.exponent >= 0 }
}

extension DecimalNumber: Comparable, Hashable {
    static func == (a: DecimalNumber, b: DecimalNumber) -> Bool { !(a < b) && !(b < a) }

    static func < (a: DecimalNumber, b: DecimalNumber) -> Bool {
        guard a.isNegative == b.isNegative else { return a.isNegative }
        let (smaller, larger) = a.isNegative ? (b, a) : (a, b)
        // The place of the first digit decides, so that no zeros need to be written for far exponents.
        guard !smaller.isZero && !larger.isZero else { return smaller.isZero && !larger.isZero }
        let (first, second) = (smaller.digits.count + smaller.exponent, larger.digits.count + larger.exponent)
        guard first == second else { return first < second }
        return smaller.reduced.digits.lexicographicallyPrecedes(larger.reduced.digits)
    }

    func hash(into hasher: inout Hasher) {
        let reduced = reduced
        hasher.combine(reduced.isNegative)
        hasher.combine(reduced.digits)
        hasher.combine(reduced.exponent)
    }
}
