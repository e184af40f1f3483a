// SPDX-License-Identifier: Apache-2.0

/// A number as it was written, so that `1.0` stays `1.0` and large integers stay exact.
public struct JSONNumber: Hashable, Sendable {
    /// The text; always a number of RFC 8259 section 6.
    public let text: String

    /// An integer.
    public init(_ value: Int64) { text = String(value) }

    /// Takes a text; nil when it is no JSON number.
    public init?(text: String) {
        let bytes = text.utf8.span
        guard Self.end(of: bytes, from: 0) == bytes.count else { return nil }
        self.text = text
    }

    /// Takes a text that is known to be a JSON number.
    init(checked text: String) { self.text = text }

    /// The value when it is an integer of 64 bits; nil otherwise, also for `1.0`.
    public var int64: Int64? { Int64(text) }

    /// The nearest double; infinite when the number is beyond its range.
    public var double: Double { Double(text) ?? .infinity }

    /// Where the number that starts at an offset ends (RFC 8259 section 6); nil when none starts there.
    static func end(of bytes: Span<UInt8>, from start: Int) -> Int? {
        var offset = start
        func byte() -> UInt8 { offset < bytes.count ? bytes[offset] : 0 }
        func skipDigits() -> Bool {
            let first = offset
            while byte() &- 0x30 < 10 { offset += 1 }
            return offset > first
        }
        if byte() == UInt8(ascii: "-") { offset += 1 }
        if byte() == UInt8(ascii: "0") { offset += 1 } else if !skipDigits() { return nil }
        if byte() == UInt8(ascii: ".") {
            offset += 1
            guard skipDigits() else { return nil }
        }
        if byte() | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if byte() == UInt8(ascii: "+") || byte() == UInt8(ascii: "-") { offset += 1 }
            guard skipDigits() else { return nil }
        }
        return offset
    }
}
