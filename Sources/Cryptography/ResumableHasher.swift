// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import COpenSSL

/// A digest in the making whose state can be taken out and put into another one, as fast as `DigestHasher`.
public struct ResumableHasher: ~Copyable, Sendable {
    private enum Context: Sendable {
        case sha256(SHA256_CTX)
        case sha512(SHA512_CTX)
    }
    private var context: Context
    /// The digest that is made.
    public let algorithm: Digest.Algorithm
    /// How many bytes are in it.
    public private(set) var offset: Int64

    /// Starts a digest.
    public init(_ algorithm: Digest.Algorithm = .sha256) {
        (self.algorithm, offset) = (algorithm, 0)
        switch algorithm {
        case .sha256:
            var context = SHA256_CTX()
            precondition(unsafe sovereign_sha256_init(&context) == 1, "OpenSSL offers no SHA-256")
            self.context = .sha256(context)
        case .sha512:
            var context = SHA512_CTX()
            precondition(unsafe sovereign_sha512_init(&context) == 1, "OpenSSL offers no SHA-512")
            self.context = .sha512(context)
        }
    }

    /// Goes on with a digest that was begun elsewhere.
    public init(resuming state: DigestState) {
        self.init(state.algorithm)
        offset = state.offset
        let bits = UInt64(state.offset) * 8
        let w = state.words.count == 32 ? Self.words(state.words, of: 4) : Self.words(state.words, of: 8)
        switch context {
        case .sha256(var context):
            let h = w.map { UInt32(truncatingIfNeeded: $0) }
            context.h = (h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7])
            (context.Nl, context.Nh, context.num) = (UInt32(truncatingIfNeeded: bits), UInt32(bits >> 32), 0)
            self.context = .sha256(context)
        case .sha512(var context):
            context.h = (w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7])
            (context.Nl, context.Nh, context.num) = (bits, 0, 0)
            self.context = .sha512(context)
        }
    }

    private static func words(_ bytes: [UInt8], of size: Int) -> [UInt64] {
        stride(from: 0, to: bytes.count, by: size).map { start in
            var word: UInt64 = 0
            for byte in bytes[start..<start + size] { word = word << 8 | UInt64(byte) }
            return word
        }
    }

    /// The state, when the digest stands at a multiple of `DigestState.alignment`; nil anywhere else.
    public var state: DigestState? {
        guard offset % DigestState.alignment == 0, offset <= DigestState.offsetLimit else { return nil }
        var words: [UInt8] = []
        func add(_ word: UInt64, _ count: Int) {
            for byte in (0..<count).reversed() { words.append(UInt8(truncatingIfNeeded: word >> (8 * byte))) }
        }
        switch context {
        case .sha256(let context):
            let h = context.h
            for word in [h.0, h.1, h.2, h.3, h.4, h.5, h.6, h.7] { add(UInt64(word), 4) }
        case .sha512(let context):
            let h = context.h
            for word in [h.0, h.1, h.2, h.3, h.4, h.5, h.6, h.7] { add(UInt64(word), 8) }
        }
        return DigestState(algorithm: algorithm, offset: offset, words: words)
    }

    /// Adds bytes.
    public mutating func update(_ bytes: Chunk) {
        offset += Int64(bytes.count)
        switch context {
        case .sha256(var context):
            unsafe bytes.withUnsafeBytes { _ = unsafe sovereign_sha256_update(&context, $0.baseAddress, $0.count) }
            self.context = .sha256(context)
        case .sha512(var context):
            unsafe bytes.withUnsafeBytes { _ = unsafe sovereign_sha512_update(&context, $0.baseAddress, $0.count) }
            self.context = .sha512(context)
        }
    }

    /// Ends the digest.
    public consuming func finalize() -> Digest {
        var bytes = [UInt8](repeating: 0, count: algorithm.byteCount)
        switch context {
        case .sha256(var context): unsafe sovereign_sha256_final(&bytes, &context)
        case .sha512(var context): unsafe sovereign_sha512_final(&bytes, &context)
        }
        return Digest(algorithm: algorithm, checked: bytes)
    }
}
