// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology

/// Writes values as an expression would, up to a size: values share their parts, so a few names in an expression can
/// make one that no memory holds when it is written down.
struct LiteralWriter {
    private(set) var text = ""
    private let most: Int
    /// Values that expressions and documents make are never this deep; a host's own may be.
    private static let deepest = 2_000

    /// A writer of about as many bytes; where it stops, `…` stands for the rest.
    init(most: Int) { self.most = most }

    private var isFull: Bool { text.utf8.count >= most }

    mutating func write(_ value: Value, depth: Int = 0) {
        guard !isFull, depth < Self.deepest else { return stop() }
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .uint(let value): text += "\(value)u"
        case .double(let value): text += value.literalText
        case .string(let string): write(string)
        case .bytes(let octets):
            text += "b" + Array(octets.prefix(most)).quotedOctets
            if octets.count > most { stop() }
        case .duration(let span): text += "duration(\"\(span.secondsText)\")"
        case .timestamp(let moment): text += "timestamp(\"\(moment)\")"
        case .list(let list):
            text += "["
            for index in list.indices {
                if isFull { break }
                if index > 0 { text += ", " }
                write(list[index], depth: depth + 1)
            }
            close("]")
        case .map(let map):
            text += "{"
            for (index, entry) in map.entries.enumerated() {
                if isFull { break }
                if index > 0 { text += ", " }
                write(entry.key, depth: depth + 1)
                text += ": "
                write(entry.value, depth: depth + 1)
            }
            close("}")
        case .optional(nil): text += "optional.none()"
        case .optional(let wrapped?):
            text += "optional.of("
            write(wrapped.value, depth: depth + 1)
            close(")")
        case .type(let name): text += name
        case .opaque(let value):
            text += "\(Swift.type(of: value).type.name)("
            write(value.text)
            close(")")
        }
    }

    private mutating func write(_ string: String) {
        let shown = string.shortened(to: most)
        text += shown.quoted
        if shown.utf8.count < string.utf8.count { stop() }
    }

    private mutating func close(_ bracket: String) { if isFull { stop() } else { text += bracket } }

    private mutating func stop() { if !text.hasSuffix("…") { text += "…" } }
}

extension String {
    /// Whole code points from the start that take at most as many bytes.
    func shortened(to bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(startIndex, offsetBy: bytes)
        while end > startIndex, utf8[end] & 0xC0 == 0x80 { end = utf8.index(before: end) }
        return String(self[..<end])
    }
}
