// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Gives the gzip whose tokens these are, and whose blocks stand in a file.
///
/// Both may come from outside: what breaks the rules of the form throws `.invalid`, as does a token that the codes of its
/// block cannot say. A byte of tokens gives at most two bytes, and a record about blocks little more than it has.
struct TokenEncoder: ByteTransform {
    private enum Place {
        /// Before a record, outside of any stream.
        case outside
        /// Before a record, inside a stream.
        case inside
        /// Inside a block of codes, of which so many bytes of tokens are left.
        case codes(Int64)
        /// Inside a stored block, of which so many literals are left.
        case stored(Int)
    }

    private var blocks: BlockReader
    private var place = Place.outside
    private var isFinal = false
    /// Bits that make no byte yet, the first lowest, and how many of them there are.
    private var (bits, have): (UInt64, Int) = (0, 0)
    private let codes = TokenCodes()

    init(blocks: BlockReader) { self.blocks = blocks }

    func finish() throws(Fault) {
        guard case .outside = place, blocks.isAtEnd else { throw BlockReader.damaged("a stream that ends too early") }
    }

    mutating func process(
        _ start: UnsafeRawPointer, count: Int, isLast: Bool, into output: TransformOutput
    ) throws(Fault) -> Int {
        let input = unsafe UnsafeRawBufferPointer(start: start, count: count)
        var cursor = 0
        while output.hasRoom {
            switch place {
            case .outside, .inside:
                guard let record = try blocks.next() else {
                    guard cursor == count else { throw BlockReader.damaged("none for some of the tokens") }
                    return cursor
                }
                try take(record, output)
            case .codes(let left):
                let taken = unsafe try takeTokens(left, UnsafeRawBufferPointer(rebasing: input[cursor...]), output)
                guard taken > 0 || left == 0 else { return cursor }
                cursor += taken
            case .stored(let left):
                let taken = unsafe try takeStored(left, UnsafeRawBufferPointer(rebasing: input[cursor...]), output)
                guard taken > 0 || left == 0 else { return cursor }
                cursor += taken
            }
        }
        return cursor
    }

    // MARK: Records

    private mutating func take(_ record: BlockReader.Record, _ output: TransformOutput) throws(Fault) {
        switch record {
        case .bytes(let bytes):
            guard case .outside = place else { throw BlockReader.damaged("one of bytes inside of a stream") }
            for byte in bytes { output.append(byte) }
        case .endOfStream(let filler):
            guard case .inside = place, isFinal else { throw BlockReader.damaged("an end without a last block") }
            try align(filler, output)
            place = .outside
        case .stored(let isFinal, let filler, let literals):
            try begin(0, isFinal, output)
            try align(filler, output)
            for part in [literals, literals ^ 0xFFFF] { put(UInt64(part), 16, output) }
            place = .stored(literals)
        case .fixed(let isFinal, let tokens):
            try begin(1, isFinal, output)
            codes.fill(.fixed)
            place = .codes(tokens)
        case .dynamic(let isFinal, let tokens, let description, let bytes):
            try begin(2, isFinal, output)
            for (index, byte) in bytes.enumerated() {
                put(UInt64(byte), min(8, description.size - index * 8), output)
            }
            codes.fill(description)
            place = .codes(tokens)
        }
    }

    private mutating func begin(_ type: UInt64, _ isFinal: Bool, _ output: TransformOutput) throws(Fault) {
        if case .outside = place { self.isFinal = false }
        guard !self.isFinal else { throw BlockReader.damaged("one behind the last of its stream") }
        self.isFinal = isFinal
        put(type << 1 | (isFinal ? 1 : 0), 3, output)
    }

    // MARK: Bits

    /// Appends up to 48 bits, of which those beyond `count` are 0.
    private mutating func put(_ value: UInt64, _ count: Int, _ output: TransformOutput) {
        bits |= value << UInt64(have)
        have += count
        while have >= 8 {
            output.append(UInt8(truncatingIfNeeded: bits))
            bits >>= 8
            have -= 8
        }
    }

    /// Fills the byte up with bits.
    private mutating func align(_ filler: UInt8, _ output: TransformOutput) throws(Fault) {
        let left = -have & 7
        guard filler >> UInt8(left) == 0 else { throw BlockReader.damaged("one with more bits than its byte has left") }
        put(UInt64(filler), left, output)
    }

    // MARK: Tokens

    private mutating func takeStored(
        _ left: Int, _ input: UnsafeRawBufferPointer, _ output: TransformOutput
    ) throws(Fault) -> Int {
        var (left, taken) = (left, 0)
        while left > 0, taken < input.count, taken < TransformOutput.stepSize / 2 {
            var byte = unsafe input[taken]
            if byte | 1 == TokenForm.escape {
                guard byte == TokenForm.escape else { throw Self.damagedToken }
                guard taken + 1 < input.count else { break }
                byte = unsafe input[taken + 1]
                guard byte < 2 else { throw Self.damagedToken }
                byte |= TokenForm.match
                taken += 1
            }
            output.append(byte)
            taken += 1
            left -= 1
        }
        place = left > 0 ? .stored(left) : .inside
        return taken
    }

    private mutating func takeTokens(
        _ left: Int64, _ input: UnsafeRawBufferPointer, _ output: TransformOutput
    ) throws(Fault) -> Int {
        let end = Int(min(left, Int64(input.count)))
        var taken = 0
        if end > 0, let start = input.baseAddress {
            let isRight = unsafe codes.encode(start, &taken, end: end, bits: &bits, have: &have, output)
            // A token must not reach beyond its block.
            guard isRight, taken > 0 || Int64(end) < left else { throw Self.damagedToken }
        }
        let rest = left - Int64(taken)
        place = .codes(rest)
        if rest == 0 {
            let end = unsafe codes.literals[DeflateFormat.endOfBlock]
            guard end != 0 else { throw BlockReader.damaged("one without a code for its end") }
            put(UInt64(end & TokenCodes.bits), Int(end >> TokenCodes.lengthShift), output)
            place = .inside
        }
        return taken
    }

    private static var damagedToken: Fault { DeltaReader.damaged("it gives a token that its block cannot say") }
}
