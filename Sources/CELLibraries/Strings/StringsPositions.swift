// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL

// The language counts code points; the text is UTF-8. As a code point never occurs inside another one's bytes, a search
// for bytes finds code points, and only its result is counted.
extension String {
    /// Whether each byte is a code point; kept by the string itself, so asking costs nothing.
    var isPlainASCII: Bool { utf8Span.isKnownASCII }

    /// How many code points start among the first bytes.
    func scalarCount(inFirst bytes: Int) -> Int {
        if isPlainASCII { return bytes }
        let span = utf8.span
        var count = 0
        for index in 0..<bytes where span[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    /// At which byte a code point starts; the number of bytes for the number of code points, nil past it.
    func byteOffset(ofScalar position: Int64) -> Int? {
        let span = utf8.span
        guard let position = Int(exactly: position), (0...span.count).contains(position) else { return nil }
        if isPlainASCII { return position }
        var left = position
        for index in span.indices where span[index] & 0xC0 != 0x80 {
            if left == 0 { return index }
            left -= 1
        }
        return left == 0 ? span.count : nil
    }

    /// The byte at which another text first occurs at or after a byte.
    func firstByte(of other: ByteSearch, from start: Int) -> Int? {
        unsafe utf8.span.withUnsafeBufferPointer { unsafe other.first(in: $0, from: start) }
    }

    /// The last byte, at or before another, at which a text occurs that is not empty.
    func lastByte(of other: String, upTo last: Int, _ budget: inout Budget) throws(EvaluationError) -> Int? {
        let (bytes, wanted) = (utf8.span, other.utf8.span)
        guard bytes.count >= wanted.count else { return nil }
        var start = min(last, bytes.count - wanted.count)
        while start >= 0 {
            var matched = 0
            while matched < wanted.count, bytes[start + matched] == wanted[matched] { matched += 1 }
            if matched == wanted.count { return start }
            // Texts of few different bytes make this quadratic.
            if matched > 16 { try budget.read(bytes: matched) }
            start -= 1
        }
        return nil
    }
}
