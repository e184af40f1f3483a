// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// Where the chunks of the bases stand: 16 bytes for each, and a bound on how many are kept.
struct ChunkIndex: Sendable {
    /// Where a chunk stands.
    struct Place {
        let base: Int
        let offset: Int64
    }

    /// The most chunks that are kept: with their table, 64 MiB.
    static let capacity = 1 << 21
    /// The most bytes of a base, and the most bases: a place has 64 bits.
    static let largestBase: Int64 = 1 << 48
    static let mostBases = 1 << 12

    /// A fingerprint in each slot, 0 in those that are free; twice as many slots as chunks at least.
    private var fingerprints: [UInt64]
    private var places: [UInt64]
    private var count = 0

    /// An index for bases of so many bytes, cut by a chunker.
    init(bytes: Int64, average: Int) {
        let expected = min(Int64(Self.capacity), bytes / Int64(average) + 64)
        var slots = 128
        while slots < 2 * Int(expected) { slots *= 2 }
        fingerprints = [UInt64](repeating: 0, count: slots)
        places = [UInt64](repeating: 0, count: slots)
    }

    /// The average size of chunks that fits bases of so many bytes: small enough to find small equal files, and large
    /// enough for the bound.
    static func average(forBytes bytes: Int64) -> Int {
        var average = 2048
        while bytes / Int64(average) > Int64(capacity / 2) { average *= 2 }
        return average
    }

    /// Keeps the first place of each fingerprint.
    mutating func insert(_ fingerprint: UInt64, base: Int, offset: Int64) {
        guard count < Self.capacity, 2 * count < fingerprints.count else { return }
        let key = fingerprint == 0 ? 1 : fingerprint
        var slot = Int(truncatingIfNeeded: key) & (fingerprints.count - 1)
        while fingerprints[slot] != 0 {
            if fingerprints[slot] == key { return }
            slot = (slot + 1) & (fingerprints.count - 1)
        }
        fingerprints[slot] = key
        places[slot] = UInt64(base) << 48 | UInt64(offset)
        count += 1
    }

    /// Where a chunk of that fingerprint stands.
    func place(_ fingerprint: UInt64) -> Place? {
        let key = fingerprint == 0 ? 1 : fingerprint
        var slot = Int(truncatingIfNeeded: key) & (fingerprints.count - 1)
        while fingerprints[slot] != 0 {
            if fingerprints[slot] == key {
                return Place(base: Int(places[slot] >> 48), offset: Int64(places[slot] & (1 << 48 - 1)))
            }
            slot = (slot + 1) & (fingerprints.count - 1)
        }
        return nil
    }
}
