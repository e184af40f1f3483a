// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Documents

/// What a delta is made of, in numbers.
public struct DeltaStatistics: Sendable {
    /// The bytes of the delta.
    public internal(set) var size: Int64 = 0
    /// The bytes of the blob it gives.
    public internal(set) var targetSize: Int64 = 0
    /// The bytes that come from the bases, in the form that is described.
    public internal(set) var copied: Int64 = 0
    /// The bytes that stand in the delta, before they are compressed.
    public internal(set) var inserted: Int64 = 0
    /// How many pieces come from the bases.
    public internal(set) var copies = 0
    /// What the delta describes.
    public internal(set) var form = DeltaForm.bytes

    /// Whether the delta is smaller than the blob, so that it is worth to be sent.
    public var isSmaller: Bool { size < targetSize }
}

/// Writes the instructions of a delta.
struct DeltaWriter {
    /// Fewer bytes than these hardly become less, and compressing them takes as long as thousands.
    private static let smallestCompressed = 64

    private let put: (Chunk) throws -> Void
    private(set) var statistics = DeltaStatistics()
    private var buffer: [UInt8] = []
    /// Where the last copy that was written ends; the first base's start before.
    private var last: (base: Int, end: Int64) = (0, 0)
    /// The copy that the next may prolong.
    private var pending: (base: Int, offset: Int64, length: Int64)?

    init(_ header: DeltaHeader, put: @escaping (Chunk) throws -> Void) throws {
        self.put = put
        (statistics.targetSize, statistics.form) = (header.size, header.form)
        let document = try header.json.canonical()
        buffer += DeltaHeader.magic
        buffer += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: document.count >> $0) }
        buffer += document
    }

    mutating func copy(base: Int, offset: Int64, length: Int64) throws {
        guard length > 0 else { return }
        statistics.copied += length
        if let last = pending, last.base == base, last.offset + last.length == offset {
            pending = (base, last.offset, last.length + length)
            return
        }
        try endCopy()
        pending = (base, offset, length)
    }

    /// Inserts bytes, in pieces of the largest size there is.
    mutating func insert(_ bytes: Span<UInt8>) throws {
        guard !bytes.isEmpty else { return }
        try endCopy()
        statistics.inserted += Int64(bytes.count)
        var start = 0
        while start < bytes.count {
            let piece = bytes.extracting(start..<min(bytes.count, start + DeltaLimits.insert))
            let packed = piece.count < Self.smallestCompressed ? [] : try ZlibBlock.compressed(piece)
            if !packed.isEmpty, packed.count < piece.count {
                buffer.append(DeltaInstruction.Code.insertCompressed.rawValue)
                DeltaInstruction.append(Int64(piece.count), to: &buffer)
                DeltaInstruction.append(Int64(packed.count), to: &buffer)
                buffer += packed
            } else {
                buffer.append(DeltaInstruction.Code.insert.rawValue)
                DeltaInstruction.append(Int64(piece.count), to: &buffer)
                for index in piece.indices { buffer.append(piece[index]) }
            }
            start += piece.count
            try flush(ifOver: Chunk.preferredSize)
        }
    }

    mutating func end() throws {
        try endCopy()
        buffer.append(DeltaInstruction.Code.end.rawValue)
        try flush(ifOver: 0)
    }

    private mutating func endCopy() throws {
        guard let (base, offset, length) = pending.take() else { return }
        statistics.copies += 1
        if base == last.base, offset >= last.end {
            buffer.append(DeltaInstruction.Code.copyOn.rawValue)
            DeltaInstruction.append(offset - last.end, to: &buffer)
        } else {
            buffer.append(DeltaInstruction.Code.copy.rawValue)
            DeltaInstruction.append(Int64(base), to: &buffer)
            DeltaInstruction.append(offset, to: &buffer)
        }
        last = (base, offset + length)
        DeltaInstruction.append(length, to: &buffer)
        try flush(ifOver: Chunk.preferredSize)
    }

    private mutating func flush(ifOver limit: Int) throws {
        guard buffer.count > limit else { return }
        statistics.size += Int64(buffer.count)
        try put(buffer[...])
        buffer.removeAll(keepingCapacity: true)
    }
}
