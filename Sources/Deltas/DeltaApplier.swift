// SPDX-License-Identifier: Apache-2.0

internal import Archives
public import Basics
public import Cryptography

/// Rebuilds blobs from deltas, which are foreign bytes.
///
/// What comes out is the blob of the stated digest or an error before its end, whatever delta and bases hold. Memory
/// stays flat; disk is taken only for bases that have to be expanded.
public struct DeltaApplier: Sendable {
    private let limits: DeltaLimits
    private let temporaryFolder: String?

    /// An applier; bases that have to be expanded take space in a temporary folder, by default `$TMPDIR` or `/tmp`.
    public init(limits: DeltaLimits = .standard, temporaryFolder: String? = nil) {
        (self.limits, self.temporaryFolder) = (limits, temporaryFolder)
    }

    /// What a delta says of itself; reads no further.
    public func header(of delta: ByteStream) async throws -> DeltaHeader {
        var reader = DeltaReader(delta, limits: limits)
        return try await reader.header()
    }

    /// The blob that a delta gives, rebuilt while it is read.
    ///
    /// - Parameters:
    ///   - digest: the digest the blob must have; one that the delta contradicts throws `.mismatch`.
    ///   - size: its size, if known.
    ///   - open: opens a base; called once for each, before this returns.
    /// - Returns: a stream that fails before its end when the bytes do not have the digest.
    public func blob(
        _ digest: Digest, size: Int64?, from delta: ByteStream,
        base open: (DeltaHeader.Base) async throws -> DeltaBase
    ) async throws -> ByteStream {
        var reader = DeltaReader(delta, limits: limits)
        let header = try await reader.header()
        guard header.digest == digest, size == nil || size == header.size else {
            throw Fault(
                .mismatch, "the delta gives \(header.digest) of \(header.size) bytes and not \(digest)",
                fix: "get the delta again from its origin, or get the whole blob")
        }
        var bases: [@Sendable (Int64, Int) async throws -> [UInt8]] = []
        for base in header.bases { bases.append(try await reading(base, open(base))) }
        let rebuilder = DeltaRebuilder(reader, bases: bases)
        let content = ByteStream { try await rebuilder.next() }
        let thing = "the blob \(digest), rebuilt from a delta,"
        let blob =
            switch header.result {
            case .bytes: content
            case .content(let recipe): content.gzipped(recipe)
            case .tokens(let blocks): try await encoded(content, behind: blocks)
            }
        return blob.verified(digest: digest, size: header.size, of: thing)
    }

    /// The gzip of tokens that stand behind so many bytes about blocks.
    private func encoded(_ content: ByteStream, behind count: Int64) async throws -> ByteStream {
        let (first, tokens) = content.split(after: count)
        let thing = "what the delta gives about blocks"
        let blocks = try await SharedFile.spooling(
            first.limited(to: limits.disk, of: thing), in: temporaryFolder, name: thing)
        return tokens.transformed(by: TokenEncoder(blocks: try BlockReader(blocks)))
    }

    /// Reads from a base, or from what is inside it.
    private func reading(
        _ base: DeltaHeader.Base, _ opened: DeltaBase
    ) async throws -> @Sendable (Int64, Int) async throws -> [UInt8] {
        guard opened.digest == base.digest, opened.size == base.size else {
            throw Fault(
                .mismatch,
                "the delta needs \(base.digest) of \(base.size) bytes, and got \(opened.digest) of \(opened.size)",
                fix: "give the base that the delta was made from")
        }
        guard base.form != .bytes else { return opened.read }
        let expanded = try await opened.expanded(to: base.form, limits, in: temporaryFolder)
        guard expanded.header.form == base.form, expanded.header.extent == base.extent else {
            throw DeltaReader.damaged("its base \(base.digest) does not expand to \(base.extent) bytes")
        }
        return expanded.read
    }
}

/// Follows the instructions of one delta.
private final class DeltaRebuilder: @unchecked Sendable {
    // Proof of Sendable: a stream has one reader, who waits for a chunk before asking for the next; that orders all
    // accesses, and nothing here is reached from elsewhere.
    private var reader: DeltaReader
    private let bases: [@Sendable (Int64, Int) async throws -> [UInt8]]
    private var copy: (base: Int, offset: Int64, length: Int64)?

    init(_ reader: DeltaReader, bases: [@Sendable (Int64, Int) async throws -> [UInt8]]) {
        (self.reader, self.bases) = (reader, bases)
    }

    func next() async throws -> Chunk? {
        if copy == nil {
            switch try await reader.next() {
            case .insert(let bytes)?: return bytes[...]
            case .copy(let base, let offset, let length)?: copy = (base, offset, length)
            case nil: return nil
            }
        }
        guard let (base, offset, length) = copy.take() else { return nil }
        try Task.checkCancellation()
        let bytes = try await bases[base](offset, Int(min(Int64(Chunk.preferredSize), length)))
        guard !bytes.isEmpty, Int64(bytes.count) <= length else {
            throw Fault(.corrupt, "a base of the delta is shorter than its size says")
        }
        if Int64(bytes.count) < length { copy = (base, offset + Int64(bytes.count), length - Int64(bytes.count)) }
        return bytes[...]
    }
}

extension ByteStream {
    /// The first bytes, and the rest, to be read when the first have ended.
    fileprivate func split(after count: Int64) -> (first: ByteStream, rest: ByteStream) {
        let state = Guarded((left: count, held: Chunk()))
        let first = ByteStream {
            guard state.withLock({ $0.left > 0 }), let chunk = try await next() else { return nil }
            return state.withLock { state in
                let part = chunk.prefix(Int(Swift.min(state.left, Int64(chunk.count))))
                state = (state.left - Int64(part.count), chunk.dropFirst(part.count))
                return part
            }
        }
        let rest = ByteStream {
            let held = state.withLock { state in
                defer { state.held = [] }
                return state.held
            }
            return held.isEmpty ? try await next() : held
        }
        return (first, rest)
    }
}
