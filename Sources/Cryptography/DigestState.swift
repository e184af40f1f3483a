// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// A digest in the middle of its content: enough to go on in another process, and to trust as far as its keeper.
///
/// It stands at a multiple of 128 bytes, where neither SHA-256 nor SHA-512 holds back bytes of the content. A state that
/// was altered gives another digest at the end; it can make good content fail, and bad content pass only for who can
/// write it. So it is kept where programs and keys of the same user are.
public struct DigestState: Hashable, Sendable {
    /// The digest that is being made.
    public let algorithm: Digest.Algorithm
    /// How many bytes of the content are in it; a multiple of `alignment`.
    public let offset: Int64
    /// The eight words of the compression function (FIPS 180-4 section 6), each in big-endian order.
    let words: [UInt8]

    /// What offsets are multiples of: the larger of the two algorithms' blocks.
    public static let alignment: Int64 = 128
    /// How far states are apart that are kept on the way: what has to be read again when one goes on, at the most.
    public static let interval: Int64 = 2 * 1024 * 1024
    /// The largest offset: SHA-256 counts bits in 64 bits.
    static let offsetLimit = Int64.max / 8
    private static let version: UInt8 = 1

    init(algorithm: Digest.Algorithm, offset: Int64, words: [UInt8]) {
        (self.algorithm, self.offset, self.words) = (algorithm, offset, words)
    }

    /// Version 1: a byte 1, a byte for the algorithm (0 SHA-256, 1 SHA-512), the offset in eight bytes, the words.
    public var bytes: [UInt8] {
        [Self.version, algorithm == .sha256 ? 0 : 1]
            + (0..<8).map { UInt8(truncatingIfNeeded: offset >> (56 - 8 * $0)) }
            + words
    }

    /// Reads what `bytes` wrote; nil for another version, a wrong length, or an offset that no state has.
    public init?(bytes: [UInt8]) {
        guard bytes.count >= 10, bytes[0] == Self.version, bytes[1] <= 1 else { return nil }
        algorithm = bytes[1] == 0 ? .sha256 : .sha512
        offset = Int64(bitPattern: bytes[2..<10].reduce(0) { $0 << 8 | UInt64($1) })
        words = Array(bytes[10...])
        guard words.count == algorithm.byteCount, (0...Self.offsetLimit).contains(offset),
            offset % Self.alignment == 0
        else { return nil }
    }
}
