// SPDX-License-Identifier: Apache-2.0

/// The bits that a block has for each token.
///
/// An entry has the bits, the first lowest, and from bit 24 on how many they are; 0 stands for what the block cannot say.
@safe final class TokenCodes {
    // Safe because the memory is allocated in `init`, freed in `deinit`, and each index is below the size by its type
    // or by a comparison beside it.
    static let lengthShift: UInt32 = 24
    static let bits: UInt32 = 1 << lengthShift - 1

    /// For each literal and the end of the block.
    let literals: UnsafeMutablePointer<UInt32>
    /// For each length less 3, with the bits that follow its symbol.
    private let lengths: UnsafeMutablePointer<UInt32>
    /// For each distance symbol, and behind, from which on the bits that follow begin, and how many they are.
    private let distances: UnsafeMutablePointer<UInt32>
    /// The symbol of each distance less 1 below 256, and then of each 128 that are more.
    private let symbols: UnsafeMutablePointer<UInt8>

    init() {
        unsafe literals = .allocate(capacity: 257)
        unsafe literals.initialize(repeating: 0, count: 257)
        unsafe lengths = .allocate(capacity: 256)
        unsafe lengths.initialize(repeating: 0, count: 256)
        unsafe distances = .allocate(capacity: 32)
        unsafe distances.initialize(repeating: 0, count: 32)
        unsafe symbols = .allocate(capacity: 512)
        unsafe symbols.initialize(repeating: 0, count: 512)
        for (symbol, (base, extra)) in DeflateFormat.distances.enumerated() {
            for distance in Int(base)..<Int(base) + 1 << Int(extra) {
                unsafe symbols[Self.place(of: distance)] = UInt8(symbol)
            }
        }
    }
    deinit {
        unsafe literals.deallocate()
        unsafe lengths.deallocate()
        unsafe distances.deallocate()
        unsafe symbols.deallocate()
    }

    /// Where the symbol of a distance less 1, which is below 32 768, stands.
    @inline(__always) private static func place(of distance: Int) -> Int {
        distance < 256 ? distance : 256 &+ distance &>> 7
    }

    /// Takes the codes of a block.
    func fill(_ description: BlockDescription) {
        func entry(_ code: PrefixCode, _ symbol: Int) -> UInt32 {
            guard symbol < code.lengths.count, code.lengths[symbol] > 0 else { return 0 }
            return UInt32(code.codes[symbol]) | UInt32(code.lengths[symbol]) << Self.lengthShift
        }
        for symbol in 0...256 { unsafe literals[symbol] = entry(description.literals, symbol) }
        for symbol in 0..<29 {
            let (base, extra) = DeflateFormat.lengths[symbol]
            let code = entry(description.literals, 257 + symbol)
            // Of the second last symbol's lengths the last one belongs to the last symbol.
            for more in 0..<(symbol == 27 ? 31 : 1 << Int(extra)) {
                let bits = UInt32(more) << (code >> Self.lengthShift)
                unsafe lengths[Int(base) + more] =
                    code == 0 ? 0 : (code | bits) + UInt32(extra) << Self.lengthShift
            }
        }
        for symbol in 0..<30 { unsafe distances[symbol] = entry(description.distances, symbol) }
    }

    /// Turns tokens into bits until something else comes, or the room or the input ends; false for a token that the
    /// block cannot say.
    func encode(
        _ input: UnsafeRawPointer, _ cursor: inout Int, end: Int, bits: inout UInt64, have: inout Int,
        _ output: TransformOutput
    ) -> Bool {
        // Proof: a turn reads one byte below `end`, and more only when they are below it, too. It begins with
        // `filled` below `limit` and stores eight bytes, and the output has `stepSize` bytes behind `limit`. A turn adds
        // at most 48 bits to at most 7. A literal is an index below 256, a length too, a distance is compared.
        let (out, limit) = unsafe (output.start, output.limit)
        let (literals, lengths, distances, symbols) = unsafe (literals, lengths, distances, symbols)
        let distanceBases = DeflateFormat.distances
        return unsafe distanceBases.withUnsafeBufferPointer { bases in
            var (position, filled) = (cursor, output.count)
            var (buffer, count) = (bits, UInt64(have))
            defer { (cursor, output.count, bits, have) = (position, filled, buffer, Int(count)) }
            while position < end, filled < limit {
                var byte = unsafe input.load(fromByteOffset: position, as: UInt8.self)
                if byte | 1 == TokenForm.escape {
                    if byte == TokenForm.match {
                        guard position &+ TokenForm.matchSize <= end else { return true }
                        let token = unsafe UInt32(
                            littleEndian: input.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                        let length = unsafe lengths[Int(token &>> 8 & 0xFF)]
                        let distance = Int(token &>> 16)
                        guard distance < 32_768 else { return false }
                        let symbol = unsafe Int(symbols[Self.place(of: distance)])
                        let code = unsafe distances[symbol]
                        guard length != 0, code != 0 else { return false }
                        let (base, extra) = unsafe bases[symbol]
                        buffer |= UInt64(length & Self.bits) &<< count
                        count &+= UInt64(length &>> Self.lengthShift)
                        buffer |= UInt64(code & Self.bits) &<< count
                        count &+= UInt64(code &>> Self.lengthShift)
                        buffer |= UInt64(distance &- Int(base)) &<< count
                        count &+= UInt64(extra)
                        position &+= TokenForm.matchSize
                    } else {
                        guard position &+ 2 <= end else { return true }
                        byte = unsafe input.load(fromByteOffset: position &+ 1, as: UInt8.self)
                        guard byte < 2 else { return false }
                        let code = unsafe literals[Int(TokenForm.match | byte)]
                        guard code != 0 else { return false }
                        buffer |= UInt64(code & Self.bits) &<< count
                        count &+= UInt64(code &>> Self.lengthShift)
                        position &+= 2
                    }
                } else {
                    let code = unsafe literals[Int(byte)]
                    guard code != 0 else { return false }
                    buffer |= UInt64(code & Self.bits) &<< count
                    count &+= UInt64(code &>> Self.lengthShift)
                    position &+= 1
                }
                unsafe UnsafeMutableRawPointer(out + filled)
                    .storeBytes(of: buffer.littleEndian, as: UInt64.self)
                filled &+= Int(truncatingIfNeeded: count &>> 3)
                buffer &>>= count & ~7
                count &= 7
            }
            return true
        }
    }
}
