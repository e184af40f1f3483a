// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Glibc

/// Writes a log that nobody reads yet, much at a time and flushed once, for whoever gives it its name afterwards.
public struct RecordLogWriter: ~Copyable {
    private let file: FileHandle
    private var entries: [[UInt8]] = []
    private var count = 0
    /// How many bytes are in the file.
    public private(set) var length: Int64
    private static let bufferSize = 1 << 20

    /// Begins a file, which must not be there.
    public init(creating path: String) throws(Fault) {
        file = try FileHandle(creating: path, mode: 0o640)
        length = 0
    }

    /// Goes on behind the end of a file that was made so.
    public init(continuing path: String) throws(Fault) {
        let file = try FileHandle(path, O_WRONLY | O_APPEND | O_CLOEXEC, "open")
        length = try file.size()
        self.file = file
    }

    /// Adds an entry.
    public mutating func add(_ entry: [UInt8]) throws(Fault) {
        entries.append(entry)
        count += entry.count
        if count >= Self.bufferSize { try put() }
    }

    /// Writes what was added so far; `length` counts it then.
    public mutating func put() throws(Fault) {
        guard !entries.isEmpty else { return }
        let bytes = try RecordLog.lines(entries)
        try file.write(bytes[...])
        length += Int64(bytes.count)
        (entries, count) = ([], 0)
    }

    /// Adds the bytes of another log between two line ends.
    public mutating func copy(_ path: String, _ range: Range<Int64>) throws(Fault) {
        try put()
        let source = try FileHandle(reading: path)
        var position = range.lowerBound
        while position < range.upperBound {
            let bytes = try source.read(at: position, upTo: Int(min(1 << 20, range.upperBound - position)))
            guard !bytes.isEmpty else { throw Fault(.corrupt, "\(path) is shorter than it was") }
            try file.write(bytes[...])
            position += Int64(bytes.count)
            length += Int64(bytes.count)
        }
    }

    /// Makes all of it durable, under the name that the file has.
    public mutating func synchronize() throws(Fault) {
        try put()
        try file.synchronize()
    }
}
