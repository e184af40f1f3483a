// SPDX-License-Identifier: Apache-2.0

/// Finds where two pieces of bytes that stand behind equal ones go on alike, at any distance from one another.
struct NearMatch {
    /// The fewest equal bytes that count; a copy of them takes about four.
    static let shortest = 16
    /// How far is looked: first near, since most changes are small, then farther.
    static let ranges = [64, 1024]
    /// How many bytes find a place.
    private static let gram = 8
    private static let bits = 12

    /// For a few bits of a gram's product, the round it was seen in and its first place.
    private var table = [UInt32](repeating: 0, count: 1 << bits)
    private var round: UInt32 = 0

    /// The first place in `new` from which on bytes are equal to those from a place in `old`.
    mutating func find(_ new: Span<UInt8>, _ old: Span<UInt8>, range: Int, shortest: Int) -> (new: Int, old: Int)? {
        round = round == 0xFFFF ? 1 : round + 1
        let known = min(old.count, range), fresh = min(new.count, range)
        guard known >= Self.gram, fresh >= Self.gram else { return nil }
        // Proof: grams are loaded from offsets at most `count - 8`, and a slot has as many bits as the table.
        let table = unsafe old.withUnsafeBytes { old in
            var table = [UInt32]()
            swap(&table, &self.table)
            for place in 0...known - Self.gram {
                let slot = unsafe Self.slot(old.loadUnaligned(fromByteOffset: place, as: UInt64.self))
                if table[slot] >> 16 != round { table[slot] = round << 16 | UInt32(place) }
            }
            return table
        }
        self.table = table
        for place in 0...fresh - Self.gram {
            let slot = unsafe new.withUnsafeBytes { new in
                unsafe Self.slot(new.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            }
            guard table[slot] >> 16 == round else { continue }
            let other = Int(table[slot] & 0xFFFF)
            let equal = ByteComparison.equalStart(
                new.extracting(place..<new.count), old.extracting(other..<old.count))
            if equal >= shortest { return (place, other) }
        }
        return nil
    }

    private static func slot(_ gram: UInt64) -> Int {
        Int(truncatingIfNeeded: (gram &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - bits))
    }
}
