// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Bytes to be written in place of others.
struct ByteEdit: Hashable, Sendable {
    let range: Range<Int>
    let bytes: [UInt8]

    init(_ range: Range<Int>, _ text: String) { (self.range, bytes) = (range, Array(text.utf8)) }

    /// The text with the edits, which must not overlap.
    static func apply(_ edits: [ByteEdit], to text: [UInt8], source: String) throws(Fault) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count + edits.reduce(0) { $0 + $1.bytes.count })
        var offset = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard edit.range.lowerBound >= offset, edit.range.upperBound <= text.count else {
                throw Fault(.internal, "\(source): two changes overlap")
            }
            result += text[offset..<edit.range.lowerBound]
            result += edit.bytes
            offset = edit.range.upperBound
        }
        result += text[offset...]
        return result
    }
}

/// The lines of a text.
struct LineScanner {
    let bytes: [UInt8]

    /// What ends lines in the text, by its first.
    var lineBreak: String {
        guard let first = bytes.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) else { return "\n" }
        if bytes[first] == 0x0A { return "\n" }
        return first + 1 < bytes.count && bytes[first + 1] == 0x0A ? "\r\n" : "\r"
    }

    static func isBreak(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// Where the line break of the line stands, or the text ends.
    func end(from offset: Int) -> Int {
        var offset = offset
        while offset < bytes.count, !Self.isBreak(bytes[offset]) { offset += 1 }
        return offset
    }

    /// Where the line starts.
    func start(of offset: Int) -> Int {
        var offset = offset
        while offset > 0, !Self.isBreak(bytes[offset - 1]) { offset -= 1 }
        return offset
    }

    /// Where the next line starts, or the text ends.
    func nextLine(from offset: Int) -> Int {
        let end = end(from: offset)
        guard end < bytes.count else { return end }
        return bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A ? end + 2 : end + 1
    }

    /// The end of what lies before `offset` without the lines that are blank; behind a line break unless there is none.
    func withoutBlankLines(before offset: Int, downTo start: Int) -> Int {
        var end = offset
        while end > start {
            // The line that ends right here, without its break.
            var last = end
            if last > start, bytes[last - 1] == 0x0A { last -= 1 }
            if last > start, bytes[last - 1] == 0x0D { last -= 1 }
            let line = max(self.start(of: last), start)
            guard bytes[line..<last].allSatisfy({ $0 == 0x20 || $0 == 0x09 }), line < end else { return end }
            end = line
        }
        return end
    }
}
