// SPDX-License-Identifier: Apache-2.0

public import Basics

extension JSON {
    /// Reads one JSON text (RFC 8259) strictly: duplicate keys, invalid UTF-8, unpaired surrogates, control characters
    /// in strings and bytes behind the value are refused. Errors name `source`, line and column.
    public init(parsing bytes: [UInt8], source: String, limits: DocumentLimits = .standard) throws(Fault) {
        var parser = JSONParser(source: source, limits: limits, isLocating: false)
        self = try parser.document(bytes.span)
    }

    /// Reads one JSON text as `init(parsing:)` does, but takes the last of several values of one key, as Go does, and
    /// says which keys there were: `spec.list[0].name`, at most a hundred of them.
    public static func toleratingRepeatedKeys(
        _ bytes: [UInt8], source: String, limits: DocumentLimits = .standard
    ) throws(Fault) -> (value: JSON, repeatedKeys: [String]) {
        var parser = JSONParser(source: source, limits: limits, isLocating: false)
        parser.toleratesRepeatedKeys = true
        let value = try parser.document(bytes.span)
        return (value, parser.repeatedKeys)
    }
}

/// A recursive-descent parser over the bytes; recursion is bounded by the depth limit.
struct JSONParser {
    let source: String
    let limits: DocumentLimits
    /// Whether `starts` is wanted.
    let isLocating: Bool
    var offset = 0
    private var nodes = 0
    /// Whether a key that is given twice is noted, and its last value taken.
    var toleratesRepeatedKeys = false
    /// The paths of keys that are given twice.
    private(set) var repeatedKeys: [String] = []
    /// The keys and indexes around the value that is read, each with its dot or brackets; kept only for the paths.
    private var path: [String] = []
    /// For each value in the order of the text, where it starts (a member at its key), how many values it spans, and
    /// which bytes are its own.
    private(set) var starts: [(offset: Int, size: Int, range: Range<Int>)] = []

    init(source: String, limits: DocumentLimits, isLocating: Bool) {
        (self.source, self.limits, self.isLocating) = (source, limits, isLocating)
    }

    mutating func document(_ bytes: Span<UInt8>) throws(Fault) -> JSON {
        try limits.check(size: bytes.count, of: source)
        try TextEncoding.check(bytes, source: source)
        guard !TextEncoding.hasByteOrderMark(bytes) else {
            throw error("a byte order mark stands at the start", at: 0, bytes, fix: "save the file as UTF-8 without it")
        }
        skipSpace(bytes)
        let value = try value(bytes, depth: 0, start: offset)
        skipSpace(bytes)
        guard offset == bytes.count else {
            throw error("something follows the value", at: offset, bytes, fix: "remove it; a JSON text is one value")
        }
        return value
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int, start: Int) throws(Fault) -> JSON {
        nodes += 1
        guard nodes <= limits.nodes else { throw limits.tooManyNodes(place(offset, bytes)) }
        guard isLocating else { return try bareValue(bytes, depth) }
        let mark = starts.count
        starts.append((start, 1, offset..<offset))
        let value = try bareValue(bytes, depth)
        starts[mark].size = starts.count - mark
        starts[mark].range = starts[mark].range.lowerBound..<offset
        return value
    }

    private mutating func bareValue(_ bytes: Span<UInt8>, _ depth: Int) throws(Fault) -> JSON {
        guard offset < bytes.count else { throw error("the text ends where a value should be", at: offset, bytes) }
        switch bytes[offset] {
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "{"): return .object(try object(bytes, depth + 1))
        case UInt8(ascii: "["): return .array(try array(bytes, depth + 1))
        case UInt8(ascii: "t"): return try word("true", .bool(true), bytes)
        case UInt8(ascii: "f"): return try word("false", .bool(false), bytes)
        case UInt8(ascii: "n"): return try word("null", .null, bytes)
        default: return .number(try number(bytes))
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, _ depth: Int) throws(Fault) -> JSONObject {
        guard depth <= limits.depth else { throw limits.tooDeep(place(offset, bytes)) }
        offset += 1
        var object = JSONObject()
        skipSpace(bytes)
        if take(UInt8(ascii: "}"), bytes) { return object }
        while true {
            let start = offset
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
                throw error("a key in double quotes should be here", at: offset, bytes)
            }
            let key = try string(bytes)
            skipSpace(bytes)
            guard take(UInt8(ascii: ":"), bytes) else {
                throw error("“:” should follow the key “\(key)”", at: offset, bytes)
            }
            skipSpace(bytes)
            if toleratesRepeatedKeys { path.append(".\(key)") }
            let value = try value(bytes, depth: depth, start: start)
            if !object.insert(key, value) {
                guard toleratesRepeatedKeys else {
                    throw error("the key “\(key)” is given twice", at: start, bytes, fix: "keep one of the two")
                }
                object[key] = value
                if repeatedKeys.count < 100 { repeatedKeys.append(String(path.joined().dropFirst())) }
            }
            if toleratesRepeatedKeys { path.removeLast() }
            skipSpace(bytes)
            if take(UInt8(ascii: "}"), bytes) { return object }
            guard take(UInt8(ascii: ","), bytes) else { throw error("“,” or “}” should be here", at: offset, bytes) }
            skipSpace(bytes)
        }
    }

    private mutating func array(_ bytes: Span<UInt8>, _ depth: Int) throws(Fault) -> [JSON] {
        guard depth <= limits.depth else { throw limits.tooDeep(place(offset, bytes)) }
        offset += 1
        var items: [JSON] = []
        skipSpace(bytes)
        if take(UInt8(ascii: "]"), bytes) { return items }
        while true {
            if toleratesRepeatedKeys { path.append("[\(items.count)]") }
            items.append(try value(bytes, depth: depth, start: offset))
            if toleratesRepeatedKeys { path.removeLast() }
            skipSpace(bytes)
            if take(UInt8(ascii: "]"), bytes) { return items }
            guard take(UInt8(ascii: ","), bytes) else { throw error("“,” or “]” should be here", at: offset, bytes) }
            skipSpace(bytes)
        }
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(Fault) -> JSONNumber {
        let start = offset
        guard bytes[start] == UInt8(ascii: "-") || bytes[start] &- 0x30 < 10 else {
            throw error("a value should be here", at: start, bytes)
        }
        guard let end = JSONNumber.end(of: bytes, from: start), end == bytes.count || !Self.continuesNumber(bytes[end])
        else {
            throw error("this is no JSON number", at: start, bytes, fix: "write it like 10, -1.5 or 2e3, or quote it")
        }
        offset = end
        return JSONNumber(checked: Self.text(bytes.extracting(start..<end), isASCII: true))
    }

    /// So that `01`, `1.2.3` and `0x1F` are refused as what they are, not for their tails.
    private static func continuesNumber(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte | 0x20 &- 0x61 < 26 || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private mutating func word(_ word: StaticString, _ value: JSON, _ bytes: Span<UInt8>) throws(Fault) -> JSON {
        let start = offset
        for letter in word.description.utf8 {
            guard take(letter, bytes) else {
                throw error("a value should be here", at: start, bytes, fix: "quote the text if it is a string")
            }
        }
        return value
    }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while offset < bytes.count, bytes[offset] <= 0x20 {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    func place(_ offset: Int, _ bytes: Span<UInt8>) -> String {
        "\(source):\(SourcePosition(of: offset, in: bytes))"
    }

    func error(_ what: String, at offset: Int, _ bytes: Span<UInt8>, fix: String? = nil) -> Fault {
        Fault(.invalid, "\(place(offset, bytes)): \(what)", fix: fix)
    }
}
