// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Repositories

extension BlobContent {
    /// A file that a plug-in left, digested once and checked against that digest whenever it is read. It takes space of
    /// `DiskBudget.current` as long as it can be read.
    ///
    /// Throws `limitExceeded` for more than `limit` bytes, and when the budget does not have as many.
    init(fileOfPlugin path: String, mediaType: String, limit: Int64) async throws {
        guard let entry = try FileSystem.entry(at: path, followLinks: false) else {
            throw Fault(.invalid, "it left no file '\(FileSystem.lastPart(of: path))'")
        }
        guard entry.kind == .file else {
            throw Fault(.invalid, "it left no regular file '\(FileSystem.lastPart(of: path))'")
        }
        guard entry.size <= limit else {
            throw Fault(.limitExceeded, "its file '\(entry.name)' is larger than the \(ByteCount(limit)) accepted here")
        }
        let name = "the file '\(entry.name)' of a plug-in"
        let handle = try FileHandle.readingWithoutLinks(path)
        let size = try handle.size()
        let reservation = try DiskBudget.current?.reserve(size, in: FileSystem.folder(of: path), for: name)
        let file = SharedFile(handle, reservation: reservation)
        var hasher = DigestHasher()
        for try await chunk in file.stream(0..<size) { hasher.update(chunk) }
        let digest = hasher.finalize()
        self.init(mediaType: mediaType, digest: digest, size: size) {
            file.stream(0..<size).verified(digest: digest, size: size, of: name)
        }
    }
}
