// SPDX-License-Identifier: Apache-2.0

/// A piece of a blob in flight. Passing one on is a retain, not a copy.
public typealias Chunk = ArraySlice<UInt8>

extension Chunk {
    /// How much a source reads at once: large enough that system calls do not show, small enough that
    /// dozens of streams stay within a few MiB each.
    public static let preferredSize = 256 * 1024
}

/// The bytes of one blob in order, for one reader.
///
/// A concrete type, so that streams can be stored and returned without generics. The source sets no pace:
/// it produces a chunk when the reader asks for one.
public struct ByteStream: AsyncSequence, Sendable {
    /// One piece of the blob, never empty.
    public typealias Element = Chunk
    private let source: @Sendable () async throws -> Chunk?

    /// Makes a stream from a closure that returns the next chunk, or nil at the end and ever after.
    public init(_ next: @escaping @Sendable () async throws -> Chunk?) { source = next }

    /// A stream of bytes that are in memory already, as one chunk.
    public init(_ bytes: [UInt8]) {
        let rest = Guarded<Chunk?>(bytes.isEmpty ? nil : bytes[...])
        self.init { rest.withLock { $0.take() } }
    }

    /// Reads a stream; there is one reader.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let source: @Sendable () async throws -> Chunk?
        /// The next piece, or nil at the end.
        public mutating func next() async throws -> Chunk? { try await source() }
        /// The next piece, or nil at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> Chunk? {
            try await source()
        }
    }
    /// The one reader of this stream.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(source: source) }

    /// The next piece, or nil at the end: for readers that are no loop.
    public func next() async throws -> Chunk? { try await source() }

    /// Everything there is, in memory.
    ///
    /// - Parameter limit: the most bytes to accept; one more throws `.limitExceeded`, naming `thing`.
    public func collect(limit: Int, of thing: @autoclosure () -> String = "the content") async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while let chunk = try await source() {
            guard bytes.count + chunk.count <= limit else {
                throw Fault(.limitExceeded, "\(thing()) is larger than \(ByteCount(Int64(limit)))")
            }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }
}
