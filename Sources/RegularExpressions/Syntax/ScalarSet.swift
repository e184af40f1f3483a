// SPDX-License-Identifier: Apache-2.0

/// A set of Unicode code points, as ranges that are sorted and do not touch.
struct ScalarSet: Hashable, Sendable {
    /// Both ends belong to the range.
    struct Interval: Hashable, Sendable {
        var low: UInt32
        var high: UInt32
    }

    static let last: UInt32 = 0x10_FFFF
    static let all = ScalarSet([Interval(low: 0, high: last)])

    private(set) var ranges: [Interval] = []

    init() {}

    /// Takes ranges in any order, overlapping or not.
    init(_ ranges: [Interval]) {
        self.ranges = ranges
        normalize()
    }

    init(_ scalar: UInt32) { ranges = [Interval(low: scalar, high: scalar)] }

    /// The only member of a set of one.
    var single: UInt32? { ranges.count == 1 && ranges[0].low == ranges[0].high ? ranges[0].low : nil }

    func contains(_ scalar: UInt32) -> Bool {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].high < scalar { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].low <= scalar
    }

    mutating func formUnion(_ other: ScalarSet) {
        guard !other.ranges.isEmpty else { return }
        ranges += other.ranges
        normalize()
    }

    func union(_ other: ScalarSet) -> ScalarSet {
        var result = self
        result.formUnion(other)
        return result
    }

    /// Every code point that is not a member.
    var inverted: ScalarSet {
        var result = ScalarSet()
        var next: UInt32 = 0
        for range in ranges {
            if range.low > next { result.ranges.append(Interval(low: next, high: range.low - 1)) }
            next = range.high + 1
        }
        if next <= Self.last { result.ranges.append(Interval(low: next, high: Self.last)) }
        return result
    }

    private mutating func normalize() {
        guard ranges.count > 1 else { return }
        ranges.sort { $0.low < $1.low }
        var kept = 0
        for index in 1..<ranges.count {
            let range = ranges[index]
            if range.low <= ranges[kept].high + 1 {
                ranges[kept].high = max(ranges[kept].high, range.high)
            } else {
                kept += 1
                ranges[kept] = range
            }
        }
        ranges.removeLast(ranges.count - kept - 1)
    }
}
