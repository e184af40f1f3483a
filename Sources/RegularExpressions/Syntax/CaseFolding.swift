// SPDX-License-Identifier: Apache-2.0

/// What `(?i)` adds: code points that differ by case only, by Unicode's simple folding (`k`, `K` and the Kelvin sign).
enum CaseFolding {
    /// A set with everything that differs from its members by case only.
    static func fold(_ set: ScalarSet) -> ScalarSet {
        // No ring has more than four members, so three steps reach all of one.
        var (result, newest) = (set, set)
        for _ in 0..<3 {
            newest = next(newest)
            guard !newest.ranges.isEmpty else { break }
            result.formUnion(newest)
        }
        return result
    }

    /// A code point with everything that differs from it by case only.
    static func fold(_ scalar: UInt32) -> ScalarSet {
        // `k` and `s` have a third form each; the other letters of ASCII have two, and its other characters one.
        if scalar < 0x80, !(scalar | 0x20 == 0x6B || scalar | 0x20 == 0x73) {
            guard (0x61...0x7A).contains(scalar | 0x20) else { return ScalarSet(scalar) }
            return ScalarSet([
                .init(low: scalar & ~0x20, high: scalar & ~0x20), .init(low: scalar | 0x20, high: scalar | 0x20),
            ])
        }
        return fold(ScalarSet(scalar))
    }

    /// The next ones in the rings of all members.
    private static func next(_ set: ScalarSet) -> ScalarSet {
        let rows = CaseFoldingTable.rows
        var moved: [ScalarSet.Interval] = []
        // Rows that end before the range, and so before all later ranges too.
        var passed = 0
        for range in set.ranges {
            while passed < rows.count, rows[passed].high < range.low { passed += 1 }
            for row in rows[passed...] {
                if row.low > range.high { break }
                if row.high < range.low { continue }
                var low = max(row.low, range.low)
                let high = min(row.high, range.high)
                low += (low - row.low) % row.stride
                guard low <= high else { continue }
                func image(_ scalar: UInt32) -> UInt32 { UInt32(Int32(scalar) + row.delta) }
                // Wide ranges hold most images already, and one by one they would be many.
                if range.low <= image(low), image(high) <= range.high { continue }
                if row.stride == 1 {
                    moved.append(.init(low: image(low), high: image(high)))
                } else {
                    for scalar in stride(from: low, through: high, by: Int(row.stride)) {
                        moved.append(.init(low: image(scalar), high: image(scalar)))
                    }
                }
            }
        }
        return ScalarSet(moved)
    }
}
