// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Gives the gzip that a token form stands for.
///
/// The form may come from outside: what breaks its rules throws `.invalid`, as does a token that the codes of its block
/// cannot say. A byte of it gives at most two bytes, and what a block describes.
struct TokenEncoder: ByteTransform {
    private enum Place {
        /// Outside of any stream.
        case outside
        /// Inside a stream, before the next block.
        case block
        /// Inside a block of codes.
        case codes
        /// Inside a stored block, of which so many bytes are left.
        case stored(Int)
        /// Inside bytes outside of any stream, of which so many are left.
        case bytes(Int)
    }

    private let source: String
    private var place = Place.outside
    private var isFinal = false
    /// Bits that make no byte yet, the first lowest, and how many of them there are.
    private var (bits, have): (UInt64, Int) = (0, 0)
    private let codes = TokenCodes()

    /// An encoder; `source` names the form in messages.
    init(source: String) { self.source = source }

    func finish() throws(Fault) {
        guard case .outside = place else { throw fault("it ends too early") }
    }

    private func fault(_ what: String) -> Fault { DeltaReader.damaged("what it gives for \(source): \(what)") }

    /// A piece of the form.
    @safe private struct Input {
        // Safe because no byte is read but below `count`.
        let start: UnsafeRawPointer
        let count: Int

        func byte(_ offset: Int) -> UInt8 {
            precondition(offset < count)
            return unsafe start.load(fromByteOffset: offset, as: UInt8.self)
        }

        func number(_ offset: Int) -> Int { Int(byte(offset)) | Int(byte(offset + 1)) << 8 }
    }

    mutating func process(
        _ start: UnsafeRawPointer, count: Int, isLast: Bool, into output: TransformOutput
    ) throws(Fault) -> Int {
        let input = unsafe Input(start: start, count: count)
        var cursor = 0
        while output.hasRoom, cursor < count {
            let taken = try step(input, cursor, output)
            guard taken > 0 else {
                guard !isLast else { throw fault("it ends too early") }
                break
            }
            cursor += taken
        }
        return cursor
    }

    /// Takes what comes next and says how many bytes that was; 0 when it needs more of them.
    private mutating func step(_ input: Input, _ cursor: Int, _ output: TransformOutput) throws(Fault) -> Int {
        switch place {
        case .outside, .block: return try takeRecord(input, cursor, output)
        case .codes:
            let taken = try takeTokens(input, cursor, output)
            return taken > 0 ? taken : try takeRecord(input, cursor, output)
        case .stored(let left): return try takeStored(left, input, cursor, output)
        case .bytes(let left):
            let piece = min(left, input.count - cursor, TransformOutput.stepSize / 2)
            for offset in cursor..<cursor + piece { output.append(input.byte(offset)) }
            place = left > piece ? .bytes(left - piece) : .outside
            return piece
        }
    }

    // MARK: Records

    private mutating func takeRecord(_ input: Input, _ cursor: Int, _ output: TransformOutput) throws(Fault) -> Int {
        // The shortest record has two bytes, the shortest token in a block of codes one.
        guard input.byte(cursor) == TokenForm.escape else {
            if case .codes = place { return 0 }
            throw fault("a token stands outside of a block")
        }
        guard cursor + 2 <= input.count else { return 0 }
        let value = input.byte(cursor + 1)
        guard let code = TokenForm.Code(rawValue: value < 8 ? value & 6 : value), value >= 2 else {
            throw fault(value < 2 ? "a literal stands outside of a block" : "it has a record of an unknown kind")
        }
        let rest = input.count - cursor
        switch code {
        case .bytes:
            guard case .outside = place else { throw fault("bytes stand inside of a stream") }
            guard rest >= 4 else { return 0 }
            let count = input.number(cursor + 2)
            guard 1...TokenForm.mostBytes ~= count else { throw fault("it has a record of \(count) bytes") }
            place = .bytes(count)
            return 4
        case .endOfStream:
            guard rest >= 3 else { return 0 }
            try endBlock(output)
            guard case .block = place, isFinal else { throw fault("a stream ends without its last block") }
            try align(input.byte(cursor + 2), output)
            place = .outside
            return 3
        case .storedBlock:
            guard rest >= 5 else { return 0 }
            try begin(code, isFinal: value & 1 == 1, output)
            let length = input.number(cursor + 3)
            try align(input.byte(cursor + 2), output)
            for part in [length, length ^ 0xFFFF] { put(UInt64(part), 16, output) }
            place = length > 0 ? .stored(length) : .block
            return 5
        case .fixedBlock:
            try begin(code, isFinal: value & 1 == 1, output)
            codes.fill(.fixed)
            place = .codes
            return 2
        default:
            guard rest >= 4 else { return 0 }
            let size = input.number(cursor + 2)
            guard size <= DeflateFormat.largestDescription else { throw fault("a block describes codes at length") }
            guard rest >= 4 + size else { return 0 }
            try begin(code, isFinal: value & 1 == 1, output)
            try describe(input, cursor + 4, size, output)
            return 4 + size
        }
    }

    /// Ends the block of codes before, if there is one, and begins another.
    private mutating func begin(_ code: TokenForm.Code, isFinal next: Bool, _ output: TransformOutput) throws(Fault) {
        switch place {
        case .outside: isFinal = false
        default: try endBlock(output)
        }
        guard !isFinal else { throw fault("a block follows the last one") }
        isFinal = next
        put(next ? 1 : 0, 1, output)
        put(UInt64(code == .storedBlock ? 0 : code == .fixedBlock ? 1 : 2), 2, output)
    }

    private mutating func endBlock(_ output: TransformOutput) throws(Fault) {
        guard case .codes = place else { return }
        let end = unsafe codes.literals[DeflateFormat.endOfBlock]
        guard end != 0 else { throw fault("a block has no code for its end") }
        put(UInt64(end & TokenCodes.bits), Int(end >> TokenCodes.lengthShift), output)
        place = .block
    }

    private mutating func describe(
        _ input: Input, _ start: Int, _ size: Int, _ output: TransformOutput
    ) throws(Fault) {
        func bits(_ place: Int) -> Int {
            let first = place >> 3
            let value = (0..<3).reduce(0) { value, number in
                first + number < size ? value | Int(input.byte(start + first + number)) << (8 * number) : value
            }
            return value >> (place & 7) & 0xFFFF
        }
        guard let description = BlockDescription(bits), (description.size + 7) / 8 == size,
            bits(description.size) == 0
        else { throw fault("a block describes no codes") }
        for place in stride(from: 0, to: description.size, by: 8) {
            put(UInt64(bits(place) & 0xFF), min(8, description.size - place), output)
        }
        codes.fill(description)
        place = .codes
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
        guard filler >> UInt8(left) == 0 else { throw fault("it fills a byte with more bits than it has") }
        put(UInt64(filler), left, output)
    }

    // MARK: Tokens

    private mutating func takeStored(
        _ left: Int, _ input: Input, _ cursor: Int, _ output: TransformOutput
    ) throws(Fault) -> Int {
        var (left, taken) = (left, 0)
        while left > 0, cursor + taken < input.count, taken < TransformOutput.stepSize / 2 {
            var byte = input.byte(cursor + taken)
            if byte | 1 == TokenForm.escape {
                guard byte == TokenForm.escape else { throw fault("a match stands in a stored block") }
                guard cursor + taken + 1 < input.count else { break }
                let code = input.byte(cursor + taken + 1)
                guard code < 2 else { throw fault("a stored block ends \(left) bytes early") }
                byte = TokenForm.match | code
                taken += 1
            }
            output.append(byte)
            taken += 1
            left -= 1
        }
        place = left > 0 ? .stored(left) : .block
        return taken
    }

    /// Turns tokens into codes until something else comes, or the room or the input ends; 0 when nothing was done.
    private mutating func takeTokens(_ input: Input, _ cursor: Int, _ output: TransformOutput) throws(Fault) -> Int {
        var position = cursor
        let isRight = unsafe codes.encode(
            input.start, &position, end: input.count, bits: &bits, have: &have, output)
        guard isRight else { throw fault("it has a token that its block cannot say") }
        return position - cursor
    }
}
