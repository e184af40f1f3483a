// SPDX-License-Identifier: Apache-2.0

/// The changes of a zone's offset and the rule for the time after them.
struct TransitionTable: Sendable {
    /// When offsets change, strictly ascending, in seconds since 1970.
    let times: [Int64]
    /// The offset that starts at each of the times.
    let offsets: [Int32]
    /// The offset before the first of them.
    let earliest: Int32
    /// How it goes on after the last of them.
    let rule: YearlyRule?

    func offset(at seconds: Int64) -> Int {
        // The first time that is later; what holds started at the one before.
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == times.count, let rule { return rule.offset(at: seconds) }
        return Int(low == 0 ? earliest : offsets[low - 1])
    }
}

extension TransitionTable {
    /// Reads the 64-bit block and the footer of a TZif file, version 2 or later (RFC 9636); nil when it is not sound.
    init?(tzif bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        guard let old = BlockSizes(&reader, timeWidth: 4), reader.skip(old.total) != nil,
            let new = BlockSizes(&reader, timeWidth: 8), new.total <= reader.remaining,
            // Files with leap seconds count time in another way than everybody else.
            new.leaps == 0
        else { return nil }
        var times: [Int64] = [], kinds: [Int] = [], kindOffsets: [Int32] = []
        for _ in 0..<new.times {
            guard let time = reader.integer(8), times.last.map({ $0 < time }) ?? true else { return nil }
            times.append(time)
        }
        for _ in 0..<new.times {
            guard let kind = reader.integer(1), let index = Int(exactly: kind & 0xFF), index < new.kinds else {
                return nil
            }
            kinds.append(index)
        }
        for _ in 0..<new.kinds {
            guard let offset = reader.integer(4), (-93_600...93_600).contains(offset), reader.skip(2) != nil else {
                return nil
            }
            kindOffsets.append(Int32(offset))
        }
        guard reader.skip(new.names + new.flags) != nil, let footer = reader.line() else { return nil }
        if footer.isEmpty {
            rule = nil
        } else {
            guard let parsed = YearlyRule(posix: footer) else { return nil }
            rule = parsed
        }
        (self.times, offsets, earliest) = (times, kinds.map { kindOffsets[$0] }, kindOffsets[0])
    }
}

/// The counts in a TZif header.
private struct BlockSizes {
    let times: Int
    let kinds: Int
    let names: Int
    let leaps: Int
    let flags: Int
    /// The bytes of the block that follows.
    let total: Int

    /// - Parameter timeWidth: the bytes of one time: 4 in the first block, 8 in the second.
    init?(_ reader: inout ByteReader, timeWidth: Int) {
        guard reader.take(4).map(Array.init) == Array("TZif".utf8),
            let version = reader.integer(1), version >= 0x32, reader.skip(15) != nil
        else { return nil }
        var counts: [Int] = []
        for _ in 0..<6 {
            // Far above every file that fits the size limit, and far below an overflow of the sum.
            guard let count = reader.integer(4), (0...65_536).contains(count) else { return nil }
            counts.append(Int(count))
        }
        (flags, leaps, times, kinds, names) = (counts[0] + counts[1], counts[2], counts[3], counts[4], counts[5])
        guard timeWidth == 4 || (1...256).contains(kinds) else { return nil }
        total = times * (timeWidth + 1) + kinds * 6 + names + leaps * (timeWidth + 4) + flags
    }
}

/// Takes big-endian numbers off the front of bytes.
private struct ByteReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    var remaining: Int { rest.count }

    mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func skip(_ count: Int) -> Void? { take(count).map { _ in } }

    /// A signed number of 1, 4 or 8 bytes.
    mutating func integer(_ width: Int) -> Int64? {
        guard let bytes = take(width), let first = bytes.first else { return nil }
        return bytes.reduce(first & 0x80 != 0 ? -1 : 0) { $0 << 8 | Int64($1) }
    }

    /// The text between two line ends.
    mutating func line() -> [UInt8]? {
        guard take(1)?.first == 0x0A, let end = rest.firstIndex(of: 0x0A) else { return nil }
        return Array(rest[..<end])
    }
}
