// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What all spans of one trace share: 128 bits, not all zero (W3C Trace Context section 3.2.2.3).
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
    let high: UInt64
    let low: UInt64

    /// An identifier by its halves; nil when both are zero.
    public init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        (self.high, self.low) = (high, low)
    }

    /// 32 lower-case hexadecimal digits, not all zero; nil for anything else.
    public init?(hex text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 32, let high = hexadecimal(digits[..<16]), let low = hexadecimal(digits[16...]) else {
            return nil
        }
        self.init(high: high, low: low)
    }

    /// A random identifier.
    static func random(using generator: inout some RandomNumberGenerator) -> TraceID {
        while true {
            if let id = TraceID(high: generator.next(), low: generator.next()) { return id }
        }
    }

    /// 32 lower-case hexadecimal digits.
    public var description: String { hexadecimal(high) + hexadecimal(low) }
}

/// What names a span within its trace: 64 bits, not all zero.
public struct SpanID: Hashable, Sendable, CustomStringConvertible {
    let bits: UInt64

    /// An identifier by its bits; nil for zero.
    public init?(_ bits: UInt64) {
        guard bits != 0 else { return nil }
        self.bits = bits
    }

    /// 16 lower-case hexadecimal digits, not all zero; nil for anything else.
    public init?(hex text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 16, let bits = hexadecimal(digits[...]) else { return nil }
        self.init(bits)
    }

    /// A random identifier.
    static func random(using generator: inout some RandomNumberGenerator) -> SpanID {
        while true {
            if let id = SpanID(generator.next()) { return id }
        }
    }

    /// 16 lower-case hexadecimal digits.
    public var description: String { hexadecimal(bits) }
}

/// The value of lower-case hexadecimal digits, 16 at the most; nil when there are others.
func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for digit in digits {
        switch digit {
        case 0x30...0x39: value = value << 4 | UInt64(digit - 0x30)
        case 0x61...0x66: value = value << 4 | UInt64(digit - 0x61 + 10)
        default: return nil
        }
    }
    return value
}

/// 16 digits.
private func hexadecimal(_ value: UInt64) -> String {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) }.hex
}
