// SPDX-License-Identifier: Apache-2.0

/// What to do for the next bits of a block: an entry for each value of the first few, found at once.
///
/// An entry has the length of the code in bits 0–3, a count in bits 4–7, the kind in bits 8–9 and a value in bits 16–31:
/// of a literal the bytes of its token form and their count; of a length or distance its base and how many bits follow.
/// An entry of 0 stands for codes that are longer than the table is wide, and for bits that begin no code.
@safe final class DecodingTable {
    // Safe because the memory is allocated in `init` and freed in `deinit`, and indexes are masked to its size.
    enum Kind {
        static let mask: UInt32 = 3 << 8
        static let literal: UInt32 = 1 << 8
        static let length: UInt32 = 2 << 8
        static let distance: UInt32 = 2 << 8
        static let end: UInt32 = 3 << 8
    }

    let width: Int
    let entries: UnsafeMutablePointer<UInt32>
    /// For each symbol its entry, without the length of the code; 0 for symbols that stand for nothing.
    private let meanings: [UInt32]
    private var code = PrefixCode.none

    init(width: Int, meanings: [UInt32]) {
        (self.width, self.meanings) = (width, meanings)
        unsafe entries = .allocate(capacity: 1 << width)
        unsafe entries.initialize(repeating: 0, count: 1 << width)
    }
    deinit { unsafe entries.deallocate() }

    var mask: UInt64 { 1 << UInt64(width) - 1 }

    /// Makes it the table of a code.
    func fill(_ code: PrefixCode) {
        self.code = code
        unsafe entries.update(repeating: 0, count: 1 << width)
        for symbol in code.symbols {
            let symbol = Int(symbol), length = Int(code.lengths[symbol]), meaning = meanings[symbol]
            guard length <= width, meaning != 0 else { continue }
            let (entry, step) = (meaning | UInt32(length), 1 << length)
            var index = Int(code.codes[symbol])
            while index < 1 << width {
                unsafe entries[index] = entry
                index += step
            }
        }
    }

    /// The entry for bits whose entry in the table is 0; 0 when they begin no code or one that stands for nothing.
    @inline(never) func longEntry(_ bits: UInt64) -> UInt32 {
        guard let (symbol, length) = code.symbol(bits), meanings[symbol] != 0 else { return 0 }
        return meanings[symbol] | UInt32(length)
    }

    /// What literals, the end of a block and lengths stand for.
    static let literals: [UInt32] = (0..<DeflateFormat.mostSymbols.literals).map { symbol in
        switch symbol {
        case Int(TokenForm.match), Int(TokenForm.escape):
            let code = UInt32(UInt8(symbol) & 1)
            return Kind.literal | 2 << 4 | UInt32(TokenForm.escape) << 16 | code << 24
        case 0..<256: return Kind.literal | 1 << 4 | UInt32(symbol) << 16
        case 256: return Kind.end
        case 257...285:
            let (base, extra) = DeflateFormat.lengths[symbol - 257]
            return Kind.length | UInt32(extra) << 4 | UInt32(base) << 16
        default: return 0
        }
    }

    /// What distances stand for.
    static let distances: [UInt32] = (0..<DeflateFormat.mostSymbols.distances).map { symbol in
        guard symbol < DeflateFormat.distances.count else { return 0 }
        let (base, extra) = DeflateFormat.distances[symbol]
        return Kind.distance | UInt32(extra) << 4 | UInt32(base) << 16
    }
}
