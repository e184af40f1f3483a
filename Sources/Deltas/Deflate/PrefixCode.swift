// SPDX-License-Identifier: Apache-2.0

/// A prefix code of DEFLATE, made from the lengths of its codes (RFC 1951, section 3.2.2).
struct PrefixCode {
    static let longest = 15

    /// The code of each symbol, its first bit lowest; 0 where the length is.
    let codes: [UInt16]
    let lengths: [UInt8]
    /// How many codes there are of each length.
    let counts: [Int]
    /// The symbols in the order of their codes.
    let symbols: [UInt16]

    /// A code without any symbol.
    static let none = PrefixCode(codes: [], lengths: [], counts: [Int](repeating: 0, count: longest + 1), symbols: [])

    private init(codes: [UInt16], lengths: [UInt8], counts: [Int], symbols: [UInt16]) {
        (self.codes, self.lengths, self.counts, self.symbols) = (codes, lengths, counts, symbols)
    }

    /// Nil when codes of these lengths could not be told apart. Codes may be missing: no symbol has them then.
    init?(lengths: [UInt8]) {
        var counts = [Int](repeating: 0, count: Self.longest + 1)
        for length in lengths { counts[Int(length)] += 1 }
        counts[0] = 0
        var (first, places) = ([Int](repeating: 0, count: 17), [Int](repeating: 0, count: 17))
        for length in 1...Self.longest {
            guard first[length] + counts[length] <= 1 << length else { return nil }
            first[length + 1] = (first[length] + counts[length]) << 1
            places[length + 1] = places[length] + counts[length]
        }
        var codes = [UInt16](repeating: 0, count: lengths.count)
        var symbols = [UInt16](repeating: 0, count: places[16])
        for (symbol, length) in lengths.enumerated() where length > 0 {
            let length = Int(length)
            codes[symbol] = UInt16(first[length]).bitsReversed >> UInt16(16 - length)
            symbols[places[length]] = UInt16(symbol)
            first[length] += 1
            places[length] += 1
        }
        (self.codes, self.lengths, self.counts, self.symbols) = (codes, lengths, counts, symbols)
    }

    /// The symbol at the start of some bits, and the length of its code, by the description alone; for codes that are
    /// too long for a table. Nil when no code begins so.
    func symbol(_ bits: UInt64) -> (symbol: Int, length: Int)? {
        var (code, first, index, rest) = (0, 0, 0, bits)
        for length in 1...Self.longest {
            code |= Int(rest & 1)
            rest >>= 1
            let count = counts[length]
            if code - first < count { return (Int(symbols[index + code - first]), length) }
            index += count
            first = (first + count) << 1
            code <<= 1
        }
        return nil
    }
}

extension UInt16 {
    fileprivate var bitsReversed: UInt16 {
        var x = self
        x = (x >> 1) & 0x5555 | (x & 0x5555) << 1
        x = (x >> 2) & 0x3333 | (x & 0x3333) << 2
        x = (x >> 4) & 0x0F0F | (x & 0x0F0F) << 4
        return x.byteSwapped
    }
}
