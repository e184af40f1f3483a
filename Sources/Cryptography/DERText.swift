// SPDX-License-Identifier: Apache-2.0

/// The few shapes of DER (X.690) that keys and signatures have, written and read by hand: both are fixed by their
/// standards, and what is not exactly that is refused.
enum DERText {
    static let integerTag: UInt8 = 0x02, bitStringTag: UInt8 = 0x03, sequenceTag: UInt8 = 0x30

    /// A value with its tag and length.
    static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { [tag] + length(content.count) + content }

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(sequenceTag, parts.flatMap { $0 }) }

    /// A number that is not negative, its highest byte first.
    static func integer(_ magnitude: [UInt8]) -> [UInt8] {
        let digits = withoutLeadingZeros(magnitude)
        return value(integerTag, (digits.first ?? 0x80) >= 0x80 ? [0] + digits : digits)
    }

    /// Whole bytes as a string of bits.
    static func bitString(_ bytes: [UInt8]) -> [UInt8] { value(bitStringTag, [0] + bytes) }

    /// Takes a value of a kind off the front; nil for another kind, a length that is not the shortest, or one that is
    /// too long.
    static func take(_ tag: UInt8, from bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var rest = bytes
        guard rest.popFirst() == tag, let first = rest.popFirst() else { return nil }
        var count = Int(first)
        if first >= 0x80 {
            let digits = Int(first & 0x7F)
            guard (1...3).contains(digits), rest.count >= digits, rest.first != 0 else { return nil }
            count = rest.prefix(digits).reduce(0) { $0 << 8 | Int($1) }
            guard count >= 0x80 else { return nil }
            rest = rest.dropFirst(digits)
        }
        guard rest.count >= count else { return nil }
        bytes = rest.dropFirst(count)
        return rest.prefix(count)
    }

    /// Takes a number that is not negative off the front, its highest byte first and without zeros before it.
    static func takeInteger(from bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let content = take(integerTag, from: &bytes), let first = content.first, first < 0x80 else { return nil }
        let second = content.dropFirst().first
        guard first != 0 || second == nil || second! >= 0x80 else { return nil }
        return withoutLeadingZeros(Array(content))
    }

    static func withoutLeadingZeros(_ bytes: [UInt8]) -> [UInt8] { Array(bytes.drop { $0 == 0 }) }

    private static func length(_ count: Int) -> [UInt8] {
        guard count >= 0x80 else { return [UInt8(count)] }
        let digits = withoutLeadingZeros((0..<4).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) })
        return [0x80 | UInt8(digits.count)] + digits
    }
}
