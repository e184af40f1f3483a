// SPDX-License-Identifier: Apache-2.0

/// The token form of a gzip: what its compressor decided, byte by byte, instead of the bits that say so.
///
/// The form gives the gzip again, bit for bit, without any knowledge of compressors. Equal content mostly has equal
/// tokens, wherever it stands, since a match depends on what is near; so a delta between two forms is small where the
/// contents differ little, which the gzips themselves do not show. What differs behind a change is where blocks begin,
/// some hundred bytes for each of about 20 KiB.
///
/// A literal is its byte, if it is not one of two. A match is `match`, its length less 3, and its distance less 1 in two
/// bytes, lowest first. All else is `escape`, a byte of `Code`, and what the code says. docs/formats.md has it in full.
enum TokenForm {
    /// The byte a match begins with. Bytes that are rare in text and programs, since as literals they take two.
    static let match: UInt8 = 0xF6
    /// The byte that all else begins with; `match` and it differ in the lowest bit only.
    static let escape: UInt8 = 0xF7
    /// How many bytes a match takes.
    static let matchSize = 4

    /// What follows an escape. The codes of blocks are even; the last block of a stream has the code plus one.
    enum Code: UInt8 {
        /// The literal of the value `match`.
        case literalMatch = 0
        /// The literal of the value `escape`.
        case literalEscape = 1
        /// A block of the fixed codes begins.
        case fixedBlock = 2
        /// A block begins that describes its codes: the length of the description in two bytes, and its bits, from the
        /// count of literals on, filled up with zeros.
        case dynamicBlock = 4
        /// A stored block begins: the bits up to the next byte in one byte, and its length in two; its bytes follow as
        /// literals.
        case storedBlock = 6
        /// The last block and with it the stream ends: the bits up to the next byte, in one byte.
        case endOfStream = 8
        /// Bytes outside of any stream, headers and trailers: their count in two bytes, and they.
        case bytes = 9
    }

    /// The most bytes of one record of `Code.bytes`.
    static let mostBytes = 4096
    /// The most bytes of the header of a gzip.
    static let largestHead = 65_535
    /// The most bytes that a record takes.
    static let largestRecord = 4 + mostBytes
}
