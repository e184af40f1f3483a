// SPDX-License-Identifier: Apache-2.0

public import Basics

/// Bytes in a temporary file without a name, with their digest and size. The file vanishes with its last reader, and
/// takes space of `DiskBudget.current` until then.
public struct MeasuredSpool: Sendable {
    /// The SHA-256 of all bytes.
    public let digest: Digest
    /// How many bytes there are.
    public let size: Int64
    private let file: SharedFile

    /// Reads a stream to its end.
    ///
    /// - Parameters:
    ///   - temporaryFolder: where the space is taken, by default `$TMPDIR` or `/tmp`.
    ///   - name: what messages call the file.
    public init(_ stream: ByteStream, temporaryFolder: String?, name: String) async throws {
        let writer = try Writer(temporaryFolder: temporaryFolder, name: name)
        for try await chunk in stream { try writer.write(chunk) }
        self = try writer.finish()
    }

    private init(digest: Digest, size: Int64, file: SharedFile) {
        (self.digest, self.size, self.file) = (digest, size, file)
    }

    /// The bytes, for one of any number of readers.
    public func stream() -> ByteStream { file.stream(0..<size) }

    /// A spool in the making, for bytes that are brought piece by piece instead of fetched.
    public final class Writer: @unchecked Sendable {
        // Proof of Sendable: one thread brings bytes, and whoever finishes does so after that thread has told that it is
        // done; that orders all accesses to the hasher. The file is Sendable by itself.
        private var hasher: DigestHasher?
        private let file: SpoolWriter

        /// Makes an empty file.
        public init(temporaryFolder: String?, name: String) throws(Fault) {
            file = try SpoolWriter(in: temporaryFolder, name: name)
            hasher = DigestHasher()
        }

        /// Adds bytes. Throws before they are written when the budget does not have the space.
        public func write(_ bytes: Chunk) throws(Fault) {
            try file.write(bytes)
            hasher?.update(bytes)
        }

        /// What was written; asked for once.
        public func finish() throws(Fault) -> MeasuredSpool {
            guard let digest = hasher.take()?.finalize() else { throw Fault(.internal, "a spool was finished twice") }
            return MeasuredSpool(digest: digest, size: file.size, file: try file.finish())
        }
    }
}
