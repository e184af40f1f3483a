// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Reads the records about blocks of a token form, which may come from outside.
struct BlockReader: Sendable {
    private static let piece = 64 * 1024

    private let file: SharedFile
    private let size: Int64
    private var offset: Int64 = 0
    private var held: ArraySlice<UInt8> = []

    init(_ file: SharedFile) throws(Fault) { (self.file, size) = (file, try file.size()) }

    /// A record, with its numbers and bytes checked for their limits.
    enum Record {
        case bytes([UInt8])
        case fixed(isFinal: Bool, tokens: Int64)
        case dynamic(isFinal: Bool, tokens: Int64, BlockDescription, [UInt8])
        case stored(isFinal: Bool, filler: UInt8, literals: Int)
        case endOfStream(filler: UInt8)
    }

    var isAtEnd: Bool { held.isEmpty && offset == size }

    /// The next record; nil at the end.
    mutating func next() throws(Fault) -> Record? {
        guard !isAtEnd else { return nil }
        let value = try byte(), isFinal = value & 1 == 1
        guard value <= 8, value != 1, let record = TokenForm.Record(rawValue: value & ~1) else {
            throw Self.damaged("a record of an unknown kind")
        }
        switch record {
        case .bytes:
            let count = try number()
            guard 1...Int64(TokenForm.mostBytes) ~= count else { throw Self.damaged("a record of \(count) bytes") }
            return .bytes(try bytes(Int(count)))
        case .fixedBlock: return .fixed(isFinal: isFinal, tokens: try number())
        case .dynamicBlock:
            let tokens = try number(), count = try number()
            guard count <= DeflateFormat.largestDescription else { throw Self.damaged("a block of too long codes") }
            let bytes = try bytes(Int(count))
            guard let description = BlockDescription(bytes) else { throw Self.damaged("a block of no known codes") }
            return .dynamic(isFinal: isFinal, tokens: tokens, description, bytes)
        case .storedBlock:
            let filler = try byte(), literals = try number()
            guard literals <= 65_535 else { throw Self.damaged("a stored block of \(literals) bytes") }
            return .stored(isFinal: isFinal, filler: filler, literals: Int(literals))
        case .endOfStream: return .endOfStream(filler: try byte())
        }
    }

    static func damaged(_ what: String) -> Fault { DeltaReader.damaged("among the blocks that it gives is \(what)") }

    private mutating func byte() throws(Fault) -> UInt8 {
        if held.isEmpty {
            held = try file.read(at: offset, upTo: Int(min(Int64(Self.piece), size - offset)))[...]
            offset += Int64(held.count)
        }
        guard let byte = held.popFirst() else { throw Self.damaged("one that ends too early") }
        return byte
    }

    private mutating func bytes(_ count: Int) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for _ in 0..<count { bytes.append(try byte()) }
        return bytes
    }

    private mutating func number() throws(Fault) -> Int64 {
        guard let number = try DeltaInstruction.number({ () throws(Fault) in try byte() }) else {
            throw Self.damaged("one with a number that is none")
        }
        return number
    }
}

extension BlockDescription {
    /// Reads a description that fills its bytes, but for zeros in the last; nil when it is none.
    init?(_ bytes: [UInt8]) {
        func bits(_ place: Int) -> Int {
            let first = place >> 3
            var value = 0
            for number in 0..<3 where first + number < bytes.count {
                value |= Int(bytes[first + number]) << (8 * number)
            }
            return value >> (place & 7) & 0xFFFF
        }
        guard let description = BlockDescription(bits), (description.size + 7) / 8 == bytes.count,
            bits(description.size) == 0
        else { return nil }
        self = description
    }
}
