// SPDX-License-Identifier: Apache-2.0

extension DecimalNumber {
    /// The exact sum, with the smaller of the exponents.
    static func + (a: DecimalNumber, b: DecimalNumber) -> DecimalNumber {
        let exponent = min(a.exponent, b.exponent)
        let (x, y) = (a.scaled(to: exponent), b.scaled(to: exponent))
        guard x.isNegative != y.isNegative else {
            return DecimalNumber(isNegative: x.isNegative, digits: sum(x.digits, y.digits), exponent: exponent)
        }
        let isXLarger =
            x.digits.count != y.digits.count
            ? x.digits.count > y.digits.count : y.digits.lexicographicallyPrecedes(x.digits)
        let (large, small) = isXLarger ? (x, y) : (y, x)
        return DecimalNumber(
            isNegative: large.isNegative, digits: difference(large.digits, small.digits), exponent: exponent)
    }

    /// The product with a factor below 2^56.
    func multiplied(by factor: UInt64) -> DecimalNumber {
        var product: [UInt8] = []
        var carry: UInt64 = 0
        for digit in digits.reversed() {
            carry += UInt64(digit) * factor
            product.append(UInt8(carry % 10))
            carry /= 10
        }
        while carry > 0 {
            product.append(UInt8(carry % 10))
            carry /= 10
        }
        return DecimalNumber(isNegative: isNegative, digits: product.reversed(), exponent: exponent)
    }

    /// The digits divided by a number below 2^56; nil when something would be left.
    func divided(by divisor: UInt64) -> DecimalNumber? {
        var quotient: [UInt8] = []
        var rest: UInt64 = 0
        for digit in digits {
            rest = rest * 10 + UInt64(digit)
            quotient.append(UInt8(rest / divisor))
            rest %= divisor
        }
        return rest == 0 ? DecimalNumber(isNegative: isNegative, digits: quotient, exponent: exponent) : nil
    }

    private static func sum(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
        let (long, short) = a.count >= b.count ? (a, b) : (b, a)
        var sum: [UInt8] = []
        var carry: UInt8 = 0
        for place in 1...max(long.count, 1) + 1 {
            let column =
                (place <= long.count ? long[long.count - place] : 0)
                + (place <= short.count ? short[short.count - place] : 0) + carry
            sum.append(column % 10)
            carry = column / 10
        }
        return sum.reversed()
    }

    private static func difference(_ large: [UInt8], _ small: [UInt8]) -> [UInt8] {
        var difference: [UInt8] = []
        var borrow: UInt8 = 0
        for place in 1...max(large.count, 1) {
            let above = 10 + (place <= large.count ? large[large.count - place] : 0)
            let column = above - (place <= small.count ? small[small.count - place] : 0) - borrow
            difference.append(column % 10)
            borrow = column < 10 ? 1 : 0
        }
        return difference.reversed()
    }
}
