// SPDX-License-Identifier: Apache-2.0

internal import Basics

/// Reads a base where matches are compared with it: far when it is read on, little where it is read here and there.
struct BaseReader {
    private static let smallest = 16 * 1024
    private static let largest = 1 << 20

    let size: Int64
    private let read: @Sendable (Int64, Int) async throws -> [UInt8]
    private var held: [UInt8] = []
    private var start: Int64 = 0
    private var length = smallest

    init(size: Int64, read: @escaping @Sendable (Int64, Int) async throws -> [UInt8]) {
        (self.size, self.read) = (size, read)
    }

    /// Bytes from an offset on, at least as many as asked for unless the base ends before.
    mutating func bytes(from offset: Int64, atLeast least: Int = 1) async throws -> Chunk {
        guard offset < size else { return [] }
        let wanted = min(Int64(least), size - offset)
        if offset >= start, offset + wanted <= start + Int64(held.count) { return held[Int(offset - start)...] }
        length = offset == start + Int64(held.count) ? min(length * 2, Self.largest) : Self.smallest
        held = try await read(offset, Int(min(Int64(max(length, least)), size - offset)))
        start = offset
        guard !held.isEmpty else { throw Fault(.corrupt, "a base of the delta is shorter than its size says") }
        return held[...]
    }

    /// Up to so many bytes before an offset.
    func bytes(before offset: Int64, upTo count: Int) async throws -> [UInt8] {
        let length = Int(min(Int64(count), offset))
        if offset - Int64(length) >= start, offset <= start + Int64(held.count) {
            return Array(held[Int(offset - start) - length..<Int(offset - start)])
        }
        return try await read(offset - Int64(length), length)
    }
}
