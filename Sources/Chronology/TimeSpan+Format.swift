// SPDX-License-Identifier: Apache-2.0

extension TimeSpan {
    /// Decimal seconds without exponent and trailing zeros, as cel-go writes spans: `3661.5s`, `0s`, `-0.001s`.
    ///
    /// cel-go goes through a double, so spans of more than about 16 digits are near what they were, not equal:
    /// `9223372036.854776s`. `goText` is exact.
    public var secondsText: String {
        // Below 0.1 ms the description of a double has an exponent, and five digits are exact anyway.
        guard nanoseconds.magnitude >= 100_000 else {
            return "\(nanoseconds < 0 ? "-" : "")0\(fractionText(nanoseconds.magnitude, digits: 9))s"
        }
        let (whole, rest) = nanoseconds.quotientAndRemainder(dividingBy: nanosecondsPerSecond)
        let text = (Double(whole) + Double(rest) / 1e9).description
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "s"
    }

    /// As Go's `Duration.String` writes it: `1h1m1.5s`, `1.5ms`, `100ns`, `0s`.
    public var goText: String {
        let sign = nanoseconds < 0 ? "-" : ""
        let length = nanoseconds.magnitude
        // Below a second Go changes to a smaller unit, so that the number has a digit before the point.
        let small: (size: UInt64, digits: Int, name: String)? =
            switch length {
            case 0: nil
            case ..<1_000: (1, 0, "ns")
            case ..<1_000_000: (1_000, 3, "µs")
            case ..<1_000_000_000: (1_000_000, 6, "ms")
            default: nil
            }
        if let small {
            let fraction = fractionText(length % small.size, digits: small.digits)
            return "\(sign)\(length / small.size)\(fraction)\(small.name)"
        }
        let (seconds, rest) = length.quotientAndRemainder(dividingBy: 1_000_000_000)
        let hours = seconds >= 3600 ? "\(seconds / 3600)h" : ""
        let minutes = seconds >= 60 ? "\(seconds / 60 % 60)m" : ""
        return "\(sign)\(hours)\(minutes)\(seconds % 60)\(fractionText(rest, digits: 9))s"
    }
}

/// A fraction of so many digits with its point and without trailing zeros; empty for zero.
func fractionText(_ value: UInt64, digits: Int) -> String {
    guard value > 0 else { return "" }
    var text = padded(value, digits)
    while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
    return "." + text
}

/// A number with leading zeros up to a width.
func padded(_ value: some BinaryInteger, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}
