// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Synchronization

/// The digest of an upload in the making, which another thread than the upload's may add to; one at a time.
final class UploadDigest: Sendable {
    private let hasher: Mutex<DigestHasher?>

    init(_ algorithm: Digest.Algorithm) { hasher = Mutex(DigestHasher(algorithm)) }

    /// Adds bytes.
    func update(_ bytes: Chunk) { hasher.withLock { $0?.update(bytes) } }

    /// Ends it; nil when it has ended.
    func finalize() -> Digest? { hasher.withLock { $0.take()?.finalize() } }
}
