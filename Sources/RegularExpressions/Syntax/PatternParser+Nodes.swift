// SPDX-License-Identifier: Apache-2.0

extension PatternParser {
    /// Adds a node to the end of the innermost open group.
    mutating func append(_ node: SyntaxTree.Node) throws(PatternError) {
        frames[frames.count - 1].sequence.append(try add(node))
    }

    mutating func append(_ assertion: Assertion) throws(PatternError) {
        try append(.init(kind: .assertion, value: UInt32(assertion.rawValue), isNullable: true))
    }

    mutating func append(_ set: ScalarSet) throws(PatternError) {
        if let scalar = set.single { return try append(.init(kind: .scalar, value: scalar)) }
        // Classes are the one thing whose size the length of the pattern does not bound.
        rangeCount += set.ranges.count
        guard rangeCount <= rangeLimit else { throw tooLarge }
        tree.sets.append(set)
        try append(.init(kind: .set, value: UInt32(tree.sets.count - 1)))
    }

    mutating func appendLiteral(_ scalar: UInt32) throws(PatternError) {
        guard flags.foldsCase else { return try append(.init(kind: .scalar, value: scalar)) }
        try append(CaseFolding.fold(scalar))
    }

    /// Repeats the last construct of the innermost open group.
    mutating func appendRepetition(
        _ bounds: RepetitionBounds, from start: Int, afterRepetition previous: Int?
    ) throws(PatternError) {
        var isGreedy = !flags.isUngreedy
        if peek() == UInt8(ascii: "?") {
            position += 1
            isGreedy.toggle()
        }
        if let previous { throw error(.nestedRepetition, previous..<position) }
        guard let last = frames[frames.count - 1].sequence.popLast() else {
            throw error(.missingArgument, start..<position)
        }
        lastRepetition = start
        let child = tree.nodes[Int(last)]
        var node = SyntaxTree.Node(kind: .repetition, minimum: bounds.minimum, maximum: bounds.maximum)
        node.isGreedy = isGreedy
        node.isNullable = bounds.minimum == 0 || child.isNullable
        node.firstChild = last
        node.height = child.height + 1
        node.copies = child.copies
        if bounds.isCounted {
            let count = bounds.maximum < 0 ? bounds.minimum : bounds.maximum
            node.copies =
                bounds.maximum == 0 ? 1 : max(1, count).multipliedReportingOverflow(by: child.copies).partialValue
            if bounds.minimum >= 2 || bounds.maximum >= 2, node.copies > RepetitionBounds.most {
                throw error(.invalidRepeatCount, start..<position)
            }
        }
        try append(node)
    }

    mutating func endAlternative() throws(PatternError) {
        let index = frames.count - 1
        let sequence = frames[index].sequence
        frames[index].sequence.removeAll(keepingCapacity: true)
        let alternative = try close(sequence)
        // `a|b` is `[ab]`: one step of the automaton instead of two.
        if let last = frames[index].alternatives.last, let left = set(of: last), let right = set(of: alternative) {
            let union = left.union(right)
            rangeCount += union.ranges.count
            guard rangeCount <= rangeLimit else { throw tooLarge }
            tree.sets.append(union)
            tree.nodes[Int(last)] = .init(kind: .set, value: UInt32(tree.sets.count - 1))
        } else {
            frames[index].alternatives.append(alternative)
        }
    }

    /// One node for all a group holds.
    mutating func close(_ frame: Frame) throws(PatternError) -> Int32 {
        guard !frame.alternatives.isEmpty else { return try close(frame.sequence) }
        frames.append(frame)
        try endAlternative()
        let alternatives = frames.removeLast().alternatives
        guard alternatives.count > 1 else { return alternatives[0] }
        var node = SyntaxTree.Node(kind: .alternatives, firstChild: link(alternatives))
        for child in alternatives {
            let child = tree.nodes[Int(child)]
            node.isNullable = node.isNullable || child.isNullable
            node.height = max(node.height, child.height + 1)
            node.copies = max(node.copies, child.copies)
        }
        return try add(node)
    }

    private mutating func close(_ sequence: [Int32]) throws(PatternError) -> Int32 {
        guard sequence.count != 1 else { return sequence[0] }
        guard !sequence.isEmpty else { return try add(.init(kind: .empty, isNullable: true)) }
        var node = SyntaxTree.Node(kind: .sequence, isNullable: true, firstChild: link(sequence))
        for child in sequence {
            let child = tree.nodes[Int(child)]
            node.isNullable = node.isNullable && child.isNullable
            // Go keeps adjacent literals in one node, so they are no level of their own.
            node.height = max(node.height, child.height + (child.kind == .scalar ? 0 : 1))
            node.copies = max(node.copies, child.copies)
        }
        return try add(node)
    }

    mutating func add(_ node: SyntaxTree.Node) throws(PatternError) -> Int32 {
        guard node.height <= limits.nestingDepth else { throw error(.tooDeep, 0..<pattern.count) }
        tree.nodes.append(node)
        return Int32(tree.nodes.count - 1)
    }

    private mutating func link(_ children: [Int32]) -> Int32 {
        for (child, next) in zip(children, children.dropFirst()) { tree.nodes[Int(child)].nextSibling = next }
        return children[0]
    }

    /// The set of a node that takes exactly one character; small sets only, since unions of large ones add up.
    private func set(of index: Int32) -> ScalarSet? {
        let node = tree.nodes[Int(index)]
        switch node.kind {
        case .scalar: return ScalarSet(node.value)
        case .set:
            let set = tree.sets[Int(node.value)]
            return set.ranges.count <= 64 ? set : nil
        default: return nil
        }
    }
}
