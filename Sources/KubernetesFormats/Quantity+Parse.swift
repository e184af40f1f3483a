// SPDX-License-Identifier: Apache-2.0

extension Quantity {
    /// Parses a decimal number with one of the suffixes `n u m k M G T P E`, `Ki Mi Gi Ti Pi Ei`, or an exponent such
    /// as `e3`; nil for anything else.
    ///
    /// As Kubernetes does, amounts finer than a billionth are rounded away from zero, and binary amounts end at
    /// 2^63 − 1. Texts have 1000 characters at most, and exponents 1000 at most.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 1_000 else { return nil }
        var rest = bytes[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction = rest.prefix(0)
        if rest.first == UInt8(ascii: ".") {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty,
            let suffix = Suffix(String(decoding: rest, as: UTF8.self))
        else { return nil }
        let digits = (whole + fraction).map { $0 - 0x30 }
        let number = DecimalNumber(isNegative: isNegative, digits: digits, exponent: -fraction.count)
        let length = max(1, whole.drop { $0 == 0x30 }.count) + fraction.count
        switch suffix {
        case .decimal(let exponent, let format):
            let shifted = DecimalNumber(
                isNegative: isNegative, digits: digits, exponent: number.exponent + exponent)
            let isCompact = length <= 18 && shifted.exponent >= -9
            self.init(number: isCompact ? shifted : shifted.inBillionths, format: format, isCompact: isCompact)
        case .binary(let power):
            let product = (0..<power).reduce(number) { product, _ in product.multiplied(by: 1024) }
            // Kubernetes multiplies in 64 bits when 15 digits are enough by its estimate.
            if fraction.isEmpty && length + power * 3 + 1 <= 15 {
                self.init(number: product, format: .binarySI, isCompact: true)
                return
            }
            let limited = product.inBillionths.limited
            let isSmall = !limited.isZero && limited < DecimalNumber(1) && DecimalNumber(-1) < limited
            self.init(number: limited, format: isSmall ? .decimalSI : .binarySI, isCompact: false)
        }
    }
}

extension DecimalNumber {
    /// The number with nine decimals, rounded away from zero; zero has none.
    fileprivate var inBillionths: DecimalNumber { isZero ? DecimalNumber(0) : scaled(to: -9) }

    /// The number, or the largest one of 64 bits with its sign.
    fileprivate var limited: DecimalNumber {
        let most = DecimalNumber(.max)
        return self > most ? most : self < most.negated ? most.negated : self
    }
}

/// What stands behind the number.
private enum Suffix {
    case decimal(exponent: Int, Quantity.Format)
    /// A power of 1024.
    case binary(power: Int)

    init?(_ text: String) {
        if let exponent = decimalSuffixes.first(where: { $0.name == text })?.exponent {
            self = .decimal(exponent: exponent, .decimalSI)
        } else if let power = binarySuffixes.firstIndex(of: text), power > 0 {
            self = .binary(power: power)
        } else {
            var rest = Array(text.utf8)[...]
            guard let mark = rest.popFirst(), mark | 0x20 == UInt8(ascii: "e") else { return nil }
            let isNegative = rest.first == UInt8(ascii: "-")
            if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
            let digits = rest.drop { $0 == 0x30 }
            guard !rest.isEmpty, rest.allSatisfy(isDigit), digits.count <= 4 else { return nil }
            let exponent = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
            guard exponent <= 1_000 else { return nil }
            self = .decimal(exponent: isNegative ? -exponent : exponent, .decimalExponent)
        }
    }
}

let decimalSuffixes = [
    (name: "n", exponent: -9), (name: "u", exponent: -6), (name: "m", exponent: -3), (name: "", exponent: 0),
    (name: "k", exponent: 3), (name: "M", exponent: 6), (name: "G", exponent: 9), (name: "T", exponent: 12),
    (name: "P", exponent: 15), (name: "E", exponent: 18),
]

/// By the power of 1024.
let binarySuffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

/// Whether a byte is an ASCII digit.
func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
