// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Glibc

/// Cuts a stream into volumes of at most one size.
///
/// Each is written once, behind room for its header, which is filled in when the last byte is known; then all take their
/// names. What is held in memory is one chunk, whatever the size.
struct VolumeWriter: Sendable {
    /// The name of the whole; volumes are `<name>.vol001`, `<name>.vol002`, ….
    let path: String
    /// The most bytes of a volume, with its header.
    let volumeSize: Int64
    /// Where volumes stand until all are whole; must be of the same file system.
    let workingFolder: String

    /// Throws `.invalid` for a size that volumes cannot have.
    static func check(size: Int64) throws(Fault) {
        guard size >= VolumeHeader.smallestSize else {
            throw Fault(
                .invalid, "volumes of \(ByteCount(size)) are too small",
                fix: "use at least \(ByteCount(VolumeHeader.smallestSize))")
        }
    }

    /// Throws `.conflict` when there is an archive or a volume of that name.
    static func checkFree(_ path: String) throws(Fault) {
        let folder = FileSystem.folder(of: path), name = FileSystem.lastPart(of: path)
        var existing = FileSystem.exists(path) ? path : nil
        if existing == nil, FileSystem.isFolder(folder) {
            existing = try FileSystem.names(in: folder).first {
                $0.hasPrefix("\(name).vol") && VolumeSearch.hasVolumeName($0)
            }
        }
        guard let existing else { return }
        throw Fault(.conflict, "\(existing) exists already", fix: "choose another name, or remove it")
    }

    /// Writes all volumes and gives them their names; returns their paths in order.
    @discardableResult
    func write(_ stream: ByteStream) async throws -> [String] {
        let pieces = try await cut(stream)
        let payloads = pieces.volumes.map(\.payload)
        let set = VolumeHeader.set(
            totalSize: pieces.totalSize, volumeSize: volumeSize, whole: pieces.whole, payloads: payloads)
        for (index, volume) in pieces.volumes.enumerated() {
            let header = VolumeHeader(
                number: index + 1, count: payloads.count, totalSize: pieces.totalSize, volumeSize: volumeSize, set: set,
                payload: volume.payload, whole: pieces.whole)
            // Opened without O_TRUNC and O_APPEND: what is written stands at the start.
            let file = try FileHandle(volume.path, O_WRONLY | O_CLOEXEC, "write")
            try file.write(header.encoded()[...])
            try file.synchronize()
        }
        try Self.checkFree(path)
        var names: [String] = []
        for (index, volume) in pieces.volumes.enumerated() {
            let number = String(index + 1)
            let name = "\(path).vol\(String(repeating: "0", count: max(0, 3 - number.utf8.count)))\(number)"
            try FileSystem.rename(volume.path, to: name)
            names.append(name)
        }
        try FileSystem.synchronize(folder: FileSystem.folder(of: path))
        return names
    }

    private struct Pieces {
        var volumes: [(path: String, payload: Digest)] = []
        var totalSize: Int64 = 0
        var whole: Digest
    }

    private func cut(_ stream: ByteStream) async throws -> Pieces {
        let capacity = Int(volumeSize - Int64(VolumeHeader.byteCount))
        var volumes: [(path: String, payload: Digest)] = []
        var total: Int64 = 0
        var whole = DigestHasher()
        var current: OpenVolume?
        while let chunk = try await stream.next() {
            try Task.checkCancellation()
            whole.update(chunk)
            total += Int64(chunk.count)
            var rest = chunk
            while !rest.isEmpty {
                if current == nil {
                    guard volumes.count < VolumeHeader.countLimit else {
                        throw Fault(
                            .limitExceeded, "\(path) would have more than \(VolumeHeader.countLimit) volumes",
                            fix: "use larger volumes")
                    }
                    current = try OpenVolume("\(workingFolder)/volume-\(volumes.count + 1)")
                }
                let room = capacity - (current?.filled ?? 0)
                try current?.write(rest.prefix(room))
                rest = rest.dropFirst(room)
                guard current?.filled == capacity else { continue }
                try current?.flush()
                if let full = current.take() { volumes.append(full.close()) }
            }
        }
        try current?.flush()
        if let last = current.take() { volumes.append(last.close()) }
        return Pieces(volumes: volumes, totalSize: total, whole: whole.finalize())
    }
}

/// A volume being written, its header still blank.
private struct OpenVolume: ~Copyable {
    private let handle: FileHandle
    private var hasher: DigestHasher
    private(set) var filled: Int

    init(_ path: String) throws(Fault) {
        try FileSystem.removeFile(path)
        let file = try FileHandle(creating: path)
        try file.write([UInt8](repeating: 0, count: VolumeHeader.byteCount)[...])
        handle = file
        hasher = DigestHasher()
        filled = 0
    }

    mutating func write(_ bytes: Chunk) throws(Fault) {
        hasher.update(bytes)
        try handle.write(bytes)
        filled += bytes.count
    }

    /// Puts the payload on disk, so that only the header has to follow.
    func flush() throws(Fault) { try handle.synchronize() }

    consuming func close() -> (path: String, payload: Digest) {
        let path = handle.path
        return (path, hasher.finalize())
    }
}
