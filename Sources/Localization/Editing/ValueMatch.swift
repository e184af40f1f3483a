// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Documents

/// A value that a path leads to.
public struct ValueMatch: Sendable {
    /// Which document of the text, counted from 0.
    public let document: Int
    /// Where in it.
    public let pointer: JSONPointer
    /// The value.
    public let value: JSON
    /// Its node.
    let node: Int
    /// Of which reading of the text the node is.
    let reading: Int
}

/// Follows paths through a document.
struct PathMatcher {
    private let tree: SourceTree
    private let document: Int
    private let reading: Int
    private var matches: [ValueMatch] = []
    private var seen: Set<JSONPointer> = []
    private var steps = 0
    /// More than any document needs; an alias that is walked again and again counts each time.
    private static let stepLimit = 20_000_000

    init(_ tree: SourceTree, document: Int, reading: Int) {
        (self.tree, self.document, self.reading) = (tree, document, reading)
    }

    /// All values that the path leads to, in the order of the text, each once.
    mutating func matches(_ path: ValuePath) throws(Fault) -> [ValueMatch] {
        try visit(tree.root, tree.document.root, JSONPointer(), path.segments[...])
        return matches
    }

    /// The same from a value on.
    mutating func matches(
        _ path: ValuePath, below pointer: JSONPointer, node: Int
    ) throws(Fault) -> [ValueMatch] {
        try visit(node, tree.value(at: pointer) ?? .null, pointer, path.segments[...])
        return matches
    }

    private mutating func visit(
        _ node: Int, _ value: JSON, _ pointer: JSONPointer, _ rest: ArraySlice<ValuePath.Segment>
    ) throws(Fault) {
        steps += 1
        guard steps <= Self.stepLimit else {
            throw Fault(
                .limitExceeded, "\(tree.document.source): a path with “**” leads through too many values",
                fix: "write more of the path")
        }
        guard let segment = rest.first else {
            guard seen.insert(pointer).inserted else { return }
            matches.append(
                ValueMatch(document: document, pointer: pointer, value: value, node: node, reading: reading))
            return
        }
        let behind = rest.dropFirst()
        switch segment {
        case .key(let key):
            guard let child = value[key], let member = tree.members(of: node)?.last(where: { $0.key == key }) else {
                return
            }
            try visit(member.value, child, pointer.appending(key), behind)
        case .index(let index):
            guard let child = value[index], let items = tree.elements(of: node) else { return }
            try visit(items[index], child, pointer.appending(index), behind)
        case .elements: try visitElements(node, value, pointer, behind) { _ in true }
        case .selection(let keys, let text):
            try visitElements(node, value, pointer, behind) { element in
                keys.reduce(element) { $0?[$1] }?.selectionText == text
            }
        case .children: try visitChildren(node, value, pointer, behind)
        case .descent:
            try visit(node, value, pointer, behind)
            try visitChildren(node, value, pointer, rest)
        }
    }

    private mutating func visitElements(
        _ node: Int, _ value: JSON, _ pointer: JSONPointer, _ rest: ArraySlice<ValuePath.Segment>,
        where accepts: (JSON?) -> Bool
    ) throws(Fault) {
        guard let items = tree.elements(of: node), let values = value.array else { return }
        for (index, item) in zip(items, values).enumerated() where accepts(item.1) {
            try visit(item.0, item.1, pointer.appending(index), rest)
        }
    }

    private mutating func visitChildren(
        _ node: Int, _ value: JSON, _ pointer: JSONPointer, _ rest: ArraySlice<ValuePath.Segment>
    ) throws(Fault) {
        try visitElements(node, value, pointer, rest) { _ in true }
        for (key, child) in tree.members(of: node) ?? [] {
            guard let value = value[key] else { continue }
            try visit(child, value, pointer.appending(key), rest)
        }
    }
}

extension JSON {
    /// What a selection compares with.
    fileprivate var selectionText: String? { string ?? numberText ?? bool.map { "\($0)" } }
}
