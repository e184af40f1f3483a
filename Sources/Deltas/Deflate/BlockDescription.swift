// SPDX-License-Identifier: Apache-2.0

/// The codes that a dynamic block describes (RFC 1951, section 3.2.7).
struct BlockDescription {
    let literals: PrefixCode
    let distances: PrefixCode
    /// How many bits the description has.
    let size: Int

    /// The codes of blocks that describe none.
    static let fixed: BlockDescription = {
        let lengths = DeflateFormat.fixedLengths
        guard let fixed = BlockDescription(literals: lengths.literals, distances: lengths.distances, size: 0) else {
            preconditionFailure("the fixed codes are codes")
        }
        return fixed
    }()

    /// Reads a description; nil when it is none.
    ///
    /// - Parameter bits: 16 bits from a place on, counted from the start of the description; beyond the end of what there
    ///   is, they are 0. It is asked for no bit beyond `DeflateFormat.largestDescription` bytes.
    init?(_ bits: (Int) -> Int) {
        let head = bits(0)
        let literals = head & 31 + 257, distances = head >> 5 & 31 + 1, described = head >> 10 & 15 + 4
        guard literals <= DeflateFormat.mostSymbols.literals else { return nil }
        var place = 14
        var lengths = [UInt8](repeating: 0, count: 19)
        for symbol in DeflateFormat.codeLengthOrder.prefix(described) {
            lengths[symbol] = UInt8(bits(place) & 7)
            place += 3
        }
        guard let code = PrefixCode(lengths: lengths) else { return nil }
        lengths.removeAll(keepingCapacity: true)
        while lengths.count < literals + distances {
            let next = bits(place)
            guard let (symbol, length) = code.symbol(UInt64(next)) else { return nil }
            place += length
            let extra = next >> length
            switch symbol {
            case 0..<16: lengths.append(UInt8(symbol))
            case 16:
                guard let last = lengths.last else { return nil }
                for _ in 0..<3 + extra & 3 { lengths.append(last) }
                place += 2
            case 17:
                for _ in 0..<3 + extra & 7 { lengths.append(0) }
                place += 3
            default:
                for _ in 0..<11 + extra & 127 { lengths.append(0) }
                place += 7
            }
        }
        guard lengths.count == literals + distances else { return nil }
        self.init(
            literals: Array(lengths[..<literals]), distances: Array(lengths[literals...]), size: place)
    }

    private init?(literals: [UInt8], distances: [UInt8], size: Int) {
        guard let literals = PrefixCode(lengths: literals), let distances = PrefixCode(lengths: distances) else {
            return nil
        }
        (self.literals, self.distances, self.size) = (literals, distances, size)
    }
}
