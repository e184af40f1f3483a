// SPDX-License-Identifier: Apache-2.0

/// The deterministic automaton of a program, built state by state when a text first needs one (Thompson, 1968).
///
/// A state is the list of instructions that wait for the next byte, the preferred ones first. Where some of them are
/// assertions on that byte, it is the list of instructions to begin with, since the answer changes which of two ways to
/// one place comes first. That a match ends is known when the byte behind it is read, or the end of the text.
struct ForwardAutomaton {
    /// What a search wants to know.
    enum Purpose {
        /// Whether there is a match; states need no order, and reading stops at the first end of one.
        case existence
        /// Where the match ends that Perl would choose.
        case end
    }

    /// Entries are twice the index of a row, plus 1 when a match ends before the byte. Row 0 stands for rows not yet
    /// known, row 1 for no way on, and row 2 for a match when existence is all that is wanted.
    static let unknown: UInt32 = 0
    static let dead = 1
    static let matched = 2

    let program: Program
    let purpose: Purpose
    private let cacheSize: Int
    private(set) var table: StateTable
    /// The first states by what stands before them, for searches and, behind those, for matches that begin here.
    private var starts = [Int](repeating: 0, count: 8)
    private(set) var resets = 0
    /// How many instructions were looked at to build states.
    private(set) var steps = 0

    // Scratch memory of one step.
    private var visited: SparseSet
    private var stack: [Int32] = []
    private var list: [Int32] = []
    private var waiting: [Int32] = []
    private var seeds: [Int32] = []

    init(_ program: Program, purpose: Purpose, cacheSize: Int) {
        (self.program, self.purpose, self.cacheSize) = (program, purpose, cacheSize)
        table = StateTable(stride: program.classes.count + 1)
        visited = SparseSet(capacity: program.instructions.count)
        reserveRows()
    }

    /// About how many bytes the states and the scratch memory take.
    var size: Int { table.size + 16 * program.instructions.count }

    /// The column of the end of the text.
    var endClass: Int { program.classes.count }

    private mutating func reserveRows() {
        // Lists that no real state has.
        for row: Int32 in 1...3 { _ = table.state([-row], context: 0) }
    }

    /// The state to begin in.
    mutating func start(before: Neighbor, isSearch: Bool) -> Int {
        let index = Int(before.rawValue) + (isSearch ? 0 : 4)
        if starts[index] == 0 {
            list.removeAll(keepingCapacity: true)
            visited.removeAll()
            seeds = [isSearch ? program.searchStart : program.start]
            follow(seeds[0], before: before, after: nil)
            starts[index] = intern(before: before)
        }
        return starts[index]
    }

    /// Fills and returns the entry of a state for a class of bytes. The state may have another number afterwards.
    mutating func fill(_ state: Int, _ byteClass: Int) -> UInt32 {
        var state = state
        if table.size > cacheSize { state = reset(keeping: state) }
        let isEnd = byteClass == endClass
        let byte = isEnd ? 0 : program.classes.representatives[byteClass]
        let hasMatch = resolve(state, after: isEnd ? .edge : Neighbor(byte))
        var entry: UInt32
        if hasMatch, purpose == .existence {
            entry = UInt32(2 * Self.matched)
        } else {
            entry = UInt32(2 * (isEnd ? Self.dead : step(byte)))
        }
        if hasMatch { entry |= 1 }
        table.transitions[state * table.stride + byteClass] = entry
        return entry
    }

    /// Puts into `list` what waits for a byte once assertions are decided; whether a match ends here.
    private mutating func resolve(_ state: Int, after: Neighbor) -> Bool {
        list.removeAll(keepingCapacity: true)
        visited.removeAll()
        let before = Neighbor(rawValue: table.context(of: state)) ?? .edge
        for index in table.items(of: state) {
            follow(table.item(index), before: before, after: after)
            if let last = list.last, program.instructions[Int(last)].operation == .match {
                list.removeLast()
                return true
            }
        }
        return false
    }

    /// The state behind a byte that `list` takes.
    private mutating func step(_ byte: UInt8) -> Int {
        swap(&waiting, &list)
        list.removeAll(keepingCapacity: true)
        seeds.removeAll(keepingCapacity: true)
        visited.removeAll()
        let before = Neighbor(byte)
        for index in waiting.indices {
            let next = program.next(program.instructions[Int(waiting[index])], byte)
            guard next >= 0, !visited.contains(next) else { continue }
            seeds.append(next)
            follow(next, before: before, after: nil)
            // What is preferred less than a match is out.
            if let last = list.last, program.instructions[Int(last)].operation == .match { break }
        }
        return intern(before: before)
    }

    private mutating func intern(before: Neighbor) -> Int {
        guard let last = list.last else { return Self.dead }
        let isOpen =
            program.hasAssertions
            && list.contains { program.instructions[Int($0)].operation == .assertion }
        let context = isOpen ? before.rawValue : 0
        switch purpose {
        case .existence:
            if program.instructions[Int(last)].operation == .match { return Self.matched }
            list.sort()
            return table.state(list, context: context)
        case .end: return table.state(isOpen ? seeds : list, context: context)
        }
    }

    /// Appends what can be reached from an instruction without a byte, the preferred first, up to a match.
    /// Assertions on what comes after stay in the list while that is unknown.
    private mutating func follow(_ first: Int32, before: Neighbor, after: Neighbor?) {
        stack.append(first)
        while let index = stack.popLast() {
            steps += 1
            guard visited.insert(index) else { continue }
            let instruction = program.instructions[Int(index)]
            switch instruction.operation {
            case .bytes: list.append(index)
            case .split:
                stack.append(instruction.second)
                stack.append(instruction.first)
            case .save: stack.append(instruction.first)
            case .assertion:
                guard let assertion = Assertion(rawValue: UInt8(instruction.second)) else { continue }
                if after == nil, !assertion.looksBack {
                    list.append(index)
                } else if assertion.holds(before: before, after: after ?? .edge) {
                    stack.append(instruction.first)
                }
            case .match:
                list.append(index)
                stack.removeAll(keepingCapacity: true)
            }
        }
    }

    private mutating func reset(keeping state: Int) -> Int {
        let items = table.items(of: state).map { table.item($0) }
        let context = table.context(of: state)
        table.removeAll()
        starts = [Int](repeating: 0, count: 8)
        resets += 1
        reserveRows()
        return table.state(items, context: context)
    }
}
