// SPDX-License-Identifier: Apache-2.0

public import Basics

/// The table of contents of a tar file, for reading members in any order without unpacking.
///
/// As strict as `TarReader`; the file must not change while the index is in use.
public struct TarIndex: Sendable {
    /// The members in their order, each with the place of its content in the file.
    public let entries: [(entry: TarEntry, offset: Int64)]
    private let file: SharedFile
    private let indices: [String: Int]

    /// Reads all headers of an uncompressed tar.
    public init(file: SharedFile, limits: ArchiveLimits = .standard) throws(Fault) {
        let size = try file.size()
        var window = Window(file: file)
        var parser = TarHeaderParser(source: file.path, limits: limits)
        var entries: [(entry: TarEntry, offset: Int64)] = []
        var indices: [String: Int] = [:]
        var offset: Int64 = 0
        func truncated(_ last: TarEntry?) -> Fault {
            let member = last.map { ", in or behind “\($0.path)”" } ?? ""
            return Fault(.invalid, "\(file.path) ends too early\(member)", fix: "get the archive again from its origin")
        }
        reading: while true {
            guard offset + 512 <= size else { throw truncated(entries.last?.entry) }
            let block = try window.bytes(at: offset, count: TarField.blockSize)
            offset += 512
            switch try parser.accept(block) {
            case .metadata(let count):
                guard offset + Int64(count) <= size else { throw truncated(entries.last?.entry) }
                try parser.acceptMetadata(try window.bytes(at: offset, count: count))
                offset += Int64(count + TarField.padding(Int64(count)))
            case .entry(let entry):
                // The sizes were checked against the limits, so none of this overflows.
                guard entry.size <= size - offset else { throw truncated(entry) }
                indices[entry.path] = entries.count
                entries.append((entry, offset))
                offset += entry.size + Int64(TarField.padding(entry.size))
            case .end: break reading
            }
        }
        guard size - offset <= TarEnd.paddingLimit,
            TarEnd.isZero(try file.read(at: offset, upTo: Int(size - offset))[...])
        else { throw TarEnd.garbage(file.path) }
        (self.file, self.entries, self.indices) = (file, entries, indices)
    }

    /// The member of that path, if there is one.
    public subscript(path: String) -> TarEntry? { indices[path].map { entries[$0].entry } }

    /// Where the content of a member lies in the file; nil when there is no such member.
    public func range(of path: String) -> Range<Int64>? {
        indices[path].map { entries[$0].offset..<entries[$0].offset + entries[$0].entry.size }
    }

    /// The content of a member; nil when there is no such member. Any number may be read at once.
    ///
    /// - Parameter offset: how many of its bytes are left out at the start.
    public func stream(_ path: String, from offset: Int64 = 0) -> ByteStream? {
        range(of: path).map { file.stream(min($0.lowerBound + offset, $0.upperBound)..<$0.upperBound) }
    }

    /// The whole content of a small member; nil when there is none.
    ///
    /// - Parameter limit: the most bytes to accept; a larger member throws `.limitExceeded` before it is read.
    public func read(_ path: String, limit: Int) throws(Fault) -> [UInt8]? {
        guard let range = range(of: path) else { return nil }
        let size = range.upperBound - range.lowerBound
        guard size <= limit else {
            throw Fault(
                .limitExceeded,
                "“\(path)” in \(file.path) has \(ByteCount(size)), more than the \(ByteCount(Int64(limit))) accepted here"
            )
        }
        return try file.read(at: range.lowerBound, upTo: Int(size))
    }
}

/// Reads ahead a little, so that many small members cost few calls.
private struct Window {
    let file: SharedFile
    private var start: Int64 = 0
    private var held: [UInt8] = []

    init(file: SharedFile) { self.file = file }

    mutating func bytes(at offset: Int64, count: Int) throws(Fault) -> Chunk {
        if offset < start || offset + Int64(count) > start + Int64(held.count) {
            held = try file.read(at: offset, upTo: max(count, 16 * 1024))
            start = offset
        }
        let first = Int(offset - start)
        guard first + count <= held.count else {
            throw Fault(.invalid, "\(file.path) became shorter while it was read")
        }
        return held[first..<first + count]
    }
}
