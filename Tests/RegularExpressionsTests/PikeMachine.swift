// SPDX-License-Identifier: Apache-2.0

@testable import RegularExpressions

/// Runs a program on all its paths at once (Pike, 1987): time is text times program, memory is program times slots.
///
/// It is what Go does, in the plainest form, and so the reference for the automata, which are many times faster.
struct PikeMachine {
    private let program: Program
    private let slotCount: Int
    private var current: Threads
    private var next: Threads
    /// The slots of the path that is being followed.
    private var slots: [Int]

    /// Follows the first slots of the program only: 2 for the whole match, all for its groups.
    init(_ program: Program, slotCount: Int) {
        (self.program, self.slotCount) = (program, slotCount)
        current = Threads(count: program.instructions.count, slotCount: slotCount)
        next = current
        slots = [Int](repeating: -1, count: slotCount)
    }

    /// The slots of the match that Perl would choose, searched from an offset on.
    mutating func firstMatch(in text: Span<UInt8>, from offset: Int) -> [Int]? {
        var best: [Int]?
        current.set.removeAll()
        for index in offset...text.count {
            let after = Neighbor(after: index, in: text)
            let isBoundary = index == text.count || text[index] & 0xC0 != 0x80
            if best == nil, isBoundary, index == 0 || !program.isAnchored {
                for slot in 0..<slotCount { slots[slot] = -1 }
                let place = Threads.Place(index: index, before: Neighbor(before: index, in: text), after: after)
                current.add(program.start, at: place, &slots, program)
            }
            if current.set.count == 0, best != nil || program.isAnchored { break }
            next.set.removeAll()
            if let match = step(text, index) { best = match }
            swap(&current, &next)
        }
        return best
    }

    /// Moves all threads over one byte, up to the first that is at a match, whose slots it returns.
    private mutating func step(_ text: Span<UInt8>, _ index: Int) -> [Int]? {
        let byte = index < text.count ? text[index] : nil
        let before = byte.map { Neighbor($0) } ?? .edge
        let place = Threads.Place(index: index + 1, before: before, after: Neighbor(after: index + 1, in: text))
        for member in 0..<current.set.count {
            let thread = current.set.members[member]
            let instruction = program.instructions[Int(thread)]
            let first = Int(thread) * slotCount
            if instruction.operation == .match { return Array(current.slots[first..<first + slotCount]) }
            guard instruction.operation == .bytes, let byte else { continue }
            let target = program.next(instruction, byte)
            guard target >= 0 else { continue }
            for slot in 0..<slotCount { slots[slot] = current.slots[first + slot] }
            next.add(target, at: place, &slots, program)
        }
        return nil
    }
}

/// The paths that have come to one place in the text, the preferred first.
private struct Threads {
    struct Place {
        var index: Int
        var before: Neighbor
        var after: Neighbor
    }

    private enum Task {
        case follow(Int32)
        case restore(slot: Int, value: Int)
    }

    var set: SparseSet
    /// The slots of each thread, by instruction.
    var slots: [Int]
    private let slotCount: Int
    private var tasks: [Task] = []

    init(count: Int, slotCount: Int) {
        set = SparseSet(capacity: count)
        slots = [Int](repeating: -1, count: count * slotCount)
        self.slotCount = slotCount
    }

    /// Adds what can be reached from an instruction without a byte; `path` is as before afterwards.
    mutating func add(_ start: Int32, at place: Place, _ path: inout [Int], _ program: Program) {
        tasks.append(.follow(start))
        while let task = tasks.popLast() {
            switch task {
            case .restore(let slot, let value): path[slot] = value
            case .follow(let target):
                guard set.insert(target) else { continue }
                let instruction = program.instructions[Int(target)]
                switch instruction.operation {
                case .bytes, .match:
                    let first = Int(target) * slotCount
                    for slot in 0..<slotCount { slots[first + slot] = path[slot] }
                case .split:
                    tasks.append(.follow(instruction.second))
                    tasks.append(.follow(instruction.first))
                case .save:
                    let slot = Int(instruction.second)
                    if slot < slotCount {
                        tasks.append(.restore(slot: slot, value: path[slot]))
                        path[slot] = place.index
                    }
                    tasks.append(.follow(instruction.first))
                case .assertion:
                    let assertion = Assertion(rawValue: UInt8(instruction.second))
                    guard assertion?.holds(before: place.before, after: place.after) == true else { continue }
                    tasks.append(.follow(instruction.first))
                }
            }
        }
    }
}
