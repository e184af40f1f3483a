// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// What documents are encoded in: UTF-8, the only encoding of RFC 8259 section 8.1.
enum TextEncoding {
    /// Refuses bytes that are not UTF-8, naming the first wrong place.
    static func check(_ bytes: Span<UInt8>, source: String) throws(Fault) {
        let wrong: Int
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes)
            return
        } catch {
            wrong = error.byteOffsets.lowerBound
        }
        let isUTF16 = bytes.count >= 2 && (bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF)
        throw Fault(
            .invalid, "\(source):\(SourcePosition(of: wrong, in: bytes)): the text is not valid UTF-8",
            fix: isUTF16 ? "it looks like UTF-16; save the file as UTF-8" : "save the file as UTF-8")
    }

    /// Whether a text starts with U+FEFF.
    static func hasByteOrderMark(_ bytes: Span<UInt8>) -> Bool {
        bytes.count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF
    }
}
