// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Goes through a blob once and writes what of it the bases have, and what they do not.
///
/// A chunk that the index knows is compared with the base and the match is prolonged both ways as far as bytes are
/// equal. Where a match ends, what is near is tried first, so that a number that changed in a header, or a match that a
/// compressor found elsewhere, costs a few bytes. It holds about two MiB of the blob and one MiB of each base, whatever their size.
struct DeltaMatcher {
    /// How many bytes are looked at, behind the end of a match, for its continuation.
    private static let continuation = 4096
    /// The fewest bytes that are worth a copy there.
    private static let shortestRun = 32
    /// The fewest bytes that are worth a copy where a match is continued only after a while.
    private static let shortestReturn = 32
    /// How far behind the end of a match it may be continued.
    private static let trail: Int64 = 1 << 16
    /// The most bytes that wait to be inserted.
    private static let patience = 1 << 20

    private let index: ChunkIndex
    private let chunker: ContentChunker
    private let stream: ByteStream
    private var bases: [BaseReader]
    private var writer: DeltaWriter
    private var near = NearMatch()

    /// Bytes of the blob; those before `inserted` are written, those from `position` on are not looked at.
    private var window: [UInt8] = []
    private var inserted = 0
    private var position = 0
    private var isAtEnd = false

    init(
        _ stream: ByteStream, index: ChunkIndex, chunker: ContentChunker, bases: [BaseReader], writer: DeltaWriter
    ) {
        (self.stream, self.index, self.chunker) = (stream, index, chunker)
        (self.bases, self.writer) = (bases, writer)
    }

    mutating func run() async throws -> DeltaStatistics {
        // Blobs of a kind mostly begin alike.
        var place = bases.isEmpty ? nil : ChunkIndex.Place(base: 0, offset: 0)
        // Where the base would go on, had what was passed over the same length in both.
        var (lost, passed): (ChunkIndex.Place?, Int64) = (nil, 0)
        while true {
            try await fill(chunker.maximum)
            guard position < window.count else { break }
            try Task.checkCancellation()
            if let expected = place {
                place = try await goOn(at: expected, shortest: NearMatch.shortest)
                if place != nil { continue }
                (lost, passed) = (expected, 0)
            }
            let start = position
            if let found = try await findChunk() {
                place = try await copy(from: found)
                continue
            }
            if let before = lost, passed > 0, passed < Self.trail {
                let end = position
                position = start
                let expected = ChunkIndex.Place(base: before.base, offset: before.offset + passed)
                place = try await goOn(at: expected, shortest: Self.shortestReturn)
                if place != nil { continue }
                position = end
            }
            passed += Int64(position - start)
            if position - inserted >= Self.patience { try insertPending() }
        }
        try insertPending()
        try writer.end()
        return writer.statistics
    }

    /// Finds a continuation near to where a match ended; returns where the base goes on behind it.
    private mutating func goOn(
        at place: ChunkIndex.Place, shortest: Int
    ) async throws -> ChunkIndex.Place? {
        let known = try await bases[place.base].bytes(from: place.offset, atLeast: Self.continuation)
        guard let skipped = continuation(known, shortest: shortest) else { return nil }
        position += skipped.new
        return try await copy(from: ChunkIndex.Place(base: place.base, offset: place.offset + Int64(skipped.old)))
    }

    private mutating func continuation(_ known: Chunk, shortest: Int) -> (new: Int, old: Int)? {
        let window = window
        let rest = window.span.extracting(position..<min(window.count, position + Self.continuation))
        if let found = near.find(rest, known.span, range: NearMatch.ranges[0], shortest: shortest) { return found }
        let run = ByteComparison.firstRun(of: Self.shortestRun, rest, known.span)
        let before = rest.extracting(0..<min(rest.count, run ?? rest.count))
        return near.find(before, known.span, range: NearMatch.ranges[1], shortest: shortest) ?? run.map { ($0, $0) }
    }

    /// Looks up the next chunk; returns where a match begins, from the position on, and passes over it if there is none.
    private mutating func findChunk() async throws -> ChunkIndex.Place? {
        // Borrowed from a copy of the reference: a span of the property would keep all of `self` from being changed.
        let window = window
        let rest = window.span.extracting(position..<window.count)
        let length = chunker.chunkLength(rest)
        guard let place = index.place(ChunkFingerprint.of(rest.extracting(0..<length))) else {
            position += length
            return nil
        }
        var equal = 0
        while equal < length {
            let known = try await bases[place.base].bytes(from: place.offset + Int64(equal))
            let part = window.span.extracting(position + equal..<position + length)
            let count = ByteComparison.equalStart(part, known.span)
            equal += count
            guard count > 0, equal == length || count == known.count else { break }
        }
        guard equal == length else {
            // Another chunk of the same fingerprint.
            position += length
            return nil
        }
        let waiting = position - inserted
        let before = try await bases[place.base].bytes(before: place.offset, upTo: waiting)
        let back = ByteComparison.equalEnd(window.span.extracting(inserted..<position), before.span)
        position -= back
        return ChunkIndex.Place(base: place.base, offset: place.offset - Int64(back))
    }

    /// Copies what is equal from a place on, as far as it goes; returns the place behind it.
    private mutating func copy(from place: ChunkIndex.Place) async throws -> ChunkIndex.Place {
        try insertPending()
        var offset = place.offset
        while true {
            try await fill(1)
            guard position < window.count else { break }
            let known = try await bases[place.base].bytes(from: offset)
            let count = ByteComparison.equalStart(window.span.extracting(position..<window.count), known.span)
            position += count
            inserted = position
            offset += Int64(count)
            guard count > 0, position == window.count || count == known.count else { break }
        }
        try writer.copy(base: place.base, offset: place.offset, length: offset - place.offset)
        return ChunkIndex.Place(base: place.base, offset: offset)
    }

    private mutating func insertPending() throws {
        let window = window
        try writer.insert(window.span.extracting(inserted..<position))
        inserted = position
    }

    /// Reads on until so many bytes from the position are there, or all that are left.
    private mutating func fill(_ count: Int) async throws {
        guard window.count - position < count, !isAtEnd else { return }
        window.removeFirst(inserted)
        (inserted, position) = (0, position - inserted)
        while window.count - position < count {
            guard let chunk = try await stream.next() else {
                isAtEnd = true
                return
            }
            window += chunk
        }
    }
}
