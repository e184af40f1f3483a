// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Builds values from events; recursion is bounded by the depth limit.
struct YAMLComposer: ~Copyable {
    private var reader: YAMLEventReader
    let source: String
    private let limits: DocumentLimits
    private var anchors: [String: Anchored] = [:]
    private var marks: [PositionMark] = []
    private var nodes = 0
    private var textBytes = 0
    private var aliasedBytes = 0
    /// The most collections open at once in the value that is being read.
    private var deepest = 0

    /// What an anchor names, with what each alias of it costs.
    private struct Anchored {
        let value: JSON
        let nodes: Int
        let textBytes: Int
        /// How many collections are nested in it.
        let height: Int
    }

    init(reader: consuming YAMLEventReader, source: String, limits: DocumentLimits) {
        self.reader = reader
        (self.source, self.limits) = (source, limits)
    }

    mutating func documents() throws(Fault) -> [LocatedDocument] {
        var documents: [LocatedDocument] = []
        while true {
            switch try reader.next().event {
            case .streamEnd: return documents
            case .documentStart:
                (anchors, marks) = ([:], [])
                let (first, position) = try reader.next()
                if case .scalar(text: "", isPlain: true, tag: nil, anchor: nil) = first { continue }
                let root = try value(first, position, at: position, depth: 0)
                documents.append(LocatedDocument(root: root, source: source, marks: marks))
            default: continue
            }
        }
    }

    /// - Parameter place: where the value is said to stand: at its key, when it is a member.
    private mutating func value(
        _ event: YAMLEvent, _ position: SourcePosition, at place: SourcePosition, depth: Int
    ) throws(Fault) -> JSON {
        let mark = marks.count
        marks.append(PositionMark(place))
        let (nodesBefore, bytesBefore, deepestBefore) = (nodes, textBytes, deepest)
        deepest = depth
        defer { deepest = max(deepest, deepestBefore) }
        try count(1, position)
        let value: JSON
        switch event {
        case .scalar(let text, let isPlain, let tag, _):
            value = try scalar(text, isPlain: isPlain, tag: tag, position)
            textBytes += text.utf8.count
        case .alias(let name): return try alias(name, position, depth)
        case .sequenceStart(let tag, _):
            try check(tag, isFor: "seq", position)
            try deepen(to: depth + 1, position)
            value = .array(try sequence(depth + 1))
        case .mappingStart(let tag, _):
            try check(tag, isFor: "map", position)
            try deepen(to: depth + 1, position)
            value = .object(try mapping(depth + 1))
        default: throw error("a value should be here", position)
        }
        marks[mark].size = UInt32(clamping: marks.count - mark)
        if let anchor = event.anchor {
            anchors[anchor] = Anchored(
                value: value, nodes: nodes - nodesBefore, textBytes: textBytes - bytesBefore, height: deepest - depth)
        }
        return value
    }

    private mutating func sequence(_ depth: Int) throws(Fault) -> [JSON] {
        var items: [JSON] = []
        while true {
            let (event, position) = try reader.next()
            if case .sequenceEnd = event { return items }
            items.append(try value(event, position, at: position, depth: depth))
        }
    }

    private mutating func mapping(_ depth: Int) throws(Fault) -> JSONObject {
        var object = JSONObject()
        var merged: [JSONObject] = []
        while true {
            let (event, place) = try reader.next()
            if case .mappingEnd = event { break }
            let key = try key(event, place)
            let (next, position) = try reader.next()
            let mark = marks.count
            let value = try value(next, position, at: place, depth: depth)
            if let key {
                guard object.insert(key, value) else {
                    throw error("the key “\(key)” is given twice", place, fix: "keep one of the two")
                }
            } else {
                // What is merged in keeps no place of its own: marks follow the mapping's own members.
                marks.removeSubrange(mark...)
                merged += try mergeSources(value, position)
            }
        }
        // Keys of the mapping itself win over merged ones, earlier merged mappings over later ones.
        for other in merged {
            for (key, value) in other { _ = object.insert(key, value) }
        }
        return object
    }

    private func mergeSources(_ value: JSON, _ position: SourcePosition) throws(Fault) -> [JSONObject] {
        var sources: [JSONObject] = []
        for item in value.array ?? [value] {
            guard let object = item.object else {
                throw error(
                    "“<<” merges mappings, not a value of kind \(item.kindName)", position,
                    fix: "name a mapping, or quote the key “<<”")
            }
            sources.append(object)
        }
        return sources
    }

    /// The text of a key; nil for the merge key `<<`.
    private mutating func key(_ event: YAMLEvent, _ position: SourcePosition) throws(Fault) -> String? {
        let value: JSON
        switch event {
        case .scalar(let text, let isPlain, let tag, let anchor):
            if isPlain && tag == nil && text == "<<" { return nil }
            value = try scalar(text, isPlain: isPlain, tag: tag, position)
            if let anchor { anchors[anchor] = Anchored(value: value, nodes: 1, textBytes: text.utf8.count, height: 0) }
        case .alias(let name): value = try alias(name, position, 0)
        default: value = .object(JSONObject())
        }
        // As in sigs.k8s.io/yaml, a key that is a boolean or a number becomes its text.
        switch value {
        case .string(let text): return text
        case .number(let number): return number.text
        case .bool(let value): return value ? "true" : "false"
        case .null: throw error("a key is null", position, fix: "quote the key")
        case .array, .object:
            throw error(
                "a key must be a text, not a list or a mapping", position,
                fix: "quote the text; one that starts with “{” or “[” needs quotes")
        }
    }

    private mutating func alias(_ name: String, _ position: SourcePosition, _ depth: Int) throws(Fault) -> JSON {
        guard let anchored = anchors[name] else {
            throw error(
                "the anchor “\(name)” is not defined above", position,
                fix: "define it with &\(name), or quote the value if it starts with a star")
        }
        try count(anchored.nodes - 1, position)
        aliasedBytes += anchored.textBytes
        textBytes += anchored.textBytes
        guard aliasedBytes <= limits.bytes else {
            throw Fault(
                .limitExceeded,
                "\(source):\(position): aliases stand for more than \(ByteCount(Int64(limits.bytes))) of text",
                fix: "write the document without so many aliases")
        }
        try deepen(to: depth + anchored.height, position)
        return anchored.value
    }

    private mutating func deepen(to depth: Int, _ position: SourcePosition) throws(Fault) {
        guard depth <= limits.depth else { throw limits.tooDeep("\(source):\(position)") }
        deepest = max(deepest, depth)
    }

    private mutating func count(_ more: Int, _ position: SourcePosition) throws(Fault) {
        nodes += more
        guard nodes <= limits.nodes else { throw limits.tooManyNodes("\(source):\(position)") }
    }
}
