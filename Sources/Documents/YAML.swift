// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Reads and writes YAML as the Kubernetes tools do (sigs.k8s.io/yaml): a text whose values are JSON values.
///
/// Plain scalars follow YAML 1.1 as go-yaml reads it: `yes`, `no`, `on` and `off` are booleans, `0o17` and `0x1F` are
/// integers, dates stay strings. JSON is YAML too.
public enum YAML {
    /// All documents of a text. Duplicate keys are refused; aliases are expanded within the node limit.
    public static func documents(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = .standard
    ) throws(Fault) -> [LocatedDocument] {
        guard bytes.count <= limits.bytes else {
            throw Fault(.limitExceeded, "\(source) is larger than the \(ByteCount(Int64(limits.bytes))) accepted here")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Fault(.invalid, "\(source) is not valid UTF-8", fix: "save the file as UTF-8")
        }
        var composer = YAMLComposer(reader: try YAMLEventReader(bytes, source: source), source: source, limits: limits)
        return try composer.documents()
    }

    /// The one document of a text; an empty text is `null`.
    public static func document(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = .standard
    ) throws(Fault) -> LocatedDocument {
        let documents = try documents(bytes, source: source, limits: limits)
        guard documents.count <= 1 else {
            throw Fault(
                .invalid, "\(source) holds \(documents.count) documents where one is expected",
                fix: "split the file at “---”")
        }
        return documents.first ?? LocatedDocument(root: .null, source: source, positions: [:])
    }
}

/// Builds values from events.
struct YAMLComposer: ~Copyable {
    private var reader: YAMLEventReader
    private let source: String
    private let limits: DocumentLimits
    private var anchors: [String: (value: JSON, nodes: Int)] = [:]
    private var positions: [JSONPointer: SourcePosition] = [:]
    private var nodes = 0

    init(reader: consuming YAMLEventReader, source: String, limits: DocumentLimits) {
        self.reader = reader
        (self.source, self.limits) = (source, limits)
    }

    mutating func documents() throws(Fault) -> [LocatedDocument] {
        var documents: [LocatedDocument] = []
        while true {
            let (event, _) = try reader.next()
            switch event {
            case .streamEnd: return documents
            case .documentStart:
                (anchors, positions) = ([:], [:])
                let (first, position) = try reader.next()
                if case .documentEnd = first { continue }
                let root = try value(first, position, JSONPointer(), depth: 0)
                documents.append(LocatedDocument(root: root, source: source, positions: positions))
            default: continue
            }
        }
    }

    private mutating func value(
        _ event: YAMLEvent, _ position: SourcePosition, _ pointer: JSONPointer, depth: Int
    ) throws(Fault) -> JSON {
        guard depth <= limits.depth else {
            throw Fault(.limitExceeded, "\(source):\(position): nested deeper than \(limits.depth) levels")
        }
        try count(1, position)
        positions[pointer] = position
        switch event {
        case .scalar(let text, let isPlain, let tag, let anchor):
            let value = try scalar(text, isPlain: isPlain, tag: tag, position)
            if let anchor { anchors[anchor] = (value, 1) }
            return value
        case .alias(let name):
            guard let (value, size) = anchors[name] else {
                throw Fault(.invalid, "\(source):\(position): the anchor “\(name)” is not defined above", fix: "define it with &\(name)")
            }
            try count(size, position)
            return value
        case .sequenceStart(let anchor):
            let before = nodes
            var items: [JSON] = []
            while true {
                let (next, place) = try reader.next()
                if case .sequenceEnd = next { break }
                items.append(try value(next, place, pointer.appending(items.count), depth: depth + 1))
            }
            if let anchor { anchors[anchor] = (.array(items), nodes - before + 1) }
            return .array(items)
        case .mappingStart(let anchor):
            let before = nodes
            let object = try mapping(pointer, depth)
            if let anchor { anchors[anchor] = (.object(object), nodes - before + 1) }
            return .object(object)
        default: throw Fault(.invalid, "\(source):\(position): a value should be here")
        }
    }

    private mutating func mapping(_ pointer: JSONPointer, _ depth: Int) throws(Fault) -> JSONObject {
        var object = JSONObject()
        var merged: [JSONObject] = []
        while true {
            let (event, position) = try reader.next()
            if case .mappingEnd = event { break }
            let (key, isMerge) = try key(event, position)
            let inner = pointer.appending(key)
            let (next, place) = try reader.next()
            let value = try value(next, place, inner, depth: depth + 1)
            // An unknown field is reported where its name stands, not its value.
            positions[inner] = position
            if isMerge {
                for item in value.array ?? [value] {
                    guard let other = item.object else {
                        throw Fault(.invalid, "\(source):\(position): “<<” merges mappings only")
                    }
                    merged.append(other)
                }
                continue
            }
            guard object.insert(key, value) else {
                throw Fault(
                    .invalid, "\(source):\(position): the key “\(key)” is given twice", fix: "keep one of the two")
            }
        }
        // Keys of the mapping itself win over merged ones, earlier merged mappings over later ones.
        for other in merged {
            for (key, value) in other { _ = object.insert(key, value) }
        }
        return object
    }

    private mutating func key(_ event: YAMLEvent, _ position: SourcePosition) throws(Fault) -> (String, Bool) {
        switch event {
        case .scalar(let text, let isPlain, let tag, _):
            if isPlain && text == "<<" { return (text, true) }
            // As in sigs.k8s.io/yaml, a key that is a boolean or a number becomes its text.
            switch try scalar(text, isPlain: isPlain, tag: tag, position) {
            case .bool(let value): return (value ? "true" : "false", false)
            case .number(let number): return (number.text, false)
            case .null: return ("null", false)
            default: return (text, false)
            }
        case .alias(let name):
            guard let text = anchors[name]?.value.string else { break }
            return (text, false)
        default: break
        }
        throw Fault(.invalid, "\(source):\(position): a key must be a scalar", fix: "quote the key")
    }

    private mutating func count(_ more: Int, _ position: SourcePosition) throws(Fault) {
        nodes += more
        guard nodes <= limits.nodes else {
            throw Fault(
                .limitExceeded, "\(source):\(position): more than \(limits.nodes) values, aliases counted as what they stand for",
                fix: "write the document without so many aliases")
        }
    }

    private func scalar(
        _ text: String, isPlain: Bool, tag: String?, _ position: SourcePosition
    ) throws(Fault) -> JSON {
        switch tag {
        case "tag:yaml.org,2002:str", "!", "tag:yaml.org,2002:binary": return .string(text)
        case nil, "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool",
            "tag:yaml.org,2002:null", "tag:yaml.org,2002:timestamp":
            guard isPlain || tag != nil else { return .string(text) }
            return YAMLScalar.resolve(text)
        case let tag?:
            throw Fault(
                .unsupported, "\(source):\(position): the tag \(tag) is not accepted", fix: "write the value without a tag")
        }
    }
}
