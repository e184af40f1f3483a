// SPDX-License-Identifier: Apache-2.0

/// Cuts bytes into chunks where the content says so, so that equal content gives equal chunks wherever it stands.
///
/// A rolling sum over the last 64 bytes (a gear hash) decides; one that is rarer before the average size than behind it
/// keeps the sizes close together, as in W. Xia et al., “FastCDC”, USENIX ATC 2016. The cuts are a means to find what two
/// blobs share and stand in no file, so they may change from one version of the program to the next.
public struct ContentChunker: Sendable {
    /// No chunk but the last is shorter.
    public let minimum: Int
    /// Where the rule for cuts becomes easier; a power of two.
    public let average: Int
    /// No chunk is longer.
    public let maximum: Int

    private let rare: UInt64
    private let usual: UInt64

    /// A chunker whose chunks have an average of `average` bytes, rounded to a power of two of at least 256.
    ///
    /// The shortest have a quarter of that, the longest eight times as much.
    public init(average: Int = 4096) {
        let bits = max(8, Int.bitWidth - 1 - average.leadingZeroBitCount)
        self.average = 1 << bits
        (minimum, maximum) = (self.average / 4, self.average * 8)
        // The upper bits of the sum depend on the most bytes.
        rare = ~0 << UInt64(64 - bits - 1)
        usual = ~0 << UInt64(64 - bits + 1)
    }

    /// The length of the chunk at the start of the bytes: all of them when no cut is found before their end.
    ///
    /// With fewer than `maximum` bytes that is a guess which more bytes may change.
    public func chunkLength(_ bytes: Span<UInt8>) -> Int {
        let end = min(bytes.count, maximum)
        guard end > minimum else { return end }
        let middle = min(end, average)
        // Proof: every index is below `end`, which is at most `bytes.count`; a byte is an index below 256.
        return unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe Self.gears.withUnsafeBufferPointer { gears in unsafe cut(bytes, gears, middle, end) }
        }
    }

    private func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, _ gears: UnsafeBufferPointer<UInt64>, _ middle: Int, _ end: Int
    ) -> Int {
        var sum: UInt64 = 0
        var index = minimum
        while index < middle {
            sum = unsafe (sum << 1) &+ gears[Int(bytes[index])]
            index &+= 1
            if sum & rare == 0 { return index }
        }
        while index < end {
            sum = unsafe (sum << 1) &+ gears[Int(bytes[index])]
            index &+= 1
            if sum & usual == 0 { return index }
        }
        return end
    }

    /// 64 random bits for each byte value (SplitMix64 from a fixed seed).
    private static let gears: [UInt64] = {
        var state: UInt64 = 0x534F_5645_5245_4947
        return (0..<256).map { _ in
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }()
}
