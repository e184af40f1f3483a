// SPDX-License-Identifier: Apache-2.0

/// The states of an automaton that is built while it runs: each is a list of instructions with a context.
///
/// States are numbered from 0. Each has a row in `transitions`, whose entries are 0 until somebody fills them.
struct StateTable {
    /// Entries of a row.
    let stride: Int
    var transitions: [UInt32] = []
    private var items: [Int32] = []
    private var ends: [Int32] = [0]
    private var contexts: [UInt8] = []
    /// An open hash table of state numbers plus 1; its size is a power of two.
    private var slots: [Int32]

    init(stride: Int) {
        self.stride = stride
        slots = [Int32](repeating: 0, count: 32)
    }

    var count: Int { contexts.count }

    /// About how many bytes the states take.
    var size: Int { 4 * (transitions.count + items.count + slots.count) + 5 * count }

    /// Where the list of a state stands, for `item`.
    @inline(__always)
    func items(of state: Int) -> Range<Int> { Int(ends[state])..<Int(ends[state + 1]) }

    @inline(__always)
    func item(_ index: Int) -> Int32 { items[index] }

    func context(of state: Int) -> UInt8 { contexts[state] }

    /// Whether the list of a state, which must be sorted, holds an instruction.
    func contains(_ instruction: Int32, state: Int) -> Bool {
        var (low, high) = (Int(ends[state]), Int(ends[state + 1]))
        while low < high {
            let middle = (low + high) / 2
            if items[middle] < instruction { low = middle + 1 } else { high = middle }
        }
        return low < ends[state + 1] && items[low] == instruction
    }

    /// The state of a list and a context, new or known.
    mutating func state(_ list: [Int32], context: UInt8) -> Int {
        var place = Self.hash(list, context) & (slots.count - 1)
        while slots[place] != 0 {
            let state = Int(slots[place]) - 1
            if contexts[state] == context, equal(list, state) { return state }
            place = (place + 1) & (slots.count - 1)
        }
        slots[place] = Int32(count + 1)
        items += list
        ends.append(Int32(items.count))
        contexts.append(context)
        transitions.append(contentsOf: repeatElement(0, count: stride))
        if 2 * count > slots.count { grow() }
        return count - 1
    }

    /// Forgets all states.
    mutating func removeAll() {
        // Rows of many states are given back, since the table may never be so large again.
        transitions.removeAll()
        items.removeAll()
        ends = [0]
        contexts.removeAll()
        slots = [Int32](repeating: 0, count: 32)
    }

    private func equal(_ list: [Int32], _ state: Int) -> Bool {
        let range = items(of: state)
        guard range.count == list.count else { return false }
        for index in 0..<list.count where items[range.lowerBound + index] != list[index] { return false }
        return true
    }

    private mutating func grow() {
        slots = [Int32](repeating: 0, count: 2 * slots.count)
        var list: [Int32] = []
        for state in 0..<count {
            list.removeAll(keepingCapacity: true)
            list += items[items(of: state)]
            var place = Self.hash(list, contexts[state]) & (slots.count - 1)
            while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
            slots[place] = Int32(state + 1)
        }
    }

    private static func hash(_ list: [Int32], _ context: UInt8) -> Int {
        var hash = UInt64(context) &+ 0x9E37_79B9_7F4A_7C15
        for item in list {
            hash = (hash ^ UInt64(UInt32(bitPattern: item))) &* 0xFF51_AFD7_ED55_8CCD
            hash ^= hash >> 32
        }
        return Int(truncatingIfNeeded: hash & 0x7FFF_FFFF)
    }
}
