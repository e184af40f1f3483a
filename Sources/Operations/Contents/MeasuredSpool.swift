// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Repositories

/// Bytes in a temporary file without a name, with their digest and size. The file vanishes with its last reader.
struct MeasuredSpool {
    let digest: Digest
    let size: Int64
    private let file: SharedFile

    /// Reads a stream to its end.
    ///
    /// - Parameter name: what messages call the file.
    init(_ stream: ByteStream, temporaryFolder: String?, name: String) async throws {
        let meter = StreamMeter(stream)
        file = try await SharedFile.spooling(meter.stream, in: temporaryFolder, name: name)
        (digest, size) = try meter.result()
    }

    /// The bytes.
    func stream() -> ByteStream { file.stream(0..<size) }

    /// The bytes as a content.
    func blob(mediaType: String) -> BlobContent {
        BlobContent(mediaType: mediaType, digest: digest, size: size) { [self] in stream() }
    }
}

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
