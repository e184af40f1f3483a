// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A digest in the making. One owner; `finalize` ends it, and the compiler knows.
@safe public struct DigestHasher: ~Copyable, Sendable {
    // Proof for `@safe` and Sendable: the context is owned by this value alone, which cannot be copied, and every call
    // lends it for that call.
    nonisolated(unsafe) private let context: OpaquePointer
    private let algorithm: Digest.Algorithm

    /// Starts a digest.
    public init(_ algorithm: Digest.Algorithm = .sha256) {
        guard let context = unsafe EVP_MD_CTX_new() else { fatalError("OpenSSL is out of memory") }
        let kind = unsafe algorithm == .sha256 ? EVP_sha256() : EVP_sha512()
        precondition(unsafe EVP_DigestInit_ex(context, kind, nil) == 1, "OpenSSL offers no \(algorithm)")
        unsafe self.context = context
        self.algorithm = algorithm
    }

    /// Adds bytes.
    public mutating func update(_ bytes: Chunk) {
        unsafe bytes.withUnsafeBufferPointer {
            precondition(unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) == 1, "OpenSSL failed to digest")
        }
    }

    /// Ends the digest.
    public consuming func finalize() -> Digest {
        var bytes = [UInt8](repeating: 0, count: algorithm.byteCount)
        precondition(unsafe EVP_DigestFinal_ex(context, &bytes, nil) == 1, "OpenSSL failed to digest")
        return Digest(algorithm: algorithm, checked: bytes)
    }

    deinit { unsafe EVP_MD_CTX_free(context) }
}
