// SPDX-License-Identifier: Apache-2.0

/// Finds where matches begin and where their groups are, in time text times program, for any number of groups.
struct MatchTracer {
    private enum Task {
        case follow(Int32)
        case restore(slot: Int, value: Int)
    }

    private let program: Program
    private var trail: BackwardTrail
    private var tasks: [Task] = []
    private var visited: SparseSet
    private var slots: [Int]

    init(_ program: Program, endsAnywhere: Bool, cacheSize: Int) {
        self.program = program
        trail = BackwardTrail(BackwardAutomaton(program, endsAnywhere: endsAnywhere), cacheSize: cacheSize)
        visited = SparseSet(capacity: program.instructions.count)
        slots = [Int](repeating: -1, count: program.slotCount)
    }

    /// About how many bytes the states and the scratch memory take.
    var size: Int { trail.size + 12 * program.instructions.count }

    /// Reads the text from a place down to another; the leftmost place where a match begins.
    mutating func read(_ text: Span<UInt8>, from end: Int, downTo low: Int) -> Int? {
        trail.read(text, from: end, downTo: low)
    }

    /// Forgets what was read.
    mutating func finish() { trail.finish() }

    /// The next place at which a match begins, for texts that have been read.
    mutating func nextStart(in text: Span<UInt8>, from place: Int) -> Int? {
        for place in place..<text.count + 1 where trail.canStart(at: place, text) { return place }
        return nil
    }

    /// The slots of the match that Perl would choose among those that begin at a place `read` has told of.
    mutating func trace(_ text: Span<UInt8>, from start: Int) -> [Int] {
        for index in slots.indices { slots[index] = -1 }
        var place = start
        var next = program.start
        while true {
            let straight = followStraight(next, at: place)
            let isChoice = program.instructions[Int(straight)].operation == .split
            let instruction = program.instructions[Int(isChoice ? follow(straight, at: place, text) : straight)]
            guard instruction.operation == .bytes else { return slots }
            next = program.next(instruction, text[place])
            place += 1
        }
    }

    /// The first instruction that takes a byte, ends the match or makes a choice; up to there is but one way.
    private mutating func followStraight(_ start: Int32, at place: Int) -> Int32 {
        var target = start
        while true {
            let instruction = program.instructions[Int(target)]
            switch instruction.operation {
            case .bytes, .match, .split: return target
            case .save: slots[Int(instruction.second)] = place
            // It holds, since this way leads to a match and there is no other.
            case .assertion: break
            }
            target = instruction.first
        }
    }

    /// The preferred instruction, among those that can be reached without a byte, that leads to the match.
    private mutating func follow(_ start: Int32, at place: Int, _ text: Span<UInt8>) -> Int32 {
        let before = Neighbor(before: place, in: text)
        let after = Neighbor(after: place, in: text)
        visited.removeAll()
        tasks.append(.follow(start))
        while let task = tasks.popLast() {
            switch task {
            case .restore(let slot, let value): slots[slot] = value
            case .follow(let target):
                guard visited.insert(target) else { continue }
                let instruction = program.instructions[Int(target)]
                switch instruction.operation {
                case .bytes, .match:
                    guard trail.leads(target, at: place, text) else { continue }
                    tasks.removeAll(keepingCapacity: true)
                    return target
                case .split:
                    tasks.append(.follow(instruction.second))
                    tasks.append(.follow(instruction.first))
                case .save:
                    let slot = Int(instruction.second)
                    tasks.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = place
                    tasks.append(.follow(instruction.first))
                case .assertion:
                    let assertion = Assertion(rawValue: UInt8(instruction.second))
                    if assertion?.holds(before: before, after: after) == true {
                        tasks.append(.follow(instruction.first))
                    }
                }
            }
        }
        // The trail says that some instruction leads on; only a start it did not name comes here.
        return 0
    }
}
