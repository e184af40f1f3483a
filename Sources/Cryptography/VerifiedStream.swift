// SPDX-License-Identifier: Apache-2.0

public import Basics

extension ByteStream {
    /// Passes bytes through and throws `.mismatch`, naming `thing` and both digests, when they are not the expected ones.
    ///
    /// The last chunk is held back until the digest is known, so a reader never has all of a wrong content.
    /// A stream that is longer than `size` ends with the error as soon as that shows.
    public func verified(digest: Digest, size: Int64?, of thing: String) -> ByteStream {
        let state = StreamVerification(source: self, digest: digest, size: size, thing: thing)
        return ByteStream { try await state.next() }
    }
}

/// The state of one verified stream. A stream has one reader, so calls never overlap.
private final class StreamVerification: @unchecked Sendable {
    // Proof of Sendable: `next` is called by the one reader of the stream, one call after the other; the awaits between
    // them order all accesses.
    private let source: ByteStream
    private let digest: Digest, size: Int64?, thing: String
    private var hasher: DigestHasher?
    private var seen: Int64 = 0
    private var held: Chunk?

    init(source: ByteStream, digest: Digest, size: Int64?, thing: String) {
        (self.source, self.digest, self.size, self.thing) = (source, digest, size, thing)
        hasher = DigestHasher(digest.algorithm)
    }

    func next() async throws -> Chunk? {
        while true {
            guard hasher != nil else { return nil }
            guard let chunk = try await source.next() else {
                try finish()
                return held.take()
            }
            guard !chunk.isEmpty else { continue }
            seen += Int64(chunk.count)
            if let size, seen > size { throw fault("is longer than its \(size) bytes") }
            hasher?.update(chunk)
            let previous = held
            held = chunk
            if let previous { return previous }
        }
    }

    private func finish() throws(Fault) {
        guard let hasher = hasher.take() else { return }
        if let size, seen < size { throw fault("ends after \(seen) of its \(size) bytes") }
        let found = hasher.finalize()
        guard found == digest else { throw fault("has the digest \(found)") }
    }

    private func fault(_ what: String) -> Fault {
        hasher = nil
        held = nil
        return Fault(
            .mismatch, "\(thing) should have the digest \(digest), and \(what)",
            fix: "the content was damaged or replaced; fetch it again from its origin")
    }
}
