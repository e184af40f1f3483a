// SPDX-License-Identifier: Apache-2.0

public import Basics

extension XMLElement {
    /// How much of a foreign document is accepted.
    public struct Limits: Sendable {
        /// The most bytes of the text.
        public var bytes = 16 * 1024 * 1024
        /// How deep elements may be nested.
        public var depth = 64
        /// The most elements, attributes and pieces of text.
        public var nodes = 500_000

        /// The limits above.
        public init() {}
    }

    /// Reads an XML 1.0 document in UTF-8.
    ///
    /// Strict, and less than XML: a document type is refused and with it every entity of a document's own, so nothing
    /// expands and nothing else is opened. Namespaces are not resolved.
    /// - Throws: `.invalid` with line and column, and `.limitExceeded`.
    public init(parsing bytes: [UInt8], source: String, limits: Limits = Limits()) throws(Fault) {
        guard bytes.count <= limits.bytes else {
            throw Fault(.limitExceeded, "\(source) is larger than \(ByteCount(Int64(limits.bytes)))")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Fault(.invalid, "\(source) is no XML in UTF-8", fix: "check that this is the right document")
        }
        var reader = XMLReader(bytes, source, limits)
        self = try reader.document()
    }
}

/// Reads elements without recursion: what is open stands in a list of bounded length.
private struct XMLReader {
    private let bytes: [UInt8], source: String, limits: XMLElement.Limits
    private var offset = 0
    private var nodes = 0

    init(_ bytes: [UInt8], _ source: String, _ limits: XMLElement.Limits) {
        (self.bytes, self.source, self.limits) = (bytes, source, limits)
    }

    mutating func document() throws(Fault) -> XMLElement {
        try checkCharacters()
        if starts(with: "\u{FEFF}") { offset += 3 }
        try declaration()
        try skipMisc()
        guard peek == UInt8(ascii: "<") else { throw wrong("an element is missing") }
        let root = try elements()
        try skipMisc()
        guard offset == bytes.count else { throw wrong("something follows the root element") }
        return root
    }

    /// XML has no place for most control characters, U+FFFE and U+FFFF, not even in comments.
    private mutating func checkCharacters() throws(Fault) {
        for (index, byte) in bytes.enumerated() where byte < 0x20 || byte == 0xEF {
            let isNoCharacter = byte == 0xEF && bytes[index...].starts(with: [0xEF, 0xBF]) && bytes[index + 2] >= 0xBE
            if byte < 0x20 && !Self.isSpace(byte) || isNoCharacter {
                offset = index
                throw wrong("a control character or one that is none")
            }
        }
    }

    /// `<?xml version="1.0" encoding="UTF-8"?>`.
    private mutating func declaration() throws(Fault) {
        guard starts(with: "<?xml"), offset + 5 < bytes.count, Self.isSpace(bytes[offset + 5]) else { return }
        let text = try skip(through: "?>").lowercased()
        if let mark = text.firstRange(of: "encoding") {
            let rest = text[mark.upperBound...]
            guard rest.contains("utf-8") || rest.contains("us-ascii") else { throw wrong("the encoding is not UTF-8") }
        }
    }

    private mutating func skipMisc() throws(Fault) {
        while true {
            skipSpace()
            if starts(with: "<!--") {
                try skipComment()
            } else if starts(with: "<?") {
                _ = try skip(through: "?>")
            } else {
                return
            }
        }
    }

    private mutating func skipComment() throws(Fault) {
        offset += 4
        _ = try skip(through: "-->")
    }

    private mutating func elements() throws(Fault) -> XMLElement {
        var open: [XMLElement] = []
        while true {
            guard let byte = peek else { throw wrong("the document ends within <\(open.last?.name ?? "")>") }
            if byte != UInt8(ascii: "<") {
                let text = try characters(until: [UInt8(ascii: "<")])
                if !text.isEmpty { try append(.text(text), to: &open) }
            } else if starts(with: "<!--") {
                try skipComment()
            } else if starts(with: "<![CDATA[") {
                offset += 9
                let start = offset
                _ = try skip(through: "]]>")
                try append(.text(String(decoding: bytes[start..<(offset - 3)], as: UTF8.self)), to: &open)
            } else if starts(with: "<!") {
                throw wrong("a document type or another declaration is not accepted")
            } else if starts(with: "<?") {
                _ = try skip(through: "?>")
            } else if starts(with: "</") {
                offset += 2
                let name = try name()
                skipSpace()
                guard peek == UInt8(ascii: ">") else { throw wrong("the end tag </\(name)> does not end") }
                offset += 1
                guard let closed = open.popLast(), closed.name == name else {
                    throw wrong("</\(name)> ends no open element")
                }
                if open.isEmpty { return closed }
                try append(.element(closed), to: &open)
            } else {
                let (element, isEmpty) = try startTag()
                try count()
                if !isEmpty {
                    guard open.count < limits.depth else {
                        throw Fault(.limitExceeded, "\(place): elements are nested deeper than \(limits.depth) levels")
                    }
                    open.append(element)
                } else if open.isEmpty {
                    return element
                } else {
                    try append(.element(element), to: &open)
                }
            }
        }
    }

    private mutating func append(_ node: XMLElement.Node, to open: inout [XMLElement]) throws(Fault) {
        if case .text = node { try count() }
        guard !open.isEmpty else { throw wrong("text stands outside of an element") }
        open[open.count - 1].nodes.append(node)
    }

    private mutating func startTag() throws(Fault) -> (element: XMLElement, isEmpty: Bool) {
        offset += 1
        var element = XMLElement(try name())
        while true {
            let hasSpace = skipSpace()
            switch peek {
            case UInt8(ascii: ">"):
                offset += 1
                return (element, false)
            case UInt8(ascii: "/"):
                guard starts(with: "/>") else { throw wrong("“/” without “>”") }
                offset += 2
                return (element, true)
            default:
                guard hasSpace else { throw wrong("<\(element.name)> does not end") }
                try count()
                let attribute = try attribute()
                guard !element.attributes.contains(where: { $0.name == attribute.name }) else {
                    throw wrong("the attribute “\(attribute.name)” is given twice")
                }
                // The check above takes time for each attribute before.
                guard element.attributes.count < 256 else {
                    throw Fault(.limitExceeded, "\(place): an element has more than 256 attributes")
                }
                element.attributes.append(attribute)
            }
        }
    }

    private mutating func attribute() throws(Fault) -> XMLElement.Attribute {
        let name = try name()
        skipSpace()
        guard peek == UInt8(ascii: "=") else { throw wrong("the attribute “\(name)” has no value") }
        offset += 1
        skipSpace()
        guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            throw wrong("the value of “\(name)” is not quoted")
        }
        offset += 1
        let value = try characters(until: [quote, UInt8(ascii: "<")])
        guard peek == quote else { throw wrong("the value of “\(name)” does not end") }
        offset += 1
        return XMLElement.Attribute(name: name, value: value)
    }

    /// Characters up to one of some bytes, with references resolved.
    private mutating func characters(until stops: [UInt8]) throws(Fault) -> String {
        var text: [UInt8] = []
        while let byte = peek, !stops.contains(byte) {
            if byte == UInt8(ascii: "&") {
                text += try reference().utf8
            } else {
                text.append(byte)
                offset += 1
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func reference() throws(Fault) -> String {
        // The longest one accepted is `&#x10FFFF;`; a document's own entities are not.
        guard let end = bytes[offset...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
            throw wrong("“&” without a reference behind it")
        }
        let name = String(decoding: bytes[(offset + 1)..<end], as: UTF8.self)
        let predefined = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
        let text: String
        if let known = predefined[name] {
            text = known
        } else if name.hasPrefix("#"), let scalar = Self.scalar(name.dropFirst()) {
            text = String(scalar)
        } else {
            throw wrong("the entity “&\(name);” is not known; documents cannot bring their own")
        }
        offset = end + 1
        return text
    }

    private static func scalar(_ text: Substring) -> Unicode.Scalar? {
        let isHex = text.hasPrefix("x")
        let digits = isHex ? text.dropFirst() : text
        guard !digits.isEmpty, digits.utf8.allSatisfy({ hexadecimal($0) }),
            let value = UInt32(digits, radix: isHex ? 16 : 10), let scalar = Unicode.Scalar(value)
        else { return nil }
        guard value != 0xFFFE && value != 0xFFFF else { return nil }
        return value >= 0x20 || isSpace(UInt8(value)) ? scalar : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte | 0x20)
    }

    private mutating func name() throws(Fault) -> String {
        let start = offset
        while let byte = peek, Self.isInName(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        guard let first = bytes[start..<offset].first, !(0x30...0x39).contains(first), first != 0x2D, first != 0x2E,
            offset - start <= 1024
        else { throw wrong("a name is missing") }
        return text
    }

    private mutating func count() throws(Fault) {
        nodes += 1
        guard nodes <= limits.nodes else {
            throw Fault(.limitExceeded, "\(place): the document holds more than \(limits.nodes) elements and texts")
        }
    }

    // MARK: Bytes

    private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private func starts(with text: String) -> Bool { bytes[offset...].starts(with: text.utf8) }

    @discardableResult private mutating func skipSpace() -> Bool {
        let start = offset
        while let byte = peek, Self.isSpace(byte) { offset += 1 }
        return offset > start
    }

    private mutating func skip(through end: String) throws(Fault) -> String {
        let start = offset, mark = Array(end.utf8)
        while offset < bytes.count {
            if bytes[offset] == mark[0], starts(with: end) {
                offset += mark.count
                return String(decoding: bytes[start..<offset], as: UTF8.self)
            }
            offset += 1
        }
        throw wrong("“\(end)” is missing")
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// Letters, digits, `-`, `.`, `_`, `:`, and everything beyond ASCII.
    private static func isInName(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "-._:".utf8.contains(byte)
            || byte >= 0x80
    }

    private var place: String {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.count { $0 == 0x0A } + 1
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return "\(source):\(line):\(column)"
    }

    private func wrong(_ what: String) -> Fault {
        Fault(.invalid, "\(place): \(what)", fix: "check that this is the right document")
    }
}
