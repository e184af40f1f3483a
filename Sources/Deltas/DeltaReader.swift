// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics

/// Reads a delta from outside: every number is checked before it is used.
///
/// No instruction that comes out copies from beyond a base, and together they give exactly the stated size.
struct DeltaReader {
    private let stream: ByteStream
    private let limits: DeltaLimits
    private var piece: Chunk = []
    private var isAtEnd = false
    private var bases: [DeltaHeader.Base] = []
    /// Where the last copy ended; the first base's start before.
    private var last: (base: Int64, end: Int64) = (0, 0)
    /// How many bytes the rest must give.
    private var left: Int64 = 0

    init(_ stream: ByteStream, limits: DeltaLimits) { (self.stream, self.limits) = (stream, limits) }

    /// The header, which is read first.
    mutating func header() async throws -> DeltaHeader {
        for byte in DeltaHeader.magic {
            guard try await self.byte() == byte else {
                throw Fault(
                    .invalid, "it is not a delta of the format ocm-delta/1", fix: "check that it is the right file")
            }
        }
        var count = 0
        for _ in 0..<4 { count = try await count << 8 | Int(byte()) }
        guard count <= limits.header else {
            throw Fault(.limitExceeded, "the header of the delta has \(count) bytes, more than \(limits.header)")
        }
        let header = try await DeltaHeader(bytes(count), limits: limits)
        (bases, left) = (header.bases, header.extent)
        return header
    }

    /// The next instruction; nil at the end, behind which nothing stands.
    mutating func next() async throws -> DeltaInstruction? {
        guard !isAtEnd else { return nil }
        switch DeltaInstruction.Code(rawValue: try await byte()) {
        case .end?:
            guard left == 0 else { throw Self.damaged("it ends \(left) bytes early") }
            guard try await isEmpty() else { throw Self.damaged("something stands behind its end") }
            isAtEnd = true
            return nil
        case .copy?:
            return try await copy(from: number(), offset: number(), length: number())
        case .copyOn?:
            let (offset, isNone) = try await last.end.addingReportingOverflow(number())
            guard !isNone else { throw Self.damaged("it copies from a place that is none") }
            return try await copy(from: last.base, offset: offset, length: number())
        case .insert?:
            let length = try await insertLength()
            return .insert(try await bytes(length))
        case .insertCompressed?:
            let length = try await insertLength()
            let packed = try await number()
            guard packed < length else { throw Self.damaged("what it inserts is larger compressed") }
            let bytes = try await bytes(Int(packed))
            return .insert(try ZlibBlock.expanded(bytes[...], count: length, of: "a piece of the delta"))
        case nil: throw Self.damaged("it has an instruction of an unknown kind")
        }
    }

    static func damaged(_ what: String) -> Fault {
        Fault(.invalid, "the delta is damaged: \(what)", fix: "get it again from its origin, or get the whole blob")
    }

    private mutating func copy(from base: Int64, offset: Int64, length: Int64) throws(Fault) -> DeltaInstruction {
        guard base < bases.count else { throw Self.damaged("it copies from base \(base) of \(bases.count)") }
        let extent = bases[Int(base)].extent
        guard length > 0, offset <= extent, length <= extent - offset else {
            throw Self.damaged("it copies \(length) bytes at \(offset) from a base of \(extent)")
        }
        try take(length)
        last = (base, offset + length)
        return .copy(base: Int(base), offset: offset, length: length)
    }

    private mutating func insertLength() async throws -> Int {
        let length = try await number()
        guard length > 0, length <= DeltaLimits.insert else { throw Self.damaged("it inserts \(length) bytes at once") }
        try take(length)
        return Int(length)
    }

    private mutating func take(_ length: Int64) throws(Fault) {
        guard length <= left else { throw Self.damaged("it gives more bytes than it says") }
        left -= length
    }

    /// A number of at most 63 bits, written in as few bytes as it takes.
    private mutating func number() async throws -> Int64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 63, by: 7) {
            let byte = try await byte()
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 {
                guard byte > 0 || shift == 0 else { break }
                return Int64(number)
            }
        }
        throw Self.damaged("it has a number that is none")
    }

    private mutating func isEmpty() async throws -> Bool {
        while piece.isEmpty {
            guard let next = try await stream.next() else { return true }
            piece = next
        }
        return false
    }

    private mutating func byte() async throws -> UInt8 {
        guard try await !isEmpty() else { throw Self.damaged("it ends too early") }
        return piece.removeFirst()
    }

    /// So many bytes, taken as they come: a number in a cut delta makes no memory be reserved.
    private mutating func bytes(_ count: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            guard try await !isEmpty() else { throw Self.damaged("it ends too early") }
            let part = piece.prefix(count - bytes.count)
            bytes += part
            piece = piece.dropFirst(part.count)
        }
        return bytes
    }
}
