// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Names and values of a stream, in order; names are in small letters (SPDY/3.1 section 2.6.10).
public struct SPDYHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// A name and its value.
    public struct Field: Hashable, Sendable {
        /// In small letters.
        public let name: String
        /// Several values are separated by NUL.
        public let value: String
    }
    /// All of them.
    public private(set) var fields: [Field] = []

    /// None.
    public init() {}

    /// Names, whatever their letters, and values. Of a name that comes twice the first counts.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements where self[name] == nil {
            fields.append(Field(name: name.lowercased(), value: value))
        }
    }

    /// The value of a name, whatever its letters.
    public subscript(name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name == name }?.value
    }

    // MARK: Blocks

    /// A block before it is compressed.
    var block: [UInt8] {
        var bytes = SPDYFrame.word(UInt32(fields.count))
        for field in fields {
            for text in [field.name, field.value] {
                bytes += SPDYFrame.word(UInt32(text.utf8.count)) + Array(text.utf8)
            }
        }
        return bytes
    }

    /// Reads a block; throws `.corrupt` unless it is whole, ends where it has to, and has names that are words in small
    /// letters, each once, and values of UTF-8 without control characters other than the separator.
    init(block: [UInt8], limits: SPDYLimits) throws(Fault) {
        var rest = block[...]
        func word() throws(Fault) -> Int {
            guard rest.count >= 4 else { throw Self.wrong }
            defer { rest = rest.dropFirst(4) }
            return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        }
        func text() throws(Fault) -> String {
            let count = try word()
            guard rest.count >= count, let text = String(validating: rest.prefix(count), as: UTF8.self) else {
                throw Self.wrong
            }
            rest = rest.dropFirst(count)
            return text
        }
        let count = try word()
        guard count <= limits.headers else {
            throw Fault(.limitExceeded, "a SPDY stream has \(count) headers")
        }
        var names: Set<String> = []
        for _ in 0..<count {
            let (name, value) = (try text(), try text())
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isName), names.insert(name).inserted,
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0 || $0 == 0x09 })
            else { throw Self.wrong }
            fields.append(Field(name: name, value: value))
        }
        guard rest.isEmpty else { throw Self.wrong }
    }

    private static func isName(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static let wrong = Fault(.corrupt, "the headers of a SPDY stream are malformed")
}
