// SPDX-License-Identifier: Apache-2.0

/// How much of a foreign document is accepted.
public struct DocumentLimits: Sendable {
    /// The most bytes of the text.
    public var bytes = 64 * 1024 * 1024
    /// How deep arrays and objects may be nested.
    public var depth = 256
    /// The most values in the document; an alias in YAML counts with all it stands for.
    public var nodes = 4_000_000

    /// The limits above.
    public init() {}
    /// The limits above.
    public static let standard = DocumentLimits()
}

/// A place in a text; lines and columns count from 1, columns in bytes.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The line.
    public let line: Int
    /// The column.
    public let column: Int
    /// `line:column`.
    public var description: String { "\(line):\(column)" }

    /// A place.
    public init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

    /// The place of a byte in a text.
    init(of offset: Int, in bytes: [UInt8]) {
        let before = bytes[..<min(offset, bytes.count)]
        line = before.count { $0 == UInt8(ascii: "\n") } + 1
        column = before.count - (before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0) + 1
    }
}

/// The path to a value inside a document (RFC 6901).
public struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    /// Keys and indexes from the root.
    public var parts: [String]
    /// A path; without parts it is the root.
    public init(_ parts: [String] = []) { self.parts = parts }
    /// The path to a member.
    public func appending(_ key: String) -> JSONPointer { JSONPointer(parts + [key]) }
    /// The path to an element.
    public func appending(_ index: Int) -> JSONPointer { JSONPointer(parts + [String(index)]) }
    /// The text form, `/a/0/b~1c`.
    public var description: String {
        parts.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }.joined()
    }
}

/// A document with the places of its values in the text it was read from.
public struct LocatedDocument: Sendable {
    /// The value.
    public let root: JSON
    /// What it was read from, for messages.
    public let source: String
    let positions: [JSONPointer: SourcePosition]

    /// Where a value stands; for a missing value, where the nearest value above it stands.
    public func position(of pointer: JSONPointer) -> SourcePosition? {
        var pointer = pointer
        while true {
            if let position = positions[pointer] { return position }
            if pointer.parts.isEmpty { return nil }
            pointer.parts.removeLast()
        }
    }

    /// `file:line:column` of a value, for messages.
    public func place(of pointer: JSONPointer) -> String {
        position(of: pointer).map { "\(source):\($0)" } ?? source
    }
}
