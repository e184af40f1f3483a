// SPDX-License-Identifier: Apache-2.0

/// Patterns of paths as a tree by segment, so that a path is looked up in as many steps as it has segments, however many
/// patterns there are.
///
/// What is literal is tried before what captures one segment, and that before what captures several; when a branch leads
/// nowhere, the next one is tried. So of the patterns that match, the one is found that is literal for longer.
struct RouteTree: Sendable {
    private struct Node {
        var literals: [PathSegment: Int] = [:]
        var one: Int?
        /// Behind a place that captures several segments, by how many parts follow: they stand at the path's end.
        var tails: [(length: Int, node: Int)] = []
        var patterns: [Int] = []
    }

    private var nodes = [Node()]
    private(set) var patterns: [RoutePattern] = []

    /// Adds a pattern; its number is the count of those before it.
    mutating func add(_ pattern: RoutePattern) {
        var node = 0
        for (index, part) in pattern.parts.enumerated() {
            switch part {
            case .literal(let text):
                let key = PathSegment(text)
                let next = nodes[node].literals[key] ?? addNode()
                nodes[node].literals[key] = next
                node = next
            case .one:
                let next = nodes[node].one ?? addNode()
                nodes[node].one = next
                node = next
            case .several:
                let length = pattern.parts.count - index - 1
                if let tail = nodes[node].tails.first(where: { $0.length == length }) {
                    node = tail.node
                } else {
                    let next = addNode()
                    nodes[node].tails.append((length, next))
                    node = next
                }
            }
        }
        nodes[node].patterns.append(patterns.count)
        patterns.append(pattern)
    }

    private mutating func addNode() -> Int {
        nodes.append(Node())
        return nodes.count - 1
    }

    /// The number of the pattern that matches, is accepted, and is literal for longest; of equal ones the first added.
    func find(_ segments: [Substring], where accepts: (Int) -> Bool) -> Int? { find(segments, 0, 0, accepts) }

    private func find(_ segments: [Substring], _ position: Int, _ node: Int, _ accepts: (Int) -> Bool) -> Int? {
        guard position < segments.count else { return nodes[node].patterns.first(where: accepts) }
        let segment = segments[position]
        if !nodes[node].literals.isEmpty, let next = nodes[node].literals[PathSegment(segment)],
            let found = find(segments, position + 1, next, accepts)
        {
            return found
        }
        // A place captures no empty segment.
        guard !segment.isEmpty else { return nil }
        if let next = nodes[node].one, let found = find(segments, position + 1, next, accepts) { return found }
        var best: Int?
        for (length, next) in nodes[node].tails {
            let end = segments.count - length
            guard end > position, segments[position..<end].allSatisfy({ !$0.isEmpty }),
                let found = find(segments, end, next, accepts)
            else { continue }
            if best.map({ patterns[$0].isVaguer(than: patterns[found]) }) ?? true { best = found }
        }
        return best
    }
}

/// A segment of a path, by its bytes and not by its characters: “K” is canonically equal to the Kelvin sign.
private struct PathSegment: Hashable, Sendable {
    private let text: Substring

    init(_ text: Substring) { self.text = text }

    static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    func hash(into hasher: inout Hasher) {
        // Eight bytes at once: most of the time of a look-up goes by here.
        var (word, count) = (UInt64(0), 0)
        for byte in text.utf8 {
            word = word << 8 | UInt64(byte)
            count += 1
            if count % 8 == 0 {
                hasher.combine(word)
                word = 0
            }
        }
        hasher.combine(word)
        hasher.combine(count)
    }
}
