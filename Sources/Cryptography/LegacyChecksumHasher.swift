// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// MD5 and SHA-1, which package repositories still publish beside a file.
///
/// Both are broken: they show damage on the way and prove nothing about who made the bytes. That is why they are no
/// `Digest`, and nothing that takes a digest takes them.
@safe public struct LegacyChecksumHasher: ~Copyable, Sendable {
    /// Which checksum.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// The 16 bytes of RFC 1321.
        case md5
        /// The 20 bytes of FIPS 180-4.
        case sha1
    }

    // Proof for `@safe` and Sendable: the context is owned by this value alone, which cannot be copied, and every call
    // lends it for that call.
    nonisolated(unsafe) private let context: OpaquePointer

    /// Starts a checksum; nil where OpenSSL is set up to refuse the algorithm.
    public init?(_ algorithm: Algorithm) {
        guard let context = unsafe EVP_MD_CTX_new() else { return nil }
        guard unsafe EVP_DigestInit_ex(context, algorithm == .md5 ? EVP_md5() : EVP_sha1(), nil) == 1 else {
            unsafe EVP_MD_CTX_free(context)
            _ = drainOpenSSLErrors()
            return nil
        }
        unsafe self.context = context
    }

    /// Adds bytes.
    public mutating func update(_ bytes: Chunk) {
        unsafe bytes.withUnsafeBufferPointer {
            precondition(unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1, "OpenSSL failed to digest")
        }
    }

    /// Ends the checksum: its bytes in lower-case hexadecimal digits.
    public consuming func finalize() -> String {
        var bytes = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        precondition(unsafe EVP_DigestFinal_ex(context, &bytes, &count) == 1, "OpenSSL failed to digest")
        return bytes.prefix(Int(count)).hex
    }

    deinit { unsafe EVP_MD_CTX_free(context) }
}
