// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// A blob that both sides have, from which a delta copies.
public struct DeltaBase: Sendable {
    /// Its digest.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// Up to so many bytes from an offset; fewer only at the end.
    public let read: @Sendable (_ offset: Int64, _ count: Int) async throws -> [UInt8]

    /// Describes a blob that can be read anywhere.
    public init(digest: Digest, size: Int64, read: @escaping @Sendable (Int64, Int) async throws -> [UInt8]) {
        (self.digest, self.size, self.read) = (digest, size, read)
    }

    /// A blob that stands in a file of its own.
    public init(digest: Digest, file: SharedFile) throws(Fault) {
        self.init(digest: digest, size: try file.size()) { offset, count in try file.read(at: offset, upTo: count) }
    }

    /// A blob that can only be read from its start: kept in a file without a name for as long as the base is.
    ///
    /// - Parameters:
    ///   - limit: the most bytes of disk to take; one more throws `.limitExceeded`.
    ///   - folder: where, by default `$TMPDIR` or `/tmp`.
    /// - Throws: `.mismatch` when the bytes do not have the digest.
    public static func spooling(
        _ stream: ByteStream, digest: Digest, size: Int64?, limit: Int64, in folder: String? = nil
    ) async throws -> DeltaBase {
        let thing = "the base \(digest)"
        let checked = stream.limited(to: limit, of: thing).verified(digest: digest, size: size, of: thing)
        return try DeltaBase(digest: digest, file: await SharedFile.spooling(checked, in: folder, name: thing))
    }
}
