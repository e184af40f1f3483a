// SPDX-License-Identifier: Apache-2.0

/// The states of a backward automaton at each place of a text, in bounded memory: one block of them is kept, and one
/// state for each other block, from which the block is found again.
struct BackwardTrail {
    private struct Checkpoint {
        var items: [Int32]
        var context: UInt8
    }

    var automaton: BackwardAutomaton
    private let cacheSize: Int
    /// The last place, where reading began, and the lowest place that was read.
    private var end = 0
    private var low = 0
    private var blockLength = 1
    /// The first states of all blocks but the rightmost.
    private var checkpoints: [Checkpoint] = []
    private var block: [UInt32] = []
    /// The rightmost place of `block`.
    private var blockFirst = 0

    init(_ automaton: BackwardAutomaton, cacheSize: Int) {
        (self.automaton, self.cacheSize) = (automaton, cacheSize)
    }

    /// About how many bytes the states and the scratch memory take.
    var size: Int {
        let program = automaton.program
        return automaton.table.size + 32 * program.instructions.count + 12 * program.transitions.count
            + 4 * block.capacity
    }

    /// Forgets what was read, which for a long text is much.
    mutating func finish() {
        checkpoints = []
        if block.capacity > 1 << 14 { block = [] }
        if automaton.table.size > cacheSize { automaton.removeAll() }
    }

    /// Reads from a place to the left, down to another; stops early where no match is possible further left.
    ///
    /// Returns the leftmost place where a match can begin.
    mutating func read(_ text: Span<UInt8>, from end: Int, downTo low: Int) -> Int? {
        self.end = end
        self.low = low
        // One block may add as many states as it has places, each as large as the program and a row of the table.
        let stateSize = 4 * (automaton.program.instructions.count + automaton.table.stride)
        blockLength = max(64, 4 * cacheSize / stateSize)
        while blockLength < 1 << 20, blockLength * blockLength < end - low { blockLength *= 2 }
        checkpoints.removeAll(keepingCapacity: true)
        var start: Int?
        var number = 0
        while true {
            load(number, text)
            for index in block.indices {
                let place = blockFirst - index
                let before = Neighbor(before: place, in: text)
                if automaton.canStart(Int(block[index]), before: before), isBoundary(place, text) { start = place }
            }
            let next = blockFirst - block.count
            guard next >= self.low, let last = block.last else { return start }
            let state = automaton.previous(Int(last), text[next])
            if state == BackwardAutomaton.dead {
                self.low = next + 1
                return start
            }
            checkpoints.append(checkpoint(state))
            number += 1
        }
    }

    /// Whether an instruction leads to a match from a place.
    @inline(__always)
    mutating func leads(_ instruction: Int32, at place: Int, _ text: Span<UInt8>) -> Bool {
        // First, since it may add states to the table.
        let state = state(at: place, text)
        return automaton.table.contains(instruction, state: state)
    }

    /// Whether a match can begin at a place.
    mutating func canStart(at place: Int, _ text: Span<UInt8>) -> Bool {
        let state = state(at: place, text)
        return automaton.canStart(state, before: Neighbor(before: place, in: text)) && isBoundary(place, text)
    }

    private func isBoundary(_ place: Int, _ text: Span<UInt8>) -> Bool {
        place == text.count || text[place] & 0xC0 != 0x80
    }

    @inline(__always)
    private mutating func state(at place: Int, _ text: Span<UInt8>) -> Int {
        let index = blockFirst - place
        if index >= 0, index < block.count { return Int(block[index]) }
        load((end - place) / blockLength, text)
        return Int(block[blockFirst - place])
    }

    /// Finds the states of a block, from its checkpoint to the left.
    private mutating func load(_ number: Int, _ text: Span<UInt8>) {
        // Only here, since a block names states by their numbers.
        if automaton.table.size > cacheSize { automaton.removeAll() }
        block.removeAll(keepingCapacity: true)
        var state: Int
        if number == 0 {
            state = automaton.end(after: Neighbor(after: end, in: text))
        } else {
            state = automaton.state(checkpoints[number - 1].items, context: checkpoints[number - 1].context)
        }
        block.append(UInt32(state))
        blockFirst = end - number * blockLength
        let last = max(low, blockFirst - blockLength + 1)
        for place in stride(from: blockFirst - 1, through: last, by: -1) {
            state = automaton.previous(state, text[place])
            if state == BackwardAutomaton.dead {
                low = place + 1
                return
            }
            block.append(UInt32(state))
        }
    }

    private func checkpoint(_ state: Int) -> Checkpoint {
        let items = automaton.table.items(of: state).map { automaton.table.item($0) }
        return Checkpoint(items: items, context: automaton.table.context(of: state))
    }
}
