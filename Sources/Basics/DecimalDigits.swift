// SPDX-License-Identifier: Apache-2.0

/// The decimal digits of a finite number without its sign: 0.d₁d₂… × 10^point; none for zero.
struct DecimalDigits {
    /// Values 0…9, neither starting nor ending with zero.
    private var digits: [UInt8]
    /// Where the decimal point stands, counted from the first digit; 0 for zero.
    private(set) var point: Int

    /// The fewest digits that are read back as the same number.
    init(shortest value: Double) {
        // The standard library prints exactly these digits, in a layout of its own: `1234.5`, `1e-05`, `1.5e+16`.
        let text = value.magnitude.description.utf8
        let mantissa = text.prefix { $0 != UInt8(ascii: "e") }
        let exponent = Int(Substring(text.dropFirst(mantissa.count + 1))) ?? 0
        let whole = mantissa.prefix { $0 != UInt8(ascii: ".") }
        let all = Array(mantissa).filter { $0 != UInt8(ascii: ".") }.map { $0 - 0x30 }
        self.init(all, point: whole.count + exponent)
    }

    /// All digits of the binary value, up to 767 of them.
    init(exact value: Double) {
        let magnitude = value.magnitude
        // value = significand × 2^power
        let fraction = magnitude.significandBitPattern
        let isSmall = magnitude.exponentBitPattern == 0
        let significand = isSmall ? fraction : fraction | 1 << 52
        let power = (isSmall ? 1 : Int(magnitude.exponentBitPattern)) - 1075
        var number = DecimalInteger(significand)
        if power >= 0 {
            number.multiply(by: 2, times: power)
            self.init(number.digits, point: number.digits.count)
        } else {
            // x / 2^n is x × 5^n / 10^n, and that division only moves the point.
            number.multiply(by: 5, times: -power)
            self.init(number.digits, point: number.digits.count + power)
        }
    }

    private init(_ all: [UInt8], point: Int) {
        let zeros = all.prefix { $0 == 0 }.count
        digits = Array(all.dropFirst(zeros))
        self.point = point - zeros
        trim()
    }

    /// The number of digits.
    var count: Int { digits.count }
    /// The number of digits after the point.
    var decimals: Int { max(0, digits.count - point) }

    /// Keeps the first so many digits; an exact half goes to the even digit.
    mutating func round(to kept: Int) {
        guard kept < digits.count else { return }
        guard kept >= 0 else {
            (digits, point) = ([], 0)
            return
        }
        let isHalf = digits[kept] == 5 && kept + 1 == digits.count
        let goesUp = isHalf ? kept > 0 && digits[kept - 1] % 2 == 1 : digits[kept] >= 5
        digits.removeSubrange(kept...)
        if goesUp {
            while digits.last == 9 { digits.removeLast() }
            if let last = digits.indices.last { digits[last] += 1 } else { (digits, point) = ([1], point + 1) }
        }
        trim()
    }

    /// The number with so many decimals; digits after them are left out.
    func plain(decimals: Int) -> String {
        let whole = point > 0 ? (0..<point).map(digit) : [0x30]
        let fraction = (0..<decimals).map { digit(point + $0) }
        return String(decoding: fraction.isEmpty ? whole : whole + [0x2E] + fraction, as: UTF8.self)
    }

    /// One digit, so many decimals, and an exponent with a sign and two digits at least.
    func scientific(_ decimals: Int) -> String {
        let fraction = decimals > 0 ? [0x2E] + (1...decimals).map(digit) : []
        let exponent = digits.isEmpty ? 0 : point - 1
        let sign = exponent < 0 ? "-" : "+"
        let size = (exponent.magnitude < 10 ? "0" : "") + String(exponent.magnitude)
        return String(decoding: [digit(0)] + fraction, as: UTF8.self) + "e\(sign)\(size)"
    }

    private func digit(_ index: Int) -> UInt8 { digits.indices.contains(index) ? digits[index] + 0x30 : 0x30 }

    private mutating func trim() {
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty { point = 0 }
    }
}

/// A whole number in pieces of nine decimal digits, the lowest first.
private struct DecimalInteger {
    private var pieces: [UInt64]

    init(_ value: UInt64) {
        pieces = [value % 1_000_000_000, value / 1_000_000_000]
    }

    /// Multiplies by 2 or 5, `times` over.
    mutating func multiply(by factor: UInt64, times: Int) {
        // 5^12 and 2^12 times a piece and a carry stay far below 2^64.
        var left = times
        while left > 0 {
            let step = min(left, 12)
            multiply(by: (0..<step).reduce(1) { product, _ in product * factor })
            left -= step
        }
    }

    private mutating func multiply(by factor: UInt64) {
        var carry: UInt64 = 0
        for index in pieces.indices {
            (carry, pieces[index]) = (pieces[index] * factor + carry).quotientAndRemainder(dividingBy: 1_000_000_000)
        }
        if carry > 0 { pieces.append(carry) }
    }

    /// The digits from the highest, with zeros in front to full pieces.
    var digits: [UInt8] {
        pieces.reversed().flatMap { piece in
            let text = Array(String(piece).utf8).map { $0 - 0x30 }
            return [UInt8](repeating: 0, count: 9 - text.count) + text
        }
    }
}
