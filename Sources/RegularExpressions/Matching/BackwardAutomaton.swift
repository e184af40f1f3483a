// SPDX-License-Identifier: Apache-2.0

/// Reads a text from its end to its start and knows at each place which instructions lead to a match from there.
///
/// With that knowledge a match is traced forward without ever taking a wrong way, so groups cost no copies of slots
/// and no second tries (Frisch and Cardelli, 2004). States are built when a text first needs one.
struct BackwardAutomaton {
    /// The row of the state from which nothing leads to a match.
    static let dead = 1

    let program: Program
    /// Whether a match may end anywhere, and not only where reading begins.
    let endsAnywhere: Bool
    private(set) var table: StateTable
    private let arrows: BackwardArrows
    /// Two bits for each state and what stands before: whether that is known, and whether a match can begin there.
    private var startFacts: [UInt8] = []

    // Scratch memory of one step.
    private var good: SparseSet
    private var found: SparseSet
    private var list: [Int32] = []

    init(_ program: Program, endsAnywhere: Bool) {
        (self.program, self.endsAnywhere) = (program, endsAnywhere)
        table = StateTable(stride: program.classes.count)
        arrows = BackwardArrows(program)
        good = SparseSet(capacity: program.instructions.count)
        found = good
        removeAll()
    }

    /// Forgets all states.
    mutating func removeAll() {
        table.removeAll()
        startFacts.removeAll()
        _ = table.state([-1], context: 0)
        _ = table.state([], context: 0)
    }

    /// The state where a match ends, before what stands there.
    mutating func end(after: Neighbor) -> Int { table.state([0], context: program.hasAssertions ? after.rawValue : 0) }

    /// A state that was forgotten.
    mutating func state(_ list: [Int32], context: UInt8) -> Int { table.state(list, context: context) }

    /// The state one byte further to the left.
    @inline(__always)
    mutating func previous(_ state: Int, _ byte: UInt8) -> Int {
        let byteClass = Int(program.classes.map[Int(byte)])
        let entry = table.transitions[state * table.stride + byteClass]
        return entry != 0 ? Int(entry) : fill(state, byteClass)
    }

    private mutating func fill(_ state: Int, _ byteClass: Int) -> Int {
        let byte = program.classes.representatives[byteClass]
        propagate(state, before: Neighbor(byte))
        found.removeAll()
        list.removeAll(keepingCapacity: true)
        if endsAnywhere { list.append(0) }
        for place in 0..<good.count {
            arrows.forEachTaker(of: byte, to: good.members[place]) { taker in
                if found.insert(taker) { list.append(taker) }
            }
        }
        list.sort()
        let context = program.hasAssertions ? Neighbor(byte).rawValue : 0
        let previous = list.isEmpty ? Self.dead : table.state(list, context: context)
        table.transitions[state * table.stride + byteClass] = UInt32(previous)
        return previous
    }

    /// Whether a match can begin in a state, behind what stands before.
    mutating func canStart(_ state: Int, before: Neighbor) -> Bool {
        let before = program.hasAssertions ? before : .edge
        let shift = 2 * before.rawValue
        while startFacts.count <= state { startFacts.append(0) }
        if startFacts[state] >> shift & 1 == 0 {
            propagate(state, before: before)
            startFacts[state] |= (good.contains(program.start) ? 3 : 1) << shift
        }
        return startFacts[state] >> shift & 2 != 0
    }

    /// Puts into `good` all that leads, without a byte, to an instruction of a state.
    private mutating func propagate(_ state: Int, before: Neighbor) {
        let after = Neighbor(rawValue: table.context(of: state)) ?? .edge
        good.removeAll()
        for index in table.items(of: state) { _ = good.insert(table.item(index)) }
        var place = 0
        while place < good.count {
            arrows.forEachSource(of: good.members[place]) { source in
                let instruction = program.instructions[Int(source)]
                if instruction.operation == .assertion {
                    let assertion = Assertion(rawValue: UInt8(instruction.second))
                    guard assertion?.holds(before: before, after: after) == true else { return }
                }
                _ = good.insert(source)
            }
            place += 1
        }
    }
}

/// The edges of a program from their ends to their starts.
private struct BackwardArrows {
    private struct Taker {
        var low: UInt8
        var high: UInt8
        var instruction: Int32
    }

    private var sources: [Int32]
    private var sourceEnds: [Int32]
    private var takers: [Taker]
    private var takerEnds: [Int32]

    init(_ program: Program) {
        var sources: [(target: Int32, source: Int32)] = []
        var takers: [(target: Int32, taker: Taker)] = []
        for (index, instruction) in program.instructions.enumerated() {
            let index = Int32(index)
            switch instruction.operation {
            case .match: break
            case .split:
                sources.append((instruction.first, index))
                sources.append((instruction.second, index))
            case .save, .assertion: sources.append((instruction.first, index))
            case .bytes:
                for place in Int(instruction.first)..<Int(instruction.first + instruction.second) {
                    let transition = program.transitions[place]
                    takers.append(
                        (transition.next, Taker(low: transition.low, high: transition.high, instruction: index)))
                }
            }
        }
        sources.sort { $0.target < $1.target }
        takers.sort { $0.target < $1.target }
        self.sources = sources.map(\.source)
        self.takers = takers.map(\.taker)
        sourceEnds = Self.ends(sources.map(\.target), count: program.instructions.count)
        takerEnds = Self.ends(takers.map(\.target), count: program.instructions.count)
    }

    /// Where the edges to each target end in a list that is sorted by targets; one zero in front.
    private static func ends(_ targets: [Int32], count: Int) -> [Int32] {
        var ends = [Int32](repeating: 0, count: count + 1)
        for target in targets { ends[Int(target) + 1] += 1 }
        for index in 0..<count { ends[index + 1] += ends[index] }
        return ends
    }

    @inline(__always)
    func forEachSource(of target: Int32, _ body: (Int32) -> Void) {
        for index in Int(sourceEnds[Int(target)])..<Int(sourceEnds[Int(target) + 1]) { body(sources[index]) }
    }

    @inline(__always)
    func forEachTaker(of byte: UInt8, to target: Int32, _ body: (Int32) -> Void) {
        for index in Int(takerEnds[Int(target)])..<Int(takerEnds[Int(target) + 1]) {
            let taker = takers[index]
            if taker.low <= byte, byte <= taker.high { body(taker.instruction) }
        }
    }
}
