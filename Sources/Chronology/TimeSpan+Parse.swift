// SPDX-License-Identifier: Apache-2.0

extension TimeSpan {
    /// Parses what Go's `time.ParseDuration` accepts, such as `300ms`, `-1.5h` or `2h45m`; nil for anything else.
    ///
    /// A sign is optional; then `0`, or numbers with an optional fraction, each with one of the units
    /// `ns us µs μs ms s m h`. A span that 64 bits of nanoseconds do not hold is nil.
    public init?(go text: String) {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        guard !rest.isEmpty else { return nil }
        // The magnitude of Int64.min is allowed until the sign is known, hence unsigned sums up to 2^63.
        var total: UInt64 = 0
        if rest.count == 1, rest.first == UInt8(ascii: "0") { rest = [] }
        while !rest.isEmpty {
            guard let part = Self.leadingPart(&rest), part <= 1 << 63 - total else { return nil }
            total += part
        }
        if isNegative {
            nanoseconds = Int64(truncatingIfNeeded: 0 &- total)
        } else {
            guard let positive = Int64(exactly: total) else { return nil }
            nanoseconds = positive
        }
    }

    /// Takes one number with its unit off the front, as nanoseconds up to 2^63.
    private static func leadingPart(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var hasDigits = false
        var whole: UInt64 = 0
        while let digit = decimalDigit(rest.first) {
            guard whole <= (1 << 63) / 10, whole * 10 + digit <= 1 << 63 else { return nil }
            (whole, hasDigits) = (whole * 10 + digit, true)
            rest.removeFirst()
        }
        var fraction: UInt64 = 0, scale = 1.0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            var isFull = false
            while let digit = decimalDigit(rest.first) {
                // Digits that no longer fit are below a nanosecond in every unit.
                isFull = isFull || fraction > UInt64(Int64.max) / 10 || fraction * 10 + digit > 1 << 63
                if !isFull { (fraction, scale) = (fraction * 10 + digit, scale * 10) }
                hasDigits = true
                rest.removeFirst()
            }
        }
        let name = rest.prefix { decimalDigit($0) == nil && $0 != UInt8(ascii: ".") }
        rest = rest.dropFirst(name.count)
        guard hasDigits, let unit = units[Array(name)] else { return nil }
        guard whole <= (1 << 63) / unit else { return nil }
        // Go multiplies fractions in floating point; the last nanosecond of a text depends on it.
        let sum = whole * unit + UInt64(Double(fraction) * (Double(unit) / scale))
        return sum <= 1 << 63 ? sum : nil
    }

    private static let units: [[UInt8]: UInt64] = [
        Array("ns".utf8): 1, Array("us".utf8): 1_000, Array("\u{B5}s".utf8): 1_000, Array("\u{3BC}s".utf8): 1_000,
        Array("ms".utf8): 1_000_000, Array("s".utf8): 1_000_000_000, Array("m".utf8): 60_000_000_000,
        Array("h".utf8): 3_600_000_000_000,
    ]
}

/// The value of an ASCII digit.
func decimalDigit(_ byte: UInt8?) -> UInt64? {
    guard let byte, (0x30...0x39).contains(byte) else { return nil }
    return UInt64(byte - 0x30)
}
