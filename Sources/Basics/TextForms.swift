// SPDX-License-Identifier: Apache-2.0

/// A number of bytes that reads well: `812 B`, `4.0 MiB`, `1.25 GiB`.
public struct ByteCount: Hashable, Sendable, CustomStringConvertible {
    /// The number of bytes.
    public let bytes: Int64
    /// Wraps a number of bytes.
    public init(_ bytes: Int64) { self.bytes = bytes }

    /// Binary units, three significant digits.
    public var description: String {
        guard bytes >= 1024 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = "B"
        for next in ["KiB", "MiB", "GiB", "TiB", "PiB"] where value >= 1024 {
            (value, unit) = (value / 1024, next)
        }
        let digits = value < 10 ? 2 : value < 100 ? 1 : 0
        return "\(decimal(value, digits: digits)) \(unit)"
    }

    /// Parses `512`, `10MiB`, `4 GiB`, `1.5MB`; nil when the text is none of these.
    public init?(parsing text: String) {
        let factors: [(String, Double)] = [
            ("kib", 1024), ("mib", 1_048_576), ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
            ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("k", 1024), ("m", 1_048_576), ("g", 1_073_741_824),
            ("b", 1),
        ]
        let lower = text.lowercased().filter { $0 != " " }
        let match = factors.first { lower.hasSuffix($0.0) }
        guard let number = Double(match.map { String(lower.dropLast($0.0.count)) } ?? lower),
            number >= 0, number * (match?.1 ?? 1) < 9e18
        else { return nil }
        bytes = Int64(number * (match?.1 ?? 1))
    }
}

/// A number with a fixed count of decimals, rounded to nearest; `.` whatever the locale says.
public func decimal(_ value: Double, digits: Int) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int64((abs(value) * scale).rounded())
    let whole = scaled / Int64(scale)
    let sign = value < 0 && scaled != 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let fraction = String(scaled % Int64(scale))
    return "\(sign)\(whole).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
}

extension Sequence where Element == UInt8 {
    /// The bytes as lower-case hexadecimal digits.
    public var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Decodes hexadecimal digits of either case; nil when the text is odd or holds another character.
    public init?(hex text: some StringProtocol) {
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in text.utf8 {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = character - UInt8(ascii: "A") + 10
            default: return nil
            }
            if let first = high.take() { bytes.append(first << 4 | digit) } else { high = digit }
        }
        guard high == nil else { return nil }
        self = bytes
    }
}

extension StringProtocol {
    /// The text without blanks, tabs and line ends at both ends.
    public var trimmed: String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let bytes = Substring(self).utf8
        guard let first = bytes.firstIndex(where: { !isSpace($0) }),
            let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(Substring(bytes[first...last]))
    }
}
