// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Documents

/// Changes values of a YAML or JSON text where they stand.
///
/// Comments, order, quoting, anchors, indentation, line ends and every byte of what is not addressed stay as they are.
/// After each step the text is read again and compared with the values that were wanted: a change that would mean
/// anything else, such as one that reaches another value through an anchor, is refused.
public struct DocumentEditor: Sendable {
    /// What the text is called in messages.
    public let source: String
    /// The text, without the changes that wait for `finish`.
    public private(set) var bytes: [UInt8]
    /// The documents of the text.
    public private(set) var trees: [SourceTree]
    private let limits: DocumentLimits
    private var reading = 0
    private var pending: [NodeKey: Pending] = [:]

    private struct NodeKey: Hashable {
        let document: Int
        let node: Int
    }
    private struct Pending: Sendable {
        let value: JSON
        var pointers: [JSONPointer]
    }

    /// The limits of texts that are changed: 16 MiB, 100 levels, a million values.
    public static let limits: DocumentLimits = {
        var limits = DocumentLimits()
        (limits.bytes, limits.depth, limits.nodes) = (16 << 20, 100, 1_000_000)
        return limits
    }()

    /// Reads a text. Throws as `YAML.documents` does, so also for duplicate keys and for too many aliases.
    public init(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = DocumentEditor.limits
    ) throws(Fault) {
        (self.bytes, self.source, self.limits) = (bytes, source, limits)
        trees = try SourceTree.documents(bytes, source: source, limits: limits)
    }

    /// The values of the documents.
    public var values: [JSON] { trees.map(\.document.root) }

    /// All values that a path leads to, document after document.
    ///
    /// - Parameter documents: which documents to look at; nil for all.
    public func matches(_ path: ValuePath, in documents: [Int]? = nil) throws(Fault) -> [ValueMatch] {
        var matches: [ValueMatch] = []
        for index in documents ?? Array(trees.indices) {
            var matcher = PathMatcher(trees[index], document: index, reading: reading)
            matches += try matcher.matches(path)
        }
        return matches
    }

    /// All values that a path leads to from another value on.
    public func matches(_ path: ValuePath, below match: ValueMatch) throws(Fault) -> [ValueMatch] {
        var matcher = PathMatcher(trees[match.document], document: match.document, reading: reading)
        return try matcher.matches(path, below: match.pointer, node: try node(of: match))
    }

    /// `file:line:column` of a value, for messages.
    public func place(_ match: ValueMatch) -> String { trees[match.document].document.place(of: match.pointer) }

    // MARK: Changes

    /// Gives a value another one. It is written when `finish` or a creation comes.
    ///
    /// - Parameter value: a text, a number, a boolean or null.
    /// - Throws: `invalid` when the match is a list or mapping, or was given another value before.
    public mutating func set(_ match: ValueMatch, to value: JSON) throws(Fault) {
        guard value.isScalar else {
            throw Fault(.invalid, "\(place(match)): a \(value.kindName) cannot be written in place of a value")
        }
        guard match.value.isScalar else {
            throw Fault(
                .invalid,
                "\(place(match)): “\(match.pointer.dotted)” is an \(match.value.kindName), not a single value",
                fix: "lead the path to a value in it")
        }
        let node = try node(of: match)
        let key = NodeKey(document: match.document, node: node)
        guard var known = pending[key] else {
            pending[key] = Pending(value: value, pointers: [match.pointer])
            return
        }
        guard known.value == value else {
            throw Fault(
                .conflict, "\(place(match)): “\(match.pointer.dotted)” is given two values",
                fix: "write paths that do not lead to the same value")
        }
        known.pointers.append(match.pointer)
        pending[key] = known
    }

    /// Makes a member that is not there, with the mappings above it that are missing.
    ///
    /// It comes behind the last member of the mapping, in its style. What was set before is written first.
    /// - Parameter pointer: a mapping or a null in the document; the root when the text has no document yet.
    public mutating func create(
        _ keys: [String], value: JSON, in document: Int, under pointer: JSONPointer
    ) throws(Fault) {
        try apply()
        guard let first = keys.first else { return }
        let value = keys.dropFirst().reversed().reduce(value) { [$1: $0] }
        var wanted = values
        if wanted.isEmpty { wanted = [[:]] }
        wanted[document].insert(value, at: pointer.parts[...], key: first)
        let writer = MemberWriter(bytes: bytes)
        let edit: ByteEdit
        if trees.isEmpty {
            edit = writer.appending(first, value)
        } else {
            let tree = trees[document]
            guard let node = tree.node(at: pointer), case .alias = tree.nodes[node].kind else {
                edit = try writer.inserting(
                    first, value, into: tree.node(at: pointer), of: tree, place: tree.document.place(of: pointer))
                return try replace([edit], expecting: wanted)
            }
            throw Fault(
                .unsupported, "\(tree.document.place(of: pointer)): “\(first)” cannot be added to an alias",
                fix: "add it where the anchor is, or write the mapping out")
        }
        try replace([edit], expecting: wanted)
    }

    /// Adds an element at the end of a sequence. What was set before is written first.
    public mutating func append(_ item: JSON, in document: Int, at pointer: JSONPointer) throws(Fault) {
        try apply()
        let tree = trees[document]
        var wanted = values
        wanted[document].append(item, at: pointer.parts[...])
        let edit = try MemberWriter(bytes: bytes).appending(
            item, to: tree.node(at: pointer), of: tree, place: tree.document.place(of: pointer))
        try replace([edit], expecting: wanted)
    }

    /// The text with all changes.
    public mutating func finish() throws(Fault) -> [UInt8] {
        try apply()
        return bytes
    }

    // MARK: Applying

    private func node(of match: ValueMatch) throws(Fault) -> Int {
        if match.reading == reading { return match.node }
        guard let node = trees[match.document].node(at: match.pointer) else {
            throw Fault(.internal, "\(source): “\(match.pointer)” was there and is not any more")
        }
        return node
    }

    private mutating func apply() throws(Fault) {
        guard !pending.isEmpty else { return }
        let changes = pending
        pending = [:]
        var wanted = values
        var edits: [ByteEdit] = []
        let writer = ScalarWriter(bytes: bytes)
        for (key, change) in changes {
            let tree = trees[key.document]
            for pointer in change.pointers { wanted[key.document].replace(at: pointer.parts[...], with: change.value) }
            // An alias of what becomes the same stays one.
            if case .alias(let target) = tree.nodes[key.node].kind,
                changes[NodeKey(document: key.document, node: target)]?.value == change.value
            {
                continue
            }
            guard tree.value(at: change.pointers[0]) != change.value else { continue }
            edits += try writer.edits(of: key.node, in: tree, to: change.value)
        }
        try replace(edits, expecting: wanted)
    }

    private mutating func replace(_ edits: [ByteEdit], expecting wanted: [JSON]) throws(Fault) {
        guard !edits.isEmpty else { return }
        let changed = try ByteEdit.apply(edits, to: bytes, source: source)
        let read: [SourceTree]
        do throws(Fault) { read = try SourceTree.documents(changed, source: source, limits: limits) } catch {
            throw error.code == .limitExceeded ? error : refusal(error)
        }
        guard read.map(\.document.root) == wanted else { throw refusal(nil) }
        (bytes, trees, reading) = (changed, read, reading + 1)
    }

    private func refusal(_ cause: Fault?) -> Fault {
        let hasAliases = trees.contains { tree in
            tree.nodes.contains { if case .alias = $0.kind { true } else { false } }
        }
        if hasAliases {
            return Fault(
                .unsupported, "\(source): the change would reach other values too, through an anchor and its aliases",
                fix: "lead the path to all of them, or write the values out", cause: cause)
        }
        return Fault(
            .unsupported, "\(source): the change cannot be written without changing something else",
            fix: "write the value on one line of its own", cause: cause)
    }
}
