// SPDX-License-Identifier: Apache-2.0

public import Basics

extension JSON {
    /// Reads one JSON text (RFC 8259) strictly: duplicate keys, invalid UTF-8, unpaired surrogates, control characters
    /// in strings and bytes behind the value are refused. Errors name `source`, line and column.
    public init(parsing bytes: [UInt8], source: String, limits: DocumentLimits = .standard) throws(Fault) {
        var parser = try JSONParser(bytes, source: source, limits: limits)
        self = try parser.document()
    }
}

/// A recursive-descent parser over the bytes; recursion is bounded by the depth limit.
struct JSONParser {
    private let bytes: [UInt8]
    private let source: String
    private let limits: DocumentLimits
    private var offset = 0
    private var nodes = 0

    init(_ bytes: [UInt8], source: String, limits: DocumentLimits) throws(Fault) {
        guard bytes.count <= limits.bytes else {
            throw Fault(.limitExceeded, "\(source) is larger than the \(ByteCount(Int64(limits.bytes))) accepted here")
        }
        (self.bytes, self.source, self.limits) = (bytes, source, limits)
    }

    mutating func document() throws(Fault) -> JSON {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("a byte order mark stands at the start", at: 0) }
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw error("something follows the value", at: offset) }
        return value
    }

    private mutating func value(depth: Int) throws(Fault) -> JSON {
        guard depth <= limits.depth else { throw limit("is nested deeper than \(limits.depth) levels") }
        nodes += 1
        guard nodes <= limits.nodes else { throw limit("has more than \(limits.nodes) values") }
        guard offset < bytes.count else { throw error("the text ends where a value should be", at: offset) }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), 0x30...0x39: return try number()
        default: throw error("a value should be here", at: offset)
        }
    }

    private mutating func object(_ depth: Int) throws(Fault) -> JSON {
        offset += 1
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            skipSpace()
            let start = offset
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else {
                throw error("a key in double quotes should be here", at: offset)
            }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw error("“:” should follow the key “\(key)”", at: offset) }
            skipSpace()
            let value = try value(depth: depth + 1)
            guard object.insert(key, value) else {
                throw error("the key “\(key)” is given twice", at: start, fix: "keep one of the two")
            }
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "}")) else { throw error("“,” or “}” should be here", at: offset) }
            return .object(object)
        }
    }

    private mutating func array(_ depth: Int) throws(Fault) -> JSON {
        offset += 1
        var items: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        while true {
            skipSpace()
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            guard take(UInt8(ascii: "]")) else { throw error("“,” or “]” should be here", at: offset) }
            return .array(items)
        }
    }

    private mutating func number() throws(Fault) -> JSON {
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
                UInt8(ascii: "E"):
                offset += 1
                continue
            default: break
            }
            break
        }
        let text = bytes[start..<offset]
        guard JSONNumber.isNumber(text) else { throw error("this is no JSON number", at: start) }
        return .number(JSONNumber(checked: String(decoding: text, as: UTF8.self)))
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(Fault) -> JSON {
        let text = Array(word.description.utf8)
        guard bytes[offset...].starts(with: text) else { throw error("a value should be here", at: offset) }
        offset += text.count
        return value
    }

    private mutating func string() throws(Fault) -> String {
        offset += 1
        let start = offset
        // Most strings have no escapes: find the end, then check the bytes once.
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\"),
            bytes[offset] >= 0x20
        {
            offset += 1
        }
        guard offset < bytes.count else { throw error("the string does not end", at: start - 1) }
        if bytes[offset] == UInt8(ascii: "\"") {
            let text = try text(bytes[start..<offset], at: start)
            offset += 1
            return text
        }
        var buffer = Array(bytes[start..<offset])
        while true {
            guard offset < bytes.count else { throw error("the string does not end", at: start - 1) }
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return try text(buffer[...], at: start)
            case UInt8(ascii: "\\"): try escape(&buffer)
            case ..<0x20: throw error("a control character stands in a string unescaped", at: offset)
            default:
                buffer.append(byte)
                offset += 1
            }
        }
    }

    private func text(_ bytes: ArraySlice<UInt8>, at start: Int) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("a string is not valid UTF-8", at: start) }
        return text
    }

    private mutating func escape(_ buffer: inout [UInt8]) throws(Fault) {
        let start = offset
        guard offset + 1 < bytes.count else { throw error("the string does not end", at: start) }
        offset += 2
        switch bytes[start + 1] {
        case UInt8(ascii: "\""): buffer.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): buffer.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): buffer.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            var code = try hexDigits(start)
            if (0xD800..<0xDC00).contains(code) {
                guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
                else { throw error("a surrogate stands alone", at: start) }
                offset += 2
                let low = try hexDigits(start)
                guard (0xDC00..<0xE000).contains(low) else { throw error("a surrogate stands alone", at: start) }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw error("a surrogate stands alone", at: start) }
            buffer.append(contentsOf: Array(String(Character(scalar)).utf8))
        default: throw error("the escape is unknown", at: start)
        }
    }

    private mutating func hexDigits(_ start: Int) throws(Fault) -> UInt32 {
        guard offset + 4 <= bytes.count,
            let value = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16),
            bytes[offset] != UInt8(ascii: "+"), bytes[offset] != UInt8(ascii: "-")
        else { throw error("\\u needs four hexadecimal digits", at: start) }
        offset += 4
        return value
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard offset < bytes.count, bytes[offset] == byte else { return false }
        offset += 1
        return true
    }

    private func error(_ what: String, at offset: Int, fix: String? = nil) -> Fault {
        Fault(.invalid, "\(source):\(SourcePosition(of: offset, in: bytes)): \(what)", fix: fix)
    }

    private func limit(_ what: String) -> Fault { Fault(.limitExceeded, "\(source) \(what)") }
}
