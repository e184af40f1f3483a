// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Makes nodes of the places that the JSON parser noted; recursion is bounded as the parser's was.
struct JSONNodeBuilder {
    let starts: [(offset: Int, size: Int, range: Range<Int>)]
    private(set) var nodes: [SourceNode] = []
    private var next = 0

    init(starts: [(offset: Int, size: Int, range: Range<Int>)]) { self.starts = starts }

    mutating func node(_ json: JSON) -> Int {
        let range = starts[next].range
        next += 1
        let kind: SourceNode.Kind
        switch json {
        case .array(let items):
            var children: [Int] = []
            for item in items { children.append(node(item)) }
            kind = .sequence(children, isFlow: true)
        case .object(let object):
            var members: [SourceMember] = []
            for (key, value) in object {
                let start = starts[next].offset
                members.append(SourceMember(key: key, start: start, value: node(value), isMerge: false))
            }
            kind = .mapping(members, isFlow: true)
        case .string: kind = .scalar(.doubleQuoted)
        default: kind = .scalar(.plain)
        }
        nodes.append(SourceNode(kind: kind, range: range, isInFlow: true))
        return nodes.count - 1
    }
}

/// Makes nodes of libyaml's events, of a text that was read and checked before.
struct YAMLNodeBuilder: ~Copyable {
    private var reader: YAMLEventReader
    private let bytes: [UInt8]
    private let offsets: ScalarOffsets
    private var nodes: [SourceNode] = []
    private var anchors: [String: Int] = [:]
    /// How many collections in brackets are open.
    private var flowDepth = 0

    init(_ bytes: [UInt8], source: String) throws(Fault) {
        let skipped = TextEncoding.hasByteOrderMark(bytes.span) ? 3 : 0
        reader = try YAMLEventReader(bytes.span.extracting(droppingFirst: skipped), source: source)
        offsets = ScalarOffsets(bytes, from: skipped)
        self.bytes = bytes
    }

    /// The nodes of the next document, whose value is known.
    mutating func next(_ root: JSON) throws(Fault) -> (nodes: [SourceNode], root: Int) {
        while true {
            guard case .documentStart = try reader.nextWithExtent().event else { continue }
            (nodes, anchors) = ([], [:])
            let (first, extent) = try reader.nextWithExtent()
            if case .scalar(text: "", isPlain: true, tag: nil, anchor: nil) = first { continue }
            let index = try node(first, extent, root)
            return (nodes, index)
        }
    }

    private mutating func node(_ event: YAMLEvent, _ extent: YAMLExtent, _ json: JSON) throws(Fault) -> Int {
        var range = offsets.bytes(extent.scalars)
        let kind: SourceNode.Kind
        switch event {
        case .alias(let name):
            guard let target = anchors[name] else { throw Fault(.internal, "an alias without its anchor was read") }
            kind = .alias(of: target)
        case .scalar(_, _, let tag, let anchor):
            let count = (tag == nil ? 0 : 1) + (anchor == nil ? 0 : 1)
            range = behindProperties(count, range)..<range.upperBound
            kind = .scalar(extent.style)
        case .sequenceStart:
            if extent.isFlow { flowDepth += 1 }
            let (items, end) = try sequence(json)
            if extent.isFlow { flowDepth -= 1 }
            range = range.lowerBound..<max(end, range.upperBound)
            kind = .sequence(items, isFlow: extent.isFlow)
        case .mappingStart:
            if extent.isFlow { flowDepth += 1 }
            let (members, end) = try mapping(json)
            if extent.isFlow { flowDepth -= 1 }
            range = range.lowerBound..<max(end, range.upperBound)
            kind = .mapping(members, isFlow: extent.isFlow)
        default: throw Fault(.internal, "an event of YAML came where a value should be")
        }
        nodes.append(SourceNode(kind: kind, range: range, isInFlow: flowDepth > 0))
        if let anchor = event.anchor { anchors[anchor] = nodes.count - 1 }
        return nodes.count - 1
    }

    private mutating func sequence(_ json: JSON) throws(Fault) -> (items: [Int], end: Int) {
        var items: [Int] = []
        while true {
            let (event, extent) = try reader.nextWithExtent()
            if case .sequenceEnd = event { return (items, offsets.bytes(extent.scalars).upperBound) }
            items.append(try node(event, extent, json[items.count] ?? .null))
        }
    }

    private mutating func mapping(_ json: JSON) throws(Fault) -> (members: [SourceMember], end: Int) {
        var members: [SourceMember] = []
        // What is merged in stands behind a mapping's own members.
        var own = (json.object ?? [:]).makeIterator()
        while true {
            let (event, extent) = try reader.nextWithExtent()
            if case .mappingEnd = event { return (members, offsets.bytes(extent.scalars).upperBound) }
            let isMerge: Bool
            if case .scalar(text: "<<", isPlain: true, tag: nil, _) = event { isMerge = true } else { isMerge = false }
            let start = offsets.bytes(extent.scalars).lowerBound
            if let anchor = event.anchor {
                nodes.append(SourceNode(kind: .scalar(extent.style), range: start..<start, isInFlow: flowDepth > 0))
                anchors[anchor] = nodes.count - 1
            }
            let (valueEvent, valueExtent) = try reader.nextWithExtent()
            let member: (key: String, value: JSON)? = isMerge ? nil : own.next()
            let value = try node(valueEvent, valueExtent, member?.value ?? .null)
            // Of a mapping that stands behind a `<<` itself, no value is known.
            let written = if case .scalar(let text, _, _, _) = event { text } else { "" }
            members.append(SourceMember(key: member?.key ?? written, start: start, value: value, isMerge: isMerge))
        }
    }

    /// Where a scalar itself starts, behind so many anchors and tags, with blanks and comments between.
    private func behindProperties(_ count: Int, _ range: Range<Int>) -> Int {
        var (offset, left) = (range.lowerBound, count)
        while left > 0, offset < range.upperBound {
            while offset < range.upperBound, bytes[offset] > 0x20 { offset += 1 }
            left -= 1
            let end = offset
            offset = behindBlanks(offset, range.upperBound)
            if left == 0 && offset == range.upperBound { return end }
        }
        return offset
    }

    private func behindBlanks(_ start: Int, _ end: Int) -> Int {
        var offset = start
        while offset < end {
            if bytes[offset] == UInt8(ascii: "#") {
                while offset < end, bytes[offset] != 0x0A, bytes[offset] != 0x0D { offset += 1 }
            } else if bytes[offset] <= 0x20 {
                offset += 1
            } else {
                break
            }
        }
        return offset
    }
}

/// Turns offsets in Unicode scalars into offsets in bytes.
private struct ScalarOffsets {
    /// Where every 64th scalar starts; empty when each scalar is one byte.
    private var checkpoints: [Int] = []
    private let bytes: [UInt8]
    private let start: Int
    private static let step = 64

    init(_ bytes: [UInt8], from start: Int) {
        (self.bytes, self.start) = (bytes, start)
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        var count = 0
        for offset in start..<bytes.count where bytes[offset] & 0xC0 != 0x80 {
            if count % Self.step == 0 { checkpoints.append(offset) }
            count += 1
        }
    }

    func bytes(_ scalars: Range<Int>) -> Range<Int> { byte(scalars.lowerBound)..<byte(scalars.upperBound) }

    private func byte(_ scalar: Int) -> Int {
        guard !checkpoints.isEmpty else { return min(start + scalar, bytes.count) }
        let index = min(scalar / Self.step, checkpoints.count - 1)
        var (offset, left) = (checkpoints[index], scalar - index * Self.step)
        while left > 0, offset < bytes.count {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
            left -= 1
        }
        return offset
    }
}
