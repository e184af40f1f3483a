// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Glibc

// The language counts code points; the text is UTF-8. As a code point never occurs inside another one's bytes, a search
// for bytes finds code points, and only its result is counted.
extension String {
    /// Whether each byte is a code point; kept by the string itself, so asking costs nothing.
    var isPlainASCII: Bool { utf8Span.isKnownASCII }

    /// How many code points there are.
    var scalarCount: Int { isPlainASCII ? utf8.count : scalarCount(inFirst: utf8.count) }

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

    /// The text between two bytes that start code points.
    func slice(bytes range: Range<Int>) -> String {
        if range.count == utf8.count { return self }
        let start = utf8.index(utf8.startIndex, offsetBy: range.lowerBound)
        return String(Substring(utf8[start..<utf8.index(start, offsetBy: range.count)]))
    }

    /// The byte at which another text first occurs at or after a byte. Whoever calls pays for looking at both once.
    func firstByte(of other: String, from start: Int, _ budget: inout Budget) throws(EvaluationError) -> Int? {
        let (bytes, wanted) = (utf8.span, other.utf8.span)
        guard wanted.count > 0 else { return start }
        var place = start
        while let candidate = firstByte(wanted[0], in: place..<max(place, bytes.count - wanted.count + 1)) {
            var matched = 1
            while matched < wanted.count, bytes[candidate + matched] == wanted[matched] { matched += 1 }
            if matched == wanted.count { return candidate }
            // Texts of few different bytes make this quadratic.
            if matched > 64 { try budget.read(bytes: matched) }
            place = candidate + 1
        }
        return nil
    }

    private func firstByte(_ byte: UInt8, in range: Range<Int>) -> Int? {
        unsafe withFastUTF8 { bytes -> Int? in
            guard !range.isEmpty, range.upperBound <= bytes.count else { return nil }
            // The range is not empty and within the bytes, so they have an address.
            let base = unsafe UnsafeRawPointer(bytes.baseAddress!)
            guard let found = unsafe memchr(base + range.lowerBound, Int32(byte), range.count) else { return nil }
            return unsafe UnsafeRawPointer(found) - base
        }
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
            if matched > 64 { try budget.read(bytes: matched) }
            start -= 1
        }
        return nil
    }
}
