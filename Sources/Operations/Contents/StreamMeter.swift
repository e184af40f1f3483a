// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography

/// Takes the digest and the size of what passes through one stream.
final class StreamMeter: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next and takes the result
    // when it has ended; that orders all accesses, and nothing here is reached from elsewhere.
    private var hasher: DigestHasher?
    private var size: Int64 = 0
    private let source: ByteStream

    init(_ source: ByteStream, _ algorithm: Digest.Algorithm = .sha256) {
        self.source = source
        hasher = DigestHasher(algorithm)
    }

    /// The stream, measured.
    var stream: ByteStream {
        ByteStream { [self] in
            guard let chunk = try await source.next() else { return nil }
            hasher?.update(chunk)
            size += Int64(chunk.count)
            return chunk
        }
    }

    /// The digest and the size of what has passed; taken once, at the end.
    func result() throws(Fault) -> (digest: Digest, size: Int64) {
        guard let hasher = hasher.take() else { throw Fault(.internal, "a measured stream was asked twice") }
        return (hasher.finalize(), size)
    }
}
