// SPDX-License-Identifier: Apache-2.0

/// The token form of a gzip: what its compressor decided, byte by byte, instead of the bits that say so.
///
/// It has two parts, which give the gzip again, bit for bit, without any knowledge of compressors. The tokens are literals
/// and matches in order. The blocks say where tokens begin and end a block, which codes the block describes, and what
/// stands around the streams. Equal content mostly has equal tokens, wherever it stands, since a match depends on what
/// is near; so a delta between the tokens of two gzips is small where the contents differ little, which the gzips
/// themselves do not show. Blocks differ behind a change, by about 80 bytes for each 20 to 30 KiB.
///
/// A literal is its byte, if it is not one of two. A match is `match`, its length less 3, and its distance less 1 in two
/// bytes, lowest first. The two literals are `escape` and their lowest bit. docs/formats.md has all of it.
enum TokenForm {
    /// The byte a match begins with. Bytes that are rare in text and programs, since as literals they take two.
    static let match: UInt8 = 0xF6
    /// The byte that two literals begin with, `match` and itself; it differs from `match` in the lowest bit only.
    static let escape: UInt8 = 0xF7
    /// How many bytes a match takes.
    static let matchSize = 4

    /// The parts of the form, in order.
    enum Part { case blocks, tokens }

    /// The first byte of a record about blocks. Codes of blocks are even; the last block of a stream has the code plus 1.
    /// Numbers are written as those of instructions.
    enum Record: UInt8 {
        /// Bytes outside of any stream, headers and trailers: their count, and they.
        case bytes = 0
        /// A block of the fixed codes: how many bytes of tokens it has.
        case fixedBlock = 2
        /// A block that describes its codes: how many bytes of tokens it has, the length of the description, and its
        /// bits, from the count of literals on, filled up with zeros.
        case dynamicBlock = 4
        /// A stored block: the bits up to the next byte, in one byte, and how many literals it has.
        case storedBlock = 6
        /// The stream ends, with its last block: the bits up to the next byte, in one byte.
        case endOfStream = 8
    }

    /// The most bytes of the form of a gzip: a code of one bit gives two bytes at most, one of two bits four.
    static func largestForm(ofGzip size: Int64) -> Int64 { 16 * size + 4096 }

    /// The most bytes of one record of `Record.bytes`.
    static let mostBytes = 4096
    /// The most bytes of the header of a gzip.
    static let largestHead = 65_535
}
