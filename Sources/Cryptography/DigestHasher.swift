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
        // Fails only when memory is out, where Swift itself stops as well.
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("OpenSSL is out of memory") }
        precondition(unsafe EVP_DigestInit_ex(context, algorithm.openSSL, nil) == 1, "OpenSSL offers no \(algorithm)")
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

extension Digest.Algorithm {
    // Fetched once: the lookup costs more than the digest of a short text. Never freed, never changed.
    nonisolated(unsafe) private static let fetchedSHA256 = unsafe EVP_MD_fetch(nil, "SHA2-256", nil)
    nonisolated(unsafe) private static let fetchedSHA512 = unsafe EVP_MD_fetch(nil, "SHA2-512", nil)

    /// OpenSSL's algorithm.
    @unsafe var openSSL: OpaquePointer? {
        switch self {
        case .sha256: unsafe Self.fetchedSHA256
        case .sha512: unsafe Self.fetchedSHA512
        }
    }
}
