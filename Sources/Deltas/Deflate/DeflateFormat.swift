// SPDX-License-Identifier: Apache-2.0

/// The numbers of DEFLATE (RFC 1951, section 3.2).
enum DeflateFormat {
    /// What each length symbol from 257 on stands for: the shortest match, less three, and how many bits follow.
    static let lengths: [(base: UInt8, extra: UInt8)] = {
        var lengths: [(base: UInt8, extra: UInt8)] = []
        var base = 0
        for symbol in 0..<28 {
            let extra = symbol < 8 ? 0 : symbol / 4 - 1
            lengths.append((UInt8(base), UInt8(extra)))
            base += 1 << extra
        }
        // The longest match has a symbol of its own.
        return lengths + [(255, 0)]
    }()

    /// What each distance symbol stands for: the shortest distance, less one, and how many bits follow.
    static let distances: [(base: UInt16, extra: UInt8)] = {
        var distances: [(base: UInt16, extra: UInt8)] = []
        var base = 0
        for symbol in 0..<30 {
            let extra = symbol < 4 ? 0 : symbol / 2 - 1
            distances.append((UInt16(base), UInt8(extra)))
            base += 1 << extra
        }
        return distances
    }()

    static let endOfBlock = 256
    /// The most literal and length symbols, and distance symbols, that a block describes.
    static let mostSymbols = (literals: 288, distances: 32)

    /// The code lengths of blocks that describe none.
    static let fixedLengths: (literals: [UInt8], distances: [UInt8]) = (
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }, [UInt8](repeating: 5, count: 32)
    )

    /// The order in which a dynamic block gives the lengths of the code for its lengths.
    static let codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
    /// The most bytes that the description of a dynamic block takes.
    static let largestDescription = (14 + 19 * 3 + 320 * 14) / 8 + 1
}
