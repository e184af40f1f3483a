// SPDX-License-Identifier: Apache-2.0

/// Header fields in their order; names are compared without regard to case (RFC 9110 section 5).
public struct HTTPHeaders: Sendable, Sequence, ExpressibleByDictionaryLiteral {
    /// One field.
    public typealias Element = (name: String, value: String)
    private var fields: [Element] = []

    /// No fields.
    public init() {}
    /// These fields.
    public init(dictionaryLiteral elements: (String, String)...) { for (name, value) in elements { add(name, value) } }
    /// These fields, in this order.
    public init(_ fields: some Sequence<(String, String)>) { for (name, value) in fields { add(name, value) } }

    /// These fields, in this order, of which somebody has checked that no value holds a line end or NUL.
    package init(checked fields: [Element]) { self.fields = fields }

    /// How many fields there are; several values of one name count each.
    public var count: Int { fields.count }
    /// Whether there are no fields.
    public var isEmpty: Bool { fields.isEmpty }

    /// The first value of a field; setting replaces all its values, nil removes them.
    public subscript(name: String) -> String? {
        get { fields.first { Self.isSame($0.name, name) }?.value }
        set {
            fields.removeAll { Self.isSame($0.name, name) }
            if let newValue { add(name, newValue) }
        }
    }

    /// All values of a field, in their order.
    public func values(for name: String) -> [String] { fields.filter { Self.isSame($0.name, name) }.map(\.value) }

    /// Adds a field. Line ends and NUL in a value are dropped, so that no value can make another field.
    public mutating func add(_ name: String, _ value: String) {
        let isHarmless = value.utf8.allSatisfy { $0 != 0x0A && $0 != 0x0D && $0 != 0 }
        let kept =
            isHarmless
            ? value : String(decoding: value.utf8.filter { $0 != 0x0A && $0 != 0x0D && $0 != 0 }, as: UTF8.self)
        fields.append((name, kept))
    }

    /// Reads the fields in order.
    public func makeIterator() -> some IteratorProtocol<Element> { fields.makeIterator() }

    /// Whether two field names are the same but for the case of ASCII letters.
    package static func isSame(_ a: String, _ b: String) -> Bool {
        a.utf8.count == b.utf8.count && zip(a.utf8, b.utf8).allSatisfy { lowered($0) == lowered($1) }
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}

extension HTTPHeaders: CustomStringConvertible, CustomReflectable {
    /// Fields that carry credentials wherever they go.
    public static let secretNames = ["Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"]

    /// One line for each field, secrets replaced: fit for a log.
    public var description: String { redacted(hiding: []).joined(separator: "\n") }

    /// No way around `description`: dumping a request must not print its secrets either.
    public var customMirror: Mirror { Mirror(self, children: redacted(hiding: []).enumerated().map { ("\($0)", $1) }) }

    /// One line for each field; the values of `secretNames` and of the names given are replaced.
    public func redacted(hiding names: [String]) -> [String] {
        fields.map { field in
            let isSecret = (Self.secretNames + names).contains { Self.isSame($0, field.name) }
            return "\(field.name): \(isSecret ? "(hidden)" : field.value)"
        }
    }
}
