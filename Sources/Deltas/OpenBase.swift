// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography

/// A base, or what is inside it, ready to be read anywhere.
struct OpenBase: Sendable {
    let header: DeltaHeader.Base
    let read: @Sendable (Int64, Int) async throws -> [UInt8]
    /// Whether the bytes were compared with the digest when they were expanded.
    let isVerified: Bool

    init(_ base: DeltaBase) {
        header = .init(digest: base.digest, size: base.size, form: .bytes, extent: base.size)
        (read, isVerified) = (base.read, false)
    }

    init(_ base: DeltaBase, _ form: DeltaForm, in file: SharedFile) throws(Fault) {
        header = .init(digest: base.digest, size: base.size, form: form, extent: try file.size())
        read = { offset, count in try file.read(at: offset, upTo: count) }
        isVerified = true
    }

    /// Puts the chunks of the base into an index; throws `.mismatch` when its bytes do not have the digest.
    func add(to index: inout ChunkIndex, as number: Int, _ chunker: ContentChunker) async throws {
        var hasher = DigestHasher(header.digest.algorithm)
        var window: [UInt8] = []
        var (offset, start): (Int64, Int) = (0, 0)
        while offset < header.extent || start < window.count {
            if window.count - start < chunker.maximum, offset < header.extent {
                window.removeFirst(start)
                start = 0
                let more = try await read(offset, Int(min(1 << 20, header.extent - offset)))
                guard !more.isEmpty else { break }
                if !isVerified { hasher.update(more[...]) }
                offset += Int64(more.count)
                window += more
            }
            let rest = window.span.extracting(start..<window.count)
            let length = chunker.chunkLength(rest)
            // The last chunk of a base ends by no rule, so nothing finds it.
            index.insert(
                ChunkFingerprint.of(rest.extracting(0..<length)), base: number,
                offset: offset - Int64(window.count - start))
            start += length
        }
        try Task.checkCancellation()
        guard !isVerified else { return }
        let found = hasher.finalize()
        guard offset == header.size, found == header.digest else {
            throw Fault(
                .mismatch, "the base \(header.digest) of \(header.size) bytes has \(offset) and the digest \(found)",
                fix: "the content was damaged or replaced; fetch it again from its origin")
        }
    }
}

extension DeltaBase {
    /// All bytes, in order.
    private func stream() -> ByteStream {
        let position = Guarded<Int64>(0)
        return ByteStream {
            let offset = position.withLock { $0 }
            guard offset < size else { return nil }
            let bytes = try await read(offset, Int(min(Int64(Chunk.preferredSize), size - offset)))
            guard !bytes.isEmpty else { throw Fault(.corrupt, "the base \(digest) is shorter than its \(size) bytes") }
            position.withLock { $0 = offset + Int64(bytes.count) }
            return bytes[...]
        }
    }

    /// What is inside, in a file without a name, when the base is a gzip; the base itself when it is not, or is damaged.
    ///
    /// - Throws: `.limitExceeded` when that takes more disk than the limit, `.mismatch` for a base of another digest.
    func expanded(to form: DeltaForm, _ limits: DeltaLimits, in folder: String?) async throws -> OpenBase {
        guard form != .bytes, Gzip.isGzip(try await read(0, 3)[...]) else { return OpenBase(self) }
        let thing = "the base \(digest)"
        func checked() -> ByteStream { stream().verified(digest: digest, size: size, of: thing) }
        func spooled(_ inside: ByteStream) async throws -> SharedFile {
            let limited = inside.limited(to: limits.disk, of: "what is inside \(thing)")
            return try await SharedFile.spooling(limited, in: folder, name: thing)
        }
        do {
            guard form == .tokens else {
                return try OpenBase(self, form, in: await spooled(checked().gunzipped(source: thing)))
            }
            var parts: [(file: SharedFile, range: Range<Int64>)] = []
            for part in [TokenForm.Part.blocks, .tokens] {
                let file = try await spooled(checked().parsed(to: part, source: thing))
                parts.append((file, 0..<(try file.size())))
            }
            return try OpenBase(self, form, in: SharedFile(joining: parts, path: thing))
        } catch let fault as Fault where fault.code == .invalid {
            return OpenBase(self)
        }
    }

    /// As above, and the base itself when what is inside is too large.
    func expandedIfPossible(to form: DeltaForm, _ limits: DeltaLimits, in folder: String?) async throws -> OpenBase {
        do { return try await expanded(to: form, limits, in: folder) } catch let fault as Fault
            where fault.code == .limitExceeded
        {
            return OpenBase(self)
        }
    }
}

extension [DeltaBase] {
    /// Whether one of them begins as a gzip does.
    func containGzip() async throws -> Bool {
        for base in self where Gzip.isGzip(try await base.read(0, 3)[...]) { return true }
        return false
    }
}
