// SPDX-License-Identifier: Apache-2.0

/// Turns a tree into a program, from its end to its start, so that each instruction knows what follows when it is made.
///
/// Recursion is as deep as the tree, which the parser bounds.
struct ProgramCompiler {
    let tree: SyntaxTree
    let limit: Int
    var program = Program()
    private var nodeVisits = 0
    private var assertions: Set<Assertion> = []

    /// Throws when the program would be larger than the limit.
    static func compile(_ tree: SyntaxTree, limit: Int) throws(TooLarge) -> Program {
        var compiler = ProgramCompiler(tree: tree, limit: limit)
        return try compiler.compile()
    }

    struct TooLarge: Error {}

    private init(tree: SyntaxTree, limit: Int) { (self.tree, self.limit) = (tree, limit) }

    private mutating func compile() throws(TooLarge) -> Program {
        program.instructions.reserveCapacity(2 * tree.nodes.count + 8)
        program.transitions.reserveCapacity(2 * tree.nodes.count + 8)
        let end = try emit(.init(operation: .match))
        let last = try emit(.init(operation: .save, first: end, second: 1))
        let body = try emit(tree.root, next: last)
        program.start = try emit(.init(operation: .save, first: body, second: 0))
        program.slotCount = 2 * (tree.groupNames.count + 1)
        program.isAnchored = startsWithTextStart(tree.root)
        program.searchStart = program.isAnchored ? program.start : try emitSearchLoop()
        program.hasAssertions = !assertions.isEmpty
        program.classes = ByteClasses(
            program,
            tellsLines: assertions.contains(.lineStart) || assertions.contains(.lineEnd),
            tellsWords: assertions.contains(.wordBoundary) || assertions.contains(.noWordBoundary))
        return program
    }

    /// A lazy `(?s:.)*?` in front of the program.
    private mutating func emitSearchLoop() throws(TooLarge) -> Int32 {
        let loop = try emit(.init(operation: .split, first: program.start))
        let take: Int32
        if assertions.contains(.noWordBoundary) {
            // `\B` holds within a character of several bytes, so the loop must step by characters.
            take = try emitSet(.all, next: loop)
        } else {
            // Anything else begins with a lead byte or holds at none but places between characters.
            take = try emit([.init(low: 0, high: 0xFF, next: loop)])
        }
        program.instructions[Int(loop)].second = take
        return loop
    }

    private func startsWithTextStart(_ index: Int32) -> Bool {
        var node = tree.nodes[Int(index)]
        while node.kind == .sequence || node.kind == .group { node = tree.nodes[Int(node.firstChild)] }
        return node.kind == .assertion && node.value == UInt32(Assertion.textStart.rawValue)
    }

    mutating func emit(_ instruction: Program.Instruction) throws(TooLarge) -> Int32 {
        guard program.instructions.count < limit else { throw TooLarge() }
        program.instructions.append(instruction)
        return Int32(program.instructions.count - 1)
    }

    mutating func emit(_ transitions: [Program.Transition]) throws(TooLarge) -> Int32 {
        guard program.transitions.count + transitions.count <= 8 * limit else { throw TooLarge() }
        let first = Int32(program.transitions.count)
        program.transitions += transitions
        return try emit(.init(operation: .bytes, first: first, second: Int32(transitions.count)))
    }

    private mutating func emit(_ index: Int32, next: Int32) throws(TooLarge) -> Int32 {
        // Copies of empty groups emit nothing, and yet take time.
        nodeVisits += 1
        guard nodeVisits <= 16 * limit else { throw TooLarge() }
        let node = tree.nodes[Int(index)]
        switch node.kind {
        case .empty: return next
        case .scalar: return try emitScalar(node.value, next: next)
        case .set: return try emitSet(tree.sets[Int(node.value)], next: next)
        case .assertion:
            guard let assertion = Assertion(rawValue: UInt8(node.value)) else { return next }
            assertions.insert(assertion)
            return try emit(.init(operation: .assertion, first: next, second: Int32(node.value)))
        case .group:
            let close = try emit(.init(operation: .save, first: next, second: Int32(2 * node.value + 1)))
            let body = try emit(node.firstChild, next: close)
            return try emit(.init(operation: .save, first: body, second: Int32(2 * node.value)))
        case .sequence:
            var entry = next
            for child in tree.children(of: index).reversed() { entry = try emit(child, next: entry) }
            return entry
        case .alternatives:
            var entries: [Int32] = []
            for child in tree.children(of: index) { entries.append(try emit(child, next: next)) }
            var entry = entries.removeLast()
            for other in entries.reversed() {
                entry = try emit(.init(operation: .split, first: other, second: entry))
            }
            return entry
        case .repetition: return try emitRepetition(node, next: next)
        }
    }

    private mutating func emitRepetition(_ node: SyntaxTree.Node, next: Int32) throws(TooLarge) -> Int32 {
        let child = node.firstChild
        var entry = next
        var required = node.minimum
        if node.maximum < 0 {
            let loop = try emit(.init(operation: .split))
            entry = try emit(child, next: loop)
            setSplit(loop, to: entry, or: next, node)
            if required == 0 {
                // `(|a)*` is `(|a)+` or nothing: one loop for both would try its branches in another order.
                guard tree.nodes[Int(child)].isNullable else { return loop }
                return try emitSplit(entry, or: next, node)
            }
            required -= 1
        } else {
            // `a{1,3}` is `a(a(a)?)?`.
            for _ in 0..<(node.maximum - node.minimum) {
                let body = try emit(child, next: entry)
                entry = try emitSplit(body, or: next, node)
            }
        }
        for _ in 0..<required { entry = try emit(child, next: entry) }
        return entry
    }

    private mutating func emitSplit(_ body: Int32, or exit: Int32, _ node: SyntaxTree.Node) throws(TooLarge) -> Int32 {
        let split = try emit(.init(operation: .split))
        setSplit(split, to: body, or: exit, node)
        return split
    }

    private mutating func setSplit(_ split: Int32, to body: Int32, or exit: Int32, _ node: SyntaxTree.Node) {
        program.instructions[Int(split)].first = node.isGreedy ? body : exit
        program.instructions[Int(split)].second = node.isGreedy ? exit : body
    }
}
