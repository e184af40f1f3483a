// SPDX-License-Identifier: Apache-2.0

/// A request's target, taken apart and percent-decoded, once.
struct RequestTarget: Sendable, Equatable {
    let path: String
    let query: RequestQuery

    init(path: String, query: RequestQuery) { (self.path, self.query) = (path, query) }

    /// Parses a target as it was sent; nil for what is no target and for paths that mean different things to different
    /// readers: `.` and `..` as segments, an encoded slash, NUL and what is not UTF-8.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var isPlain = unsafe bytes.first == slash
        var before: UInt8 = 0
        for index in bytes.indices {
            let byte = unsafe bytes[index]
            guard Self.isAllowed(byte) else { return nil }
            // A segment that begins with a dot is looked at more closely, below.
            if byte == UInt8(ascii: "%") || byte == UInt8(ascii: "?") || byte == dot && before == slash {
                isPlain = false
            }
            before = byte
        }
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        if isPlain { self.init(path: text, query: RequestQuery([])) } else { self.init(allowed: text[...]) }
    }

    /// Parses a target that holds nothing but what may stand in one.
    private init?(allowed text: Substring) {
        var rest = text
        // A server must accept the absolute form (RFC 9112 section 3.2.2); `Host` decides nothing here.
        if rest.utf8.first != slash, let scheme = ["http://", "https://"].first(where: rest.lowercased().hasPrefix) {
            rest = rest.dropFirst(scheme.count)
            rest = rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
        }
        guard rest.hasPrefix("/") else { return nil }
        let mark = rest.firstIndex(of: "?")
        var segments: [String] = []
        for part in rest[..<(mark ?? rest.endIndex)].dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        {
            guard let segment = PercentCoding.decode(part), segment != ".", segment != "..",
                !segment.utf8.contains(where: { $0 == 0 || $0 == slash })
            else { return nil }
            segments.append(segment)
        }
        guard let query = RequestQuery(parsing: mark.map { rest[rest.index(after: $0)...] } ?? "") else { return nil }
        self.init(path: "/" + segments.joined(separator: "/"), query: query)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        guard (0x21...0x7E).contains(byte) else { return false }
        switch byte {
        case UInt8(ascii: "#"), UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "^"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"):
            return false
        default: return true
        }
    }
}

private let slash = UInt8(ascii: "/")
private let dot = UInt8(ascii: ".")

/// The items of a query, in their order.
public struct RequestQuery: Sendable, Equatable {
    private struct Item: Equatable {
        let name, value: String
    }
    private let items: [Item]

    /// These items.
    public init(_ items: [(String, String)]) { self.items = items.map { Item(name: $0.0, value: $0.1) } }

    init?(parsing text: Substring) {
        var items: [Item] = []
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decode(parts[0], plusIsSpace: true),
                let value = PercentCoding.decode(parts.count > 1 ? parts[1] : "", plusIsSpace: true)
            else { return nil }
            items.append(Item(name: name, value: value))
        }
        self.items = items
    }

    /// Whether there is none.
    public var isEmpty: Bool { items.isEmpty }
    /// All items in their order.
    public var all: [(name: String, value: String)] { items.map { ($0.name, $0.value) } }
    /// The first value of a name; empty when it was given without one.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }
    /// All values of a name.
    public func values(for name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }
}

/// Percent-encoding (RFC 3986 section 2.1).
enum PercentCoding {
    /// Decodes once; nil for half an escape and for what is not UTF-8.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
        default: nil
        }
    }
}
