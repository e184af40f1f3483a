// SPDX-License-Identifier: Apache-2.0

/// A file kept open for several readers: each reads at its own offset, so they never disturb one another.
public final class SharedFile: Sendable {
    private let handle: FileHandle
    /// Space on disk that is given back with the file.
    private let reservation: DiskReservation?
    /// The path it was opened with, for messages.
    public var path: String { handle.path }

    /// Shares an open file, which may have space on disk reserved.
    public init(_ handle: consuming FileHandle, reservation: DiskReservation? = nil) {
        self.handle = handle
        self.reservation = reservation
    }

    /// Opens a file for reading.
    public convenience init(reading path: String) throws(Fault) { try self.init(FileHandle(reading: path)) }

    /// The size in bytes.
    public func size() throws(Fault) -> Int64 { try handle.size() }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    public func read(at offset: Int64, upTo count: Int) throws(Fault) -> [UInt8] {
        try handle.read(at: offset, upTo: count)
    }

    /// Streams `range` of the file; throws `.invalid` when the file ends early.
    public func stream(_ range: Range<Int64>) -> ByteStream {
        let position = Guarded(range.lowerBound)
        return ByteStream { [self] in
            let offset = position.withLock { $0 }
            guard offset < range.upperBound else { return nil }
            try Task.checkCancellation()
            let bytes = try read(at: offset, upTo: Int(min(Int64(Chunk.preferredSize), range.upperBound - offset)))
            guard !bytes.isEmpty else {
                throw Fault(.invalid, "\(path) ends at byte \(offset), \(range.upperBound - offset) bytes early")
            }
            position.withLock { $0 = offset + Int64(bytes.count) }
            return bytes[...]
        }
    }
}

extension ByteStream {
    /// Streams a whole file.
    public init(file path: String) throws(Fault) {
        let file = try SharedFile(reading: path)
        self = file.stream(0..<(try file.size()))
    }
}
