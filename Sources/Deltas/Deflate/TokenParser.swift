// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Takes a gzip apart into a part of its token form.
///
/// It expands nothing and checks no checksum: what it gives stands for the same bits, whatever they mean. A code of one
/// bit becomes at most two bytes, so the form has at most 16 times the size of the gzip, and a few bytes. A gzip of
/// several members has several streams; what follows the last and is no member is taken as it is. Throws `.invalid` for
/// what is not gzip, is cut short, or has bits that stand for nothing.
struct TokenParser: ByteTransform {
    private enum Place {
        /// At the start, and behind a trailer.
        case head
        /// Inside a header, of which so many bytes are left.
        case headBytes(Int)
        /// Before a block.
        case block
        /// Inside a block of codes.
        case codes
        /// Inside a stored block, of which so many bytes are left.
        case stored(Int)
        /// Behind the last block.
        case end
        /// Inside bytes that no member follows.
        case rest
    }

    private let source: String
    private let part: TokenForm.Part
    private var place = Place.head
    private var isFirst = true
    private var isFinal = false
    /// The record of the block of codes that is read, without its first two numbers, and its bytes of tokens.
    private var (description, tokens): ([UInt8]?, Int64) = (nil, 0)
    /// The next bit, counted from the start of the input.
    private var cursor = 0
    private let literals = DecodingTable(width: 11, meanings: DecodingTable.literals)
    private let distances = DecodingTable(width: 10, meanings: DecodingTable.distances)

    /// A parser that gives a part of the form; `source` names the gzip in messages.
    init(source: String, part: TokenForm.Part) { (self.source, self.part) = (source, part) }

    /// A piece of the input, and zeros behind it.
    @safe private struct Input {
        // Safe because bytes are read up to `count` and, with the zeros a transform is given, up to `padding` behind.
        let start: UnsafeRawPointer
        let count: Int
        let isLast: Bool

        /// At least 57 bits from a bit on.
        func bits(_ bit: Int) -> UInt64 {
            precondition(bit >> 3 <= count + TransformOutput.padding - 8)
            return unsafe UInt64(littleEndian: start.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
                >> UInt64(bit & 7)
        }

        /// The byte at an offset, which is below `count`.
        func byte(_ offset: Int) -> UInt8 {
            precondition(offset < count)
            return unsafe start.load(fromByteOffset: offset, as: UInt8.self)
        }

        func has(_ bytes: Int, from bit: Int) -> Bool { isLast || bit >> 3 + bytes <= count }
    }

    mutating func process(
        _ start: UnsafeRawPointer, count: Int, isLast: Bool, into output: TransformOutput
    ) throws(Fault) -> Int {
        let input = unsafe Input(start: start, count: count, isLast: isLast)
        while output.hasRoom, try step(input, output) {}
        let taken = cursor >> 3
        cursor &= 7
        return taken
    }

    func finish() throws(Fault) {
        switch place {
        case .rest: return
        case .head where !isFirst: return
        default: throw cut
        }
    }

    private var cut: Fault { fault("ends too early") }

    private func fault(_ what: String) -> Fault {
        Fault(.invalid, "\(source) \(what)", fix: "get the file again from its origin")
    }

    /// Does what comes next; false when that needs more input.
    private mutating func step(_ input: Input, _ output: TransformOutput) throws(Fault) -> Bool {
        switch place {
        case .head: return try takeHead(input, output)
        case .headBytes(let left):
            let before = cursor
            if takeBytes(left, input, output) {
                place = .headBytes(left - (cursor - before) / 8)
            } else {
                place = .block
            }
            return true
        case .block: return try takeBlock(input, output)
        case .codes: return try takeCodes(input, output)
        case .stored(let left): return takeStored(left, input, output)
        case .end: return try takeEnd(input, output)
        case .rest:
            // The form must not depend on the pieces that a gzip comes in.
            guard input.has(TokenForm.mostBytes, from: cursor) else { return false }
            return takeBytes(input.count - cursor >> 3, input, output)
        }
    }

    // MARK: Outside of streams

    private mutating func takeHead(_ input: Input, _ output: TransformOutput) throws(Fault) -> Bool {
        let start = cursor >> 3
        guard input.count - start >= 4 || input.isLast else { return false }
        guard start < input.count else { return false }
        guard input.bits(cursor) & 0xE0FF_FFFF == 0x0008_8B1F, start + 4 <= input.count else {
            guard !isFirst else { throw fault("is not gzip") }
            place = .rest
            return true
        }
        guard let length = headLength(input, start) else {
            guard !input.isLast, input.count - start <= TokenForm.largestHead else { throw cut }
            return false
        }
        guard length <= TokenForm.largestHead else { throw fault("has a header of more than 64 KiB") }
        (isFirst, place) = (false, .headBytes(length))
        return true
    }

    /// The length of a gzip's header (RFC 1952, section 2.3); nil when it is cut short.
    private func headLength(_ input: Input, _ start: Int) -> Int? {
        let flags = input.byte(start + 3)
        var end = start + 10
        if flags & 4 != 0 {
            guard end + 2 <= input.count else { return nil }
            end += 2 + Int(input.byte(end)) + Int(input.byte(end + 1)) << 8
        }
        for flag: UInt8 in [8, 16] where flags & flag != 0 {
            while true {
                guard end < input.count else { return nil }
                end += 1
                if input.byte(end - 1) == 0 { break }
            }
        }
        if flags & 2 != 0 { end += 2 }
        return end <= input.count ? end - start : nil
    }

    /// Gives up to so many bytes as they are, if there are any.
    private mutating func takeBytes(_ count: Int, _ input: Input, _ output: TransformOutput) -> Bool {
        let piece = min(count, TokenForm.mostBytes), start = cursor >> 3
        guard piece > 0 else { return false }
        record(.bytes, [Int64(piece)], (start..<start + piece).map(input.byte), output)
        cursor += piece * 8
        return true
    }

    private func record(
        _ record: TokenForm.Record, isFinal: Bool = false, _ numbers: [Int64], _ bytes: [UInt8],
        _ output: TransformOutput
    ) {
        guard part == .blocks else { return }
        var head = [record.rawValue + (isFinal ? 1 : 0)]
        for number in numbers { DeltaInstruction.append(number, to: &head) }
        for byte in head + bytes { output.append(byte) }
    }

    private mutating func takeEnd(_ input: Input, _ output: TransformOutput) throws(Fault) -> Bool {
        guard input.has(9, from: cursor) else { return false }
        let padding = -cursor & 7
        guard cursor + padding + 64 <= input.count * 8 else { throw cut }
        record(.endOfStream, [], [UInt8(input.bits(cursor) & (1 << UInt64(padding) - 1))], output)
        cursor += padding
        _ = takeBytes(8, input, output)
        place = .head
        return true
    }

    // MARK: Blocks

    private mutating func takeBlock(_ input: Input, _ output: TransformOutput) throws(Fault) -> Bool {
        guard input.has(DeflateFormat.largestDescription + 16, from: cursor) else { return false }
        guard cursor + 3 <= input.count * 8 else { throw cut }
        let head = input.bits(cursor)
        isFinal = head & 1 == 1
        cursor += 3
        switch head >> 1 & 3 {
        case 0: try takeStoredHead(input, output)
        case 1:
            begin(.fixed, nil)
        case 2: try takeDescription(input)
        default: throw fault("has a block of no known type")
        }
        return true
    }

    private mutating func begin(_ codes: BlockDescription, _ description: [UInt8]?) {
        literals.fill(codes.literals)
        distances.fill(codes.distances)
        (self.description, tokens, place) = (description, 0, .codes)
    }

    private mutating func endCodes(_ output: TransformOutput) {
        if let description {
            record(.dynamicBlock, isFinal: isFinal, [tokens, Int64(description.count)], description, output)
        } else {
            record(.fixedBlock, isFinal: isFinal, [tokens], [], output)
        }
        place = isFinal ? .end : .block
    }

    private mutating func takeStoredHead(_ input: Input, _ output: TransformOutput) throws(Fault) {
        let padding = -cursor & 7
        guard cursor + padding + 32 <= input.count * 8 else { throw cut }
        let filler = UInt8(input.bits(cursor) & (1 << UInt64(padding) - 1))
        cursor += padding
        let lengths = input.bits(cursor), length = lengths & 0xFFFF
        guard length ^ 0xFFFF == lengths >> 16 & 0xFFFF else { throw fault("has a stored block of no known length") }
        cursor += 32
        // The filler takes one byte, as does a number below 8.
        record(.storedBlock, isFinal: isFinal, [Int64(filler), Int64(length)], [], output)
        place = .stored(Int(length))
    }

    private mutating func takeDescription(_ input: Input) throws(Fault) {
        let start = cursor, end = input.count * 8
        func bits(_ place: Int) -> Int {
            let bit = start + place
            return bit < end ? Int(input.bits(bit) & 0xFFFF) : 0
        }
        guard let description = BlockDescription(bits) else { throw fault("has a block whose codes cannot be read") }
        cursor += description.size
        guard cursor <= end else { throw cut }
        let bytes = stride(from: 0, to: description.size, by: 8).map { place in
            let left = description.size - place
            return UInt8(bits(place) & (left < 8 ? 1 << left - 1 : 0xFF))
        }
        begin(description, bytes)
    }

    private mutating func takeStored(_ left: Int, _ input: Input, _ output: TransformOutput) -> Bool {
        guard left > 0 else {
            place = isFinal ? .end : .block
            return true
        }
        let start = cursor >> 3
        let piece = min(left, input.count - start, TransformOutput.stepSize / 2)
        guard piece > 0 else { return false }
        for offset in start..<start + piece where part == .tokens {
            let byte = input.byte(offset)
            if byte | 1 == TokenForm.escape {
                output.append(TokenForm.escape)
                output.append(byte & 1)
            } else {
                output.append(byte)
            }
        }
        cursor += piece * 8
        place = .stored(left - piece)
        return true
    }

    private mutating func takeCodes(_ input: Input, _ output: TransformOutput) throws(Fault) -> Bool {
        let before = cursor
        // A turn reads up to 24 bytes; at the end of everything the zeros behind may be read.
        let stop = input.isLast ? input.count + TransformOutput.padding - 32 : input.count - 32
        let filled = output.count
        let end = unsafe TokenDecoder.decode(input.start, &cursor, stop: stop, literals, distances, output)
        tokens += Int64(output.count - filled)
        if part == .blocks { output.count = filled }
        if case .damaged = end { throw cursor <= input.count * 8 ? fault("has bits that stand for nothing") : cut }
        guard cursor <= input.count * 8 else { throw cut }
        if case .end = end {
            endCodes(output)
            return true
        }
        guard cursor > before || !input.isLast else { throw cut }
        return cursor > before
    }
}
