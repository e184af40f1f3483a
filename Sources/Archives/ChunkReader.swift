// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Takes pieces of given sizes from a stream; what fits in a chunk is a slice of it, not a copy.
final class ChunkReader: Sendable {
    private let stream: ByteStream
    private let rest = Guarded<Chunk>([])

    init(_ stream: ByteStream) { self.stream = stream }

    /// The next piece of at most `limit` bytes, nil at the end.
    func piece(upTo limit: Int) async throws -> Chunk? {
        let held = rest.withLock { rest in
            let piece = rest.prefix(limit)
            rest = rest.dropFirst(piece.count)
            return piece
        }
        guard held.isEmpty else { return held }
        var iterator = stream.makeAsyncIterator()
        guard let chunk = try await iterator.next() else { return nil }
        rest.withLock { $0 = chunk.dropFirst(limit) }
        return chunk.prefix(limit)
    }

    /// Exactly `count` bytes; fewer only at the end.
    func bytes(_ count: Int) async throws -> Chunk {
        guard count > 0, var bytes = try await piece(upTo: count) else { return [] }
        while bytes.count < count, let more = try await piece(upTo: count - bytes.count) { bytes += more }
        return bytes
    }

    /// Passes over bytes; the number that were missing at the end.
    func skip(_ count: Int64) async throws -> Int64 {
        var left = count
        while left > 0, let piece = try await piece(upTo: Int(clamping: left)) { left -= Int64(piece.count) }
        return left
    }
}
