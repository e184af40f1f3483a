// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents

/// Writes new members and elements behind those that are there, in their style.
struct MemberWriter {
    private let bytes: [UInt8]
    private let lines: LineScanner

    init(bytes: [UInt8]) { (self.bytes, lines) = (bytes, LineScanner(bytes: bytes)) }

    /// A member for a text without any value.
    func appending(_ key: String, _ value: JSON) -> ByteEdit {
        let isOnNewLine = bytes.isEmpty || bytes.last == 0x0A
        return ByteEdit(
            bytes.count..<bytes.count,
            (isOnNewLine ? "" : lines.lineBreak) + block([key: value], column: 0) + lines.lineBreak)
    }

    /// A member for a mapping or a null.
    func inserting(
        _ key: String, _ value: JSON, into index: Int?, of tree: SourceTree, place: String
    ) throws(Fault) -> ByteEdit {
        guard let index else { throw refused("“\(key)”", place) }
        let node = tree.nodes[index]
        switch node.kind {
        case .mapping(let members, isFlow: true):
            return inserting(
                "\(flow(.string(key), tree)): \(flow(value, tree))", behind: members.last?.value,
                startingAt: members.last?.start, into: node, of: tree)
        case .mapping(let members, isFlow: false):
            guard let first = members.first, let last = members.last else { throw refused("“\(key)”", place) }
            let column = first.start - lines.start(of: first.start)
            return inserting(block([key: value], column: column), column: column, behind: last.value, of: tree)
        case .scalar(.plain) where tree.document.isNull(node, bytes):
            return overNull(node, flow([key: value], tree))
        default: throw refused("“\(key)”", place)
        }
    }

    /// An element for a sequence or a null.
    func appending(_ item: JSON, to index: Int?, of tree: SourceTree, place: String) throws(Fault) -> ByteEdit {
        guard let index else { throw refused("an element", place) }
        let node = tree.nodes[index]
        switch node.kind {
        case .sequence(let items, isFlow: true):
            return inserting(
                flow(item, tree), behind: items.last, startingAt: items.last.map { tree.nodes[$0].range.lowerBound },
                into: node, of: tree)
        case .sequence(let items, isFlow: false):
            guard let first = items.first, let last = items.last,
                let column = dashColumn(before: tree.nodes[first].range.lowerBound)
            else { throw refused("an element", place) }
            return inserting(block([item], column: column), column: column, behind: last, of: tree)
        case .scalar(.plain) where tree.document.isNull(node, bytes): return overNull(node, flow([item], tree))
        default: throw refused("an element", place)
        }
    }

    // MARK: Block style

    /// The value as lines at a column, without the last line break.
    private func block(_ value: JSON, column: Int) -> String {
        let indentation = String(repeating: " ", count: column)
        var text = YAML.text(value).split(separator: "\n", omittingEmptySubsequences: false)
        if text.last == "" { text.removeLast() }
        return text.map { $0.isEmpty ? "" : indentation + $0 }.joined(separator: lines.lineBreak)
    }

    private func inserting(_ text: String, column: Int, behind last: Int, of tree: SourceTree) -> ByteEdit {
        let (end, isBlock) = end(of: last, in: tree)
        if isBlock {
            // A block scalar ends with its line.
            let isOnNewLine = end > 0 && LineScanner.isBreak(bytes[end - 1])
            return ByteEdit(end..<end, isOnNewLine ? text + lines.lineBreak : lines.lineBreak + text)
        }
        let lineEnd = lines.end(from: end)
        return ByteEdit(lineEnd..<lineEnd, lines.lineBreak + text)
    }

    /// Where a value really ends, and whether it is a block scalar.
    private func end(of index: Int, in tree: SourceTree) -> (offset: Int, isBlock: Bool) {
        let node = tree.nodes[index]
        switch node.kind {
        case .scalar(.literal), .scalar(.folded):
            let content = lines.nextLine(from: node.range.lowerBound)
            let header = bytes[node.range.lowerBound..<lines.end(from: node.range.lowerBound)].prefix { $0 > 0x20 }
            // `+` keeps the empty lines behind the text.
            guard !header.contains(UInt8(ascii: "+")) else { return (node.range.upperBound, true) }
            return (max(content, lines.withoutBlankLines(before: node.range.upperBound, downTo: content)), true)
        case .sequence(let items, isFlow: false):
            return items.last.map { end(of: $0, in: tree) } ?? (node.range.lowerBound, false)
        case .mapping(let members, isFlow: false):
            return members.last.map { end(of: $0.value, in: tree) } ?? (node.range.lowerBound, false)
        default: return (node.range.upperBound, false)
        }
    }

    /// The column of the `-` that an element stands behind.
    private func dashColumn(before offset: Int) -> Int? {
        var offset = offset
        while offset > 0, bytes[offset - 1] == 0x20 { offset -= 1 }
        guard offset > 0, bytes[offset - 1] == UInt8(ascii: "-") else { return nil }
        return offset - 1 - lines.start(of: offset - 1)
    }

    // MARK: Flow style

    private func flow(_ value: JSON, _ tree: SourceTree) -> String {
        if tree.isJSON { return String(decoding: value.encoded(), as: UTF8.self) }
        switch value {
        case .object(let object):
            let members = object.map { "\(YAML.scalar(.string($0.key), isInFlow: true)): \(flow($0.value, tree))" }
            return "{\(members.joined(separator: ", "))}"
        case .array(let items): return "[\(items.map { flow($0, tree) }.joined(separator: ", "))]"
        default: return YAML.scalar(value, isInFlow: true)
        }
    }

    /// Behind the last member; on a line of its own when that one stands so.
    private func inserting(
        _ text: String, behind last: Int?, startingAt start: Int?, into node: SourceNode, of tree: SourceTree
    ) -> ByteEdit {
        guard let last, let start else {
            let end = node.range.upperBound - 1
            return ByteEdit(end..<end, text)
        }
        let end = end(of: last, in: tree).offset
        let line = lines.start(of: start)
        let isAlone = bytes[line..<start].allSatisfy { $0 == 0x20 || $0 == 0x09 }
        let gap = isAlone ? lines.lineBreak + String(decoding: bytes[line..<start], as: UTF8.self) : " "
        return ByteEdit(end..<end, ",\(gap)\(text)")
    }

    private func overNull(_ node: SourceNode, _ text: String) -> ByteEdit {
        let isTight = node.range.isEmpty && node.range.lowerBound > 0 && bytes[node.range.lowerBound - 1] > 0x20
        return ByteEdit(node.range, isTight ? " " + text : text)
    }

    private func refused(_ what: String, _ place: String) -> Fault {
        Fault(
            .unsupported, "\(place): \(what) cannot be added to what stands here",
            fix: "a mapping, a list or an empty value can get new members")
    }
}

extension LocatedDocument {
    /// Whether a plain scalar is null, by how it is written.
    fileprivate func isNull(_ node: SourceNode, _ bytes: [UInt8]) -> Bool {
        ["", "~", "null", "Null", "NULL"].contains(String(decoding: bytes[node.range], as: UTF8.self))
    }
}
