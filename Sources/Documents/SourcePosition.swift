// SPDX-License-Identifier: Apache-2.0

/// A place in a text; lines and columns count from 1, columns in Unicode scalars.
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
    init(of offset: Int, in bytes: Span<UInt8>) {
        var counter = LineCounter()
        self = counter.position(of: offset, in: bytes)
    }
}

/// Turns byte offsets that only grow into lines and columns, in one pass over the text.
struct LineCounter {
    private var offset = 0, line = 1, column = 1

    mutating func position(of target: Int, in bytes: Span<UInt8>) -> SourcePosition {
        while offset < min(target, bytes.count) {
            if bytes[offset] == UInt8(ascii: "\n") {
                (line, column) = (line + 1, 1)
            } else if bytes[offset] & 0xC0 != 0x80 {  // not a continuation byte of UTF-8
                column += 1
            }
            offset += 1
        }
        return SourcePosition(line: line, column: column)
    }
}
