// SPDX-License-Identifier: Apache-2.0

/// A range of scalars as sequences of byte ranges, in ascending order; surrogates are left out.
struct UTF8Sequences: Sequence, IteratorProtocol {
    struct ByteRange: Hashable {
        var low: UInt8
        var high: UInt8
    }

    private var waiting: [ScalarSet.Interval]

    init(_ range: ScalarSet.Interval) { waiting = [range] }

    mutating func next() -> [ByteRange]? {
        while let range = waiting.popLast() {
            if let (left, right) = Self.split(range) {
                if let right { waiting.append(right) }
                if let left { waiting.append(left) }
                continue
            }
            let (low, high) = (Self.encode(range.low), Self.encode(range.high))
            return zip(low, high).map { ByteRange(low: $0, high: $1) }
        }
        return nil
    }

    /// Two parts of a range that is not yet one sequence; nil for one that is.
    private static func split(
        _ range: ScalarSet.Interval
    ) -> (left: ScalarSet.Interval?, right: ScalarSet.Interval?)? {
        if range.low <= 0xDFFF, range.high >= 0xD800 {
            return (
                range.low < 0xD800 ? .init(low: range.low, high: 0xD7FF) : nil,
                range.high > 0xDFFF ? .init(low: 0xE000, high: range.high) : nil
            )
        }
        for last: UInt32 in [0x7F, 0x7FF, 0xFFFF] where range.low <= last && range.high > last {
            return (.init(low: range.low, high: last), .init(low: last + 1, high: range.high))
        }
        guard range.high >= 0x80 else { return nil }
        for bits: UInt32 in [6, 12, 18] {
            let mask = (1 << bits) as UInt32 - 1
            guard range.low & ~mask != range.high & ~mask else { break }
            if range.low & mask != 0 {
                return (
                    .init(low: range.low, high: range.low | mask), .init(low: (range.low | mask) + 1, high: range.high)
                )
            }
            if range.high & mask != mask {
                return (
                    .init(low: range.low, high: (range.high & ~mask) - 1),
                    .init(low: range.high & ~mask, high: range.high)
                )
            }
        }
        return nil
    }

    private static func encode(_ value: UInt32) -> [UInt8] {
        func tail(_ shift: UInt32) -> UInt8 { UInt8(0x80 | (value >> shift) & 0x3F) }
        return switch value {
        case ..<0x80: [UInt8(value)]
        case ..<0x800: [UInt8(0xC0 | value >> 6), tail(0)]
        case ..<0x10000: [UInt8(0xE0 | value >> 12), tail(6), tail(0)]
        default: [UInt8(0xF0 | value >> 18), tail(12), tail(6), tail(0)]
        }
    }
}
