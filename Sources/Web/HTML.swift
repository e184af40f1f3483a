// SPDX-License-Identifier: Apache-2.0

/// A piece of HTML. What is interpolated into a literal is text and is escaped; only another piece is markup.
///
///     let row: HTML = "<td>\(name)</td>"
public struct HTML: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringInterpolation {
    /// The markup.
    public private(set) var description: String

    /// Markup that the program wrote.
    public init(stringLiteral value: String) { description = value }
    /// A literal with what was put into it.
    public init(stringInterpolation: Interpolation) { description = stringInterpolation.markup }
    /// Nothing.
    public init() { description = "" }

    /// Pieces one behind the other.
    public init(_ pieces: some Sequence<HTML>) { description = pieces.map(\.description).joined() }

    /// Two pieces one behind the other.
    public static func + (a: HTML, b: HTML) -> HTML { HTML([a, b]) }

    /// Text as it stands in elements and in attributes with quotes (HTML, “Escaping a string”); characters that no
    /// document may have are replaced.
    public static func escaped(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += "&amp;".utf8
            case UInt8(ascii: "<"): bytes += "&lt;".utf8
            case UInt8(ascii: ">"): bytes += "&gt;".utf8
            case UInt8(ascii: "\""): bytes += "&quot;".utf8
            case UInt8(ascii: "'"): bytes += "&#39;".utf8
            case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x80...: bytes.append(byte)
            default: bytes += "\u{FFFD}".utf8
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What stands between the quotes of a literal.
    public struct Interpolation: StringInterpolationProtocol {
        var markup = ""
        /// With room for a literal.
        public init(literalCapacity: Int, interpolationCount: Int) { markup.reserveCapacity(literalCapacity * 2) }
        /// Markup.
        public mutating func appendLiteral(_ literal: String) { markup += literal }
        /// Text.
        public mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            markup += HTML.escaped(text.description)
        }
        /// Markup.
        public mutating func appendInterpolation(_ piece: HTML) { markup += piece.description }
        /// Pieces of markup one behind the other.
        public mutating func appendInterpolation(_ pieces: [HTML]) {
            for piece in pieces { markup += piece.description }
        }
    }
}
