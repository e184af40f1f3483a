// SPDX-License-Identifier: Apache-2.0

public import Basics

extension ByteStream {
    /// Passes bytes through and throws `.mismatch`, naming `thing` and both digests, when they are not the expected ones.
    ///
    /// The last chunk is held back until the digest is known, so a reader never has all of a wrong content. A stream that
    /// is longer than `size` fails as soon as that shows. A stream that has failed never ends: it throws again.
    ///
    /// - Parameters:
    ///   - size: how many bytes the whole content has, if known.
    ///   - state: what is known of the bytes before this stream, which begins at the state's offset then; a state of
    ///     another algorithm than the digest's is a programming error.
    ///   - note: told the state at every multiple of `DigestState.interval`, before the bytes behind it are passed on.
    public func verified(
        digest: Digest, size: Int64?, of thing: String, resuming state: DigestState? = nil,
        noting note: (@Sendable (DigestState) -> Void)? = nil
    ) -> ByteStream {
        let check = ContentCheck(digest: digest, size: size, thing: thing, state: state, note: note)
        return ByteStream {
            while true {
                if let failure = check.failure { throw failure }
                guard !check.hasEnded else { return nil }
                guard let chunk = try await next() else { return try check.end() }
                if let released = try check.take(chunk) { return released }
            }
        }
    }
}

/// What is known about the bytes of one stream so far.
private final class ContentCheck: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next; that orders all
    // accesses, and nothing here is reached from elsewhere.
    private let digest: Digest, size: Int64?, thing: String
    private let note: (@Sendable (DigestState) -> Void)?
    private var hasher: ResumableHasher?
    private var seen: Int64 = 0
    private var held: Chunk?
    private(set) var failure: Fault?

    init(
        digest: Digest, size: Int64?, thing: String, state: DigestState?, note: (@Sendable (DigestState) -> Void)?
    ) {
        (self.digest, self.size, self.thing, self.note) = (digest, size, thing, note)
        if let state {
            precondition(state.algorithm == digest.algorithm, "a digest goes on with a state of its own algorithm")
            hasher = ResumableHasher(resuming: state)
            seen = state.offset
        } else {
            hasher = ResumableHasher(digest.algorithm)
        }
    }

    var hasEnded: Bool { hasher == nil }

    /// Takes a chunk; the one before it may go.
    func take(_ chunk: Chunk) throws(Fault) -> Chunk? {
        guard !chunk.isEmpty else { return nil }
        seen += Int64(chunk.count)
        if let size, seen > size { throw fail("it is longer than its \(size) bytes") }
        digestParts(of: chunk)
        defer { held = chunk }
        return held
    }

    /// Digests a chunk, stopping where states are wanted.
    private func digestParts(of chunk: Chunk) {
        guard let note else {
            hasher?.update(chunk)
            return
        }
        var rest = chunk
        while !rest.isEmpty, let offset = hasher?.offset {
            let part = rest.prefix(Int(DigestState.interval - offset % DigestState.interval))
            hasher?.update(part)
            rest = rest.dropFirst(part.count)
            if (offset + Int64(part.count)) % DigestState.interval == 0, let state = hasher?.state { note(state) }
        }
    }

    /// Ends the content; its last chunk may go.
    func end() throws(Fault) -> Chunk? {
        guard let hasher = hasher.take() else { return nil }
        let found = hasher.finalize()
        if let size, seen != size { throw fail("it ends after \(seen) of its \(size) bytes, with the digest \(found)") }
        guard found == digest else { throw fail("it has the digest \(found)") }
        return held.take()
    }

    private func fail(_ what: String) -> Fault {
        let fault = Fault(
            .mismatch, "\(thing) should have the digest \(digest), but \(what)",
            fix: "the content was damaged or replaced; get it again from its origin")
        (failure, held) = (fault, nil)
        return fault
    }
}
