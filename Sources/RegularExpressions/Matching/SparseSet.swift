// SPDX-License-Identifier: Apache-2.0

/// A set of small numbers that is emptied in no time and needs no clean memory (Briggs and Torczon, 1993).
struct SparseSet {
    private(set) var members: [Int32]
    private var places: [Int32]
    private(set) var count = 0

    init(capacity: Int) {
        members = [Int32](repeating: 0, count: capacity)
        places = members
    }

    /// Adds a number; false when it was a member.
    @inline(__always)
    mutating func insert(_ member: Int32) -> Bool {
        guard !contains(member) else { return false }
        members[count] = member
        places[Int(member)] = Int32(truncatingIfNeeded: count)
        count += 1
        return true
    }

    @inline(__always)
    func contains(_ member: Int32) -> Bool {
        let place = Int(places[Int(member)])
        return place < count && members[place] == member
    }

    mutating func removeAll() { count = 0 }
}
