// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Repositories

/// A content that a plug-in yields: written to a file without a name, and digested on the way.
final class ContentSpool: @unchecked Sendable {
    // Proof of Sendable: one thread writes, and whoever asks for the content does so after that thread has told that it
    // is done; that orders all accesses.
    private var handle: FileHandle?
    private var hasher: DigestHasher?
    private var size: Int64 = 0

    init(in folder: String) throws(Fault) {
        let path = FileSystem.join(folder, ".output")
        handle = try FileHandle(creating: path, mode: 0o600)
        hasher = DigestHasher()
        try FileSystem.removeFile(path)
    }

    /// Adds bytes.
    func write(_ bytes: Chunk) throws(Fault) {
        try handle?.write(bytes)
        hasher?.update(bytes)
        size += Int64(bytes.count)
    }

    /// How much was written.
    var count: Int64 { size }

    /// What was written; asked for once.
    func content(mediaType: String) throws(Fault) -> BlobContent {
        guard let handle = handle.take(), let digest = hasher.take()?.finalize() else {
            throw Fault(.internal, "the content of a plug-in was asked for twice")
        }
        let file = SharedFile(handle), size = size
        return BlobContent(mediaType: mediaType, digest: digest, size: size) { file.stream(0..<size) }
    }

    /// A file that a plug-in left, digested once and checked against that digest whenever it is read.
    static func content(ofFile path: String, mediaType: String, limit: Int64) async throws -> BlobContent {
        guard let entry = try FileSystem.entry(at: path, followLinks: false) else {
            throw Fault(.invalid, "it left no file '\(FileSystem.lastPart(of: path))'")
        }
        guard entry.kind == .file else {
            throw Fault(.invalid, "it left no regular file '\(FileSystem.lastPart(of: path))'")
        }
        guard entry.size <= limit else {
            throw Fault(.limitExceeded, "its file '\(entry.name)' is larger than the \(ByteCount(limit)) accepted here")
        }
        let handle = try FileHandle.readingWithoutLinks(path)
        let size = try handle.size()
        let file = SharedFile(handle), name = "the file '\(entry.name)' of a plug-in"
        var hasher = DigestHasher()
        for try await chunk in file.stream(0..<size) { hasher.update(chunk) }
        let digest = hasher.finalize()
        return BlobContent(mediaType: mediaType, digest: digest, size: size) {
            file.stream(0..<size).verified(digest: digest, size: size, of: name)
        }
    }
}
