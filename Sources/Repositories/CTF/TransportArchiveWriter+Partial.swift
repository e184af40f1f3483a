// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Glibc
internal import OCI

// A large blob on its way stands in `blobs/.part-<name>`. What a run that ended in the middle has left there is the
// beginning of the next one's: those bytes are digested again, since nobody vouches for them, and not fetched again.
extension TransportArchiveWriter {
    static let partPrefix = ".part-"
    /// Smaller blobs are fetched again as a whole.
    static let partialSize: Int64 = 4 * 1024 * 1024

    nonisolated func partPath(_ digest: Digest) -> String {
        "\(folder)/blobs/\(Self.partPrefix)\(BlobName.name(digest))"
    }

    /// Writes a blob behind what is there of it. It has its name only when all its bytes are there and the right ones.
    ///
    /// Bytes of before that were wrong are thrown away with what was added, and the blob is written once more from its
    /// start. Throws `.mismatch`, leaving nothing behind, when the source's bytes are not those of the digest.
    ///
    /// - Parameter whole: opens the bytes for that other time, when the source is to blame and may say who it is.
    nonisolated func write(
        _ digest: Digest, size: Int64, from open: @Sendable @escaping (_ offset: Int64) async throws -> ByteStream,
        whole: @Sendable @escaping () async throws -> ByteStream
    ) async throws {
        let part = partPath(digest)
        await note(digest)
        do {
            let kept = try keptBytes(part, size: size)
            do {
                try await complete(part, digest, size: size, kept: kept, open)
            } catch let fault as Fault where fault.code == .mismatch && kept > 0 {
                try FileSystem.removeFile(part)
                try await complete(part, digest, size: size, kept: 0) { _ in try await whole() }
            }
        } catch let fault as Fault where fault.code == .mismatch {
            try FileSystem.removeFile(part)
            throw fault
        }
        try FileSystem.rename(part, to: "\(folder)/\(BlobName.path(digest))")
    }

    /// How many bytes an earlier run has left; what cannot be a part of the blob is removed.
    private nonisolated func keptBytes(_ part: String, size: Int64) throws(Fault) -> Int64 {
        guard let entry = try FileSystem.entry(at: part, followLinks: false) else { return 0 }
        if entry.kind == .file, entry.size <= size { return entry.size }
        try FileSystem.removeFile(part)
        return 0
    }

    private nonisolated func complete(
        _ part: String, _ digest: Digest, size: Int64, kept: Int64,
        _ open: @Sendable @escaping (_ offset: Int64) async throws -> ByteStream
    ) async throws {
        var file = DirectFileWriter(
            try FileHandle(part, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, "write", 0o644), at: kept)
        let local = SharedFile(try FileHandle(part, O_RDONLY | O_NOFOLLOW | O_CLOEXEC, "read"))
        let joined = ByteStream.concatenating([
            { local.stream(0..<kept) }, { try await open(kept) },
        ]).verified(digest: digest, size: size, of: "\(digest) for \(path)")
        var position: Int64 = 0
        do {
            for try await chunk in joined {
                // The first pieces are the ones of the file itself.
                if position >= kept { try file.write(chunk) }
                position += Int64(chunk.count)
            }
        } catch {
            // The next run goes on behind them.
            try? file.finish()
            throw error
        }
        try file.finish()
        guard let mode = try FileSystem.entry(at: part, followLinks: false)?.mode else { return }
        try FileSystem.setMode(part, mode & ~0o222)
    }

    /// Takes over what a run that was killed has prepared for a tar; whole blobs too count as parts, to be digested.
    nonisolated static func adopt(_ abandoned: String, into folder: String) throws(Fault) {
        guard FileSystem.isFolder("\(abandoned)/blobs") else { return }
        for name in try FileSystem.names(in: "\(abandoned)/blobs") {
            let isPart = name.hasPrefix(partPrefix)
            guard BlobName.digest(isPart ? String(name.dropFirst(partPrefix.count)) : name) != nil,
                let entry = try FileSystem.entry(at: "\(abandoned)/blobs/\(name)", followLinks: false),
                entry.kind == .file, entry.size >= partialSize
            else { continue }
            try FileSystem.setMode("\(abandoned)/blobs/\(name)", 0o644)
            try FileSystem.rename(
                "\(abandoned)/blobs/\(name)", to: "\(folder)/blobs/\(isPart ? name : partPrefix + name)")
        }
    }
}
