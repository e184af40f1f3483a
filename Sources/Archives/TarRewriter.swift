// SPDX-License-Identifier: Apache-2.0

public import Basics

extension Tar {
    /// Makes the new content of a member from the present one.
    public typealias Replacement = @Sendable ([UInt8]) throws(Fault) -> [UInt8]

    /// The archive with new contents for some of its members.
    ///
    /// Everything else keeps its bytes and its order: headers with their times and owners, extended headers, padding,
    /// what stands behind the end. Of a member that is replaced the header changes in size and checksum alone. As
    /// strict as `TarReader`; an archive that means nothing ends the stream with its failure.
    ///
    /// - Parameters:
    ///   - source: names the archive in messages.
    ///   - contentLimit: the most bytes that a member to be replaced may have; more throws `.limitExceeded`.
    ///   - replacement: asked for each member in order; nil keeps it. Only files can be replaced.
    public static func rewriting(
        _ stream: ByteStream, source: String, limits: ArchiveLimits = .standard, contentLimit: Int,
        _ replacement: @escaping @Sendable (TarEntry) throws(Fault) -> Replacement?
    ) -> ByteStream {
        let rewriter = TarRewriter(stream, source, limits, contentLimit, replacement)
        return ByteStream { try await rewriter.next() }
    }
}

/// Passes the blocks of a tar on, one member after the other.
private final class TarRewriter: Sendable {
    /// An extended header that waits for its member: its block, and its bytes with their padding.
    fileprivate struct Record: Sendable {
        var block: Chunk
        var size: Int
        var bytes: Chunk
    }
    fileprivate enum Phase {
        case headers
        /// Within a member that is kept, with so many bytes to go.
        case keeping(Int64)
        /// Behind the last member, after so many bytes.
        case end(Int)
    }
    fileprivate struct State: Sendable {
        var parser: TarHeaderParser
        var phase = Phase.headers
        var records: [Record] = []
        var path = ""
    }

    private let reader: ChunkReader
    private let source: String
    private let contentLimit: Int
    private let replacement: @Sendable (TarEntry) throws(Fault) -> Tar.Replacement?
    private let state: Guarded<State>
    /// Records may precede a member only so far; they are held until it is known.
    private static let recordLimit = 4 << 20

    init(
        _ stream: ByteStream, _ source: String, _ limits: ArchiveLimits, _ contentLimit: Int,
        _ replacement: @escaping @Sendable (TarEntry) throws(Fault) -> Tar.Replacement?
    ) {
        reader = ChunkReader(stream)
        state = Guarded(State(parser: TarHeaderParser(source: source, limits: limits)))
        (self.source, self.contentLimit, self.replacement) = (source, contentLimit, replacement)
    }

    func next() async throws -> Chunk? {
        while true {
            switch state.withLock({ $0.phase }) {
            case .headers:
                if let chunk = try await header() { return chunk }
            case .keeping(0): state.withLock { $0.phase = .headers }
            case .keeping(let left):
                guard let piece = try await reader.piece(upTo: Int(clamping: left)) else { throw truncated() }
                state.withLock { $0.phase = .keeping(left - Int64(piece.count)) }
                return piece
            case .end(let passed):
                guard let piece = try await reader.piece(upTo: Chunk.preferredSize) else { return nil }
                guard passed + piece.count <= TarEnd.paddingLimit, TarEnd.isZero(piece) else {
                    throw TarEnd.garbage(source)
                }
                state.withLock { $0.phase = .end(passed + piece.count) }
                return piece
            }
        }
    }

    /// Reads one header block and what belongs to it; nil when it waits for the next.
    private func header() async throws -> Chunk? {
        let block = try await reader.bytes(TarField.blockSize)
        guard block.count == TarField.blockSize else { throw truncated() }
        switch try state.withLock({ state throws(Fault) in try state.parser.accept(block) }) {
        case .metadata(let size):
            let bytes = try await reader.bytes(size + TarField.padding(Int64(size)))
            guard bytes.count == size + TarField.padding(Int64(size)) else { throw truncated() }
            try state.withLock { state throws(Fault) in
                try state.parser.acceptMetadata(bytes.prefix(size))
                state.records.append(Record(block: block, size: size, bytes: bytes))
                guard state.records.reduce(0, { $0 + $1.bytes.count }) <= Self.recordLimit else {
                    throw Fault(.limitExceeded, "\(source) has too many extended headers before a member")
                }
            }
            return nil
        case .entry(let entry):
            state.withLock { $0.path = entry.path }
            guard let replace = try replacement(entry) else {
                return state.withLock { state in
                    state.phase = .keeping(entry.size + Int64(TarField.padding(entry.size)))
                    return Self.bytes(state.takeRecords(), block)
                }
            }
            return try await replaced(entry, block, replace)
        case .end:
            return state.withLock { state in
                state.phase = .end(0)
                return Self.bytes(state.takeRecords(), block)
            }
        }
    }

    private func replaced(_ entry: TarEntry, _ block: Chunk, _ replace: Tar.Replacement) async throws -> Chunk {
        guard entry.kind == .file else {
            throw Fault(.internal, "“\(entry.path)” in \(source) is no file and was to be replaced")
        }
        guard entry.size <= contentLimit else {
            throw Fault(
                .limitExceeded,
                "“\(entry.path)” in \(source) has \(ByteCount(entry.size)), more than the "
                    + "\(ByteCount(Int64(contentLimit))) accepted of a file to be changed")
        }
        let padded = Int(entry.size) + TarField.padding(entry.size)
        let content = try await reader.bytes(padded)
        guard content.count == padded else { throw truncated() }
        let old = Array(content.prefix(Int(entry.size)))
        let new = try replace(old)
        var records = state.withLock { $0.takeRecords() }
        guard new != old else { return Self.bytes(records, block) + content }
        for index in records.indices { records[index].dropSize() }
        records.removeAll { $0.size == 0 }
        let padding = [UInt8](repeating: 0, count: TarField.padding(Int64(new.count)))
        return Self.bytes(records, TarHeader.resized(block, to: new.count)) + new + padding
    }

    private static func bytes(_ records: [Record], _ block: Chunk) -> Chunk {
        records.reduce(into: []) { $0 += $1.block + $1.bytes } + block
    }

    private func truncated() -> Fault {
        let path = state.withLock { $0.path }
        let member = path.isEmpty ? "" : ", in or behind “\(path)”"
        return Fault(.invalid, "\(source) ends too early\(member)", fix: "get the archive again from its origin")
    }
}

extension TarRewriter.State {
    fileprivate mutating func takeRecords() -> [TarRewriter.Record] {
        defer { records = [] }
        return records
    }
}

extension TarRewriter.Record {
    /// Removes the record that says the member's size, which the member's own header says as well.
    fileprivate mutating func dropSize() {
        guard block[block.startIndex + TarField.type] == UInt8(ascii: "x") else { return }
        let kept = PaxRecords.lines(bytes.prefix(size)).filter { !$0.key.elementsEqual("size".utf8) }.flatMap(\.line)
        guard kept.count < size else { return }
        block = TarHeader.resized(block, to: kept.count)
        size = kept.count
        bytes = (kept + [UInt8](repeating: 0, count: TarField.padding(Int64(kept.count))))[...]
    }
}

extension TarHeader {
    /// A header block with another size and the checksum that goes with it, otherwise the same.
    static func resized(_ block: Chunk, to size: Int) -> Chunk {
        var block = Array(block)
        func put(_ text: String, _ start: Int) {
            for (index, byte) in text.utf8.enumerated() { block[start + index] = byte }
        }
        let digits = String(size, radix: 8)
        put(String(repeating: "0", count: 11 - digits.utf8.count) + digits + "\u{0}", TarField.size.lowerBound)
        for index in TarField.checksum { block[index] = 0x20 }
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.utf8.count) + sum + "\u{0} ", TarField.checksum.lowerBound)
        return block[...]
    }
}

extension PaxRecords {
    /// The records of an extended header that was read before, each with its key.
    fileprivate static func lines(_ bytes: Chunk) -> [(key: Chunk, line: Chunk)] {
        var lines: [(key: Chunk, line: Chunk)] = []
        var rest = bytes
        while let blank = rest.firstIndex(of: 0x20),
            let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length <= rest.count, length > 0
        {
            let line = rest.prefix(length)
            let equals = line.firstIndex(of: UInt8(ascii: "=")) ?? line.endIndex
            lines.append((line[(blank + 1)..<equals], line))
            rest = rest.dropFirst(length)
        }
        return lines
    }
}
