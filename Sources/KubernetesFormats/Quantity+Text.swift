// SPDX-License-Identifier: Apache-2.0

extension Quantity: CustomStringConvertible {
    /// The canonical text: no fraction, and the largest suffix that allows that.
    ///
    /// Binary amounts below 1024 and with fractions are written in decimals; so are decimal amounts without a suffix of
    /// their own, such as `1e21`.
    public var description: String {
        guard !number.isZero else { return "0" }
        if format == .binarySI && number.isWhole && !isBelow1024 { return binaryText }
        let reduced = number.reduced
        let rounded = reduced.exponent - (reduced.exponent % 3 + 3) % 3
        let digits = reduced.scaled(to: rounded).unscaledText
        let suffix = decimalSuffixes.first { $0.exponent == rounded }?.name
        guard format != .decimalExponent, let suffix else { return rounded == 0 ? digits : "\(digits)e\(rounded)" }
        return digits + suffix
    }

    private var isBelow1024: Bool { number < DecimalNumber(1024) && DecimalNumber(-1024) < number }

    private var binaryText: String {
        var rest = number.reduced.scaled(to: 0)
        var power = 0
        while power < binarySuffixes.count - 1, let quotient = rest.divided(by: 1024) {
            (rest, power) = (quotient, power + 1)
        }
        return rest.unscaledText + binarySuffixes[power]
    }
}
