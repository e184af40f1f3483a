// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// A manifest or a small blob with its bytes, which were checked against the digest.
public struct StoredContent: Sendable {
    /// The digest.
    public let digest: Digest
    /// The media type of a manifest; `application/octet-stream` for a blob.
    public let mediaType: String
    /// The bytes.
    public let bytes: [UInt8]

    /// Bytes that were checked against their digest.
    public init(digest: Digest, mediaType: String, bytes: [UInt8]) {
        (self.digest, self.mediaType, self.bytes) = (digest, mediaType, bytes)
    }
}

/// A blob that is open for reading.
public struct OpenBlob: ~Copyable, Sendable {
    /// The digest.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// Whether the file has not changed since all its bytes were checked; if not, its reader must check them.
    public let isVerified: Bool
    /// The file, at its start.
    public let file: FileHandle

    /// The file alone.
    public consuming func intoFile() -> FileHandle { file }
}

/// Which blobs were checked lately, and what their files looked like then.
///
/// A file that is written to, replaced or restored changes its times or its number; rot below the file system does not,
/// so a check counts for a limited time only.
final class VerifiedBlobs: Sendable {
    private struct Look: Sendable, Equatable {
        let mark: FileMark
        let until: Int64
    }
    private let looks = Guarded(BoundedTable<Digest, Look>(limit: 50_000))
    private let clock: @Sendable () -> Int64
    private let milliseconds: Int64

    /// - Parameter hours: for how long a check counts.
    init(hours: Int, clock: @escaping @Sendable () -> Int64) {
        (milliseconds, self.clock) = (Int64(hours) * 3_600_000, clock)
    }

    /// Whether a file is as it was when its blob was checked, not too long ago.
    func covers(_ digest: Digest, _ mark: FileMark) -> Bool {
        let now = clock()
        return looks.withLock { looks in
            guard let look = looks.find(digest), look.mark == mark else { return false }
            // A clock that was set back would make a check count for longer than it should.
            return now < look.until && look.until - now <= milliseconds
        }
    }

    /// Notes that a file was read whole and is what its digest says.
    func note(_ digest: Digest, _ mark: FileMark) {
        let look = Look(mark: mark, until: clock() + milliseconds)
        looks.withLock { $0.set(digest, to: look) }
    }

    /// A blob is damaged.
    func forget(_ digest: Digest) { looks.withLock { $0.remove(digest) } }
}
