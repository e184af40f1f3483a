// SPDX-License-Identifier: Apache-2.0

/// A file kept open for several readers, or several files read as one: each reader has its own offset, so they never
/// disturb one another.
public final class SharedFile: Sendable {
    private let source: Source
    /// Space on disk that is given back with the file.
    private let reservation: DiskReservation?
    /// The path it was opened with, for messages.
    public let path: String

    private enum Source: Sendable {
        case file(OpenFile)
        case joined([Part])
    }

    private final class OpenFile: Sendable {
        let handle: FileHandle
        init(_ handle: consuming FileHandle) { self.handle = handle }
    }

    /// A piece of a file, and where it stands in the whole.
    private struct Part: Sendable {
        let file: SharedFile
        let range: Range<Int64>
        let start: Int64
        var end: Int64 { start + Int64(range.count) }
    }

    /// Shares an open file, which may have space on disk reserved.
    public init(_ handle: consuming FileHandle, reservation: DiskReservation? = nil) {
        path = handle.path
        source = .file(OpenFile(handle))
        self.reservation = reservation
    }

    /// Opens a file for reading.
    public convenience init(reading path: String) throws(Fault) { try self.init(FileHandle(reading: path)) }

    /// Reads pieces of files one behind the other, as if they stood in one file; nothing is copied.
    ///
    /// - Parameter path: what to call the whole in messages.
    public init(joining parts: [(file: SharedFile, range: Range<Int64>)], path: String) {
        var start: Int64 = 0
        var joined: [Part] = []
        for (file, range) in parts where !range.isEmpty {
            joined.append(Part(file: file, range: range, start: start))
            start += Int64(range.count)
        }
        (source, self.path, reservation) = (.joined(joined), path, nil)
    }

    /// The size in bytes.
    public func size() throws(Fault) -> Int64 {
        switch source {
        case .file(let file): try file.handle.size()
        case .joined(let parts): parts.last?.end ?? 0
        }
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    public func read(at offset: Int64, upTo count: Int) throws(Fault) -> [UInt8] {
        switch source {
        case .file(let file): return try file.handle.read(at: offset, upTo: count)
        case .joined(let parts):
            var bytes: [UInt8] = []
            // The last part that begins at or before the offset; parts are in order.
            var index = parts.partitioningIndex { $0.start > offset } - 1
            while index >= 0, index < parts.count, bytes.count < count {
                let part = parts[index]
                let inside = offset + Int64(bytes.count) - part.start
                let wanted = min(Int64(count - bytes.count), Int64(part.range.count) - inside)
                guard wanted > 0 else { break }
                let more = try part.file.read(at: part.range.lowerBound + inside, upTo: Int(wanted))
                bytes = bytes.isEmpty ? more : bytes + more
                guard more.count == Int(wanted) else { break }
                index += 1
            }
            return bytes
        }
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

extension RandomAccessCollection where Index == Int {
    /// The first index whose element fulfils a condition that all elements behind it fulfil too; the end when none does.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = low + (high - low) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
