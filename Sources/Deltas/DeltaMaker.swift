// SPDX-License-Identifier: Apache-2.0

internal import Archives
public import Basics
public import Cryptography

/// The blob a delta is to give.
public struct DeltaTarget: Sendable {
    /// Its digest.
    public let digest: Digest
    /// How many bytes it has.
    public let size: Int64
    /// Opens its bytes; called up to three times.
    public let open: @Sendable () async throws -> ByteStream

    /// Describes a blob.
    public init(digest: Digest, size: Int64, open: @escaping @Sendable () async throws -> ByteStream) {
        (self.digest, self.size, self.open) = (digest, size, open)
    }

    /// The bytes, which fail before their end when they do not have the digest.
    func stream() async throws -> ByteStream {
        try await open().verified(digest: digest, size: size, of: "the blob \(digest)")
    }
}

/// Makes deltas: what a blob has that others have not, and where in those the rest of it stands.
///
/// When the blob is a gzip that zlib makes again from its content, the delta describes the content, and the gzip is made
/// again when the delta is applied; that this gives the same bytes is tried when the delta is made. Any other gzip is
/// described as the bytes that it has, of which little is equal behind the first change.
public struct DeltaMaker: Sendable {
    private let limits: DeltaLimits
    private let temporaryFolder: String?

    /// A maker; bases that have to be expanded take space in a temporary folder, by default `$TMPDIR` or `/tmp`.
    public init(limits: DeltaLimits = .standard, temporaryFolder: String? = nil) {
        (self.limits, self.temporaryFolder) = (limits, temporaryFolder)
    }

    /// Writes the delta that gives `target` from `bases`.
    ///
    /// - Parameter put: takes the delta piece by piece.
    /// - Throws: `.mismatch` when target or base does not have its digest; what was put is no delta then.
    public func make(
        _ target: DeltaTarget, from bases: [DeltaBase], put: @escaping (Chunk) throws -> Void
    ) async throws -> DeltaStatistics {
        guard bases.count <= min(limits.bases, ChunkIndex.mostBases) else {
            throw Fault(.limitExceeded, "a delta has at most \(limits.bases) bases, not \(bases.count)")
        }
        if let large = bases.first(where: { $0.size >= ChunkIndex.largestBase }) {
            throw Fault(.limitExceeded, "the base \(large.digest) has \(ByteCount(large.size)), too many for a delta")
        }
        guard let (recipe, size) = try await recipe(of: target) else {
            let header = DeltaHeader(
                digest: target.digest, size: target.size,
                bases: bases.map { .init(digest: $0.digest, size: $0.size, expandedSize: nil) }, compression: nil)
            return try await write(header, target.stream(), bases.map(OpenBase.init), put)
        }
        var opened: [OpenBase] = []
        for base in bases { opened.append(try await base.expanded(limits, in: temporaryFolder)) }
        let header = DeltaHeader(
            digest: target.digest, size: target.size, bases: opened.map(\.header), compression: (recipe, size))
        let content = try await target.stream().gunzipped(source: "the blob \(target.digest)")
        return try await write(header, content, opened, put)
    }

    /// As above, into a file that appears when the delta is whole.
    public func make(
        _ target: DeltaTarget, from bases: [DeltaBase], file path: String
    ) async throws -> DeltaStatistics {
        let file = try DeltaFile(path)
        let statistics = try await make(target, from: bases) { try file.write($0) }
        try file.commit()
        return statistics
    }

    private func write(
        _ header: DeltaHeader, _ content: ByteStream, _ bases: [OpenBase], _ put: @escaping (Chunk) throws -> Void
    ) async throws -> DeltaStatistics {
        let total = bases.reduce(0) { $0 + $1.header.extent }
        let chunker = ContentChunker(average: ChunkIndex.average(forBytes: total))
        var index = ChunkIndex(bytes: total, average: chunker.average)
        for (number, base) in bases.enumerated() { try await base.add(to: &index, as: number, chunker) }
        var matcher = DeltaMatcher(
            content, index: index, chunker: chunker,
            bases: bases.map { BaseReader(size: $0.header.extent, read: $0.read) },
            writer: try DeltaWriter(header, put: put))
        return try await matcher.run()
    }

    /// How to make the gzip again from its content, and the size of that; nil when it is no gzip or cannot be made again.
    private func recipe(of target: DeltaTarget) async throws -> (GzipRecipe, Int64)? {
        let start = try await target.open().start(256 * 1024)
        guard Gzip.isGzip(start[...]) else { return nil }
        let content: [UInt8]
        do {
            content = try await ByteStream(start).gunzipped(source: "the start").start(1 << 20, untilFailure: true)
        }
        for recipe in try GzipRecipe.candidates(start: start[...], content: content[...]) {
            let size = Guarded<Int64>(0)
            var hasher = DigestHasher(target.digest.algorithm)
            do {
                let packed = try await target.stream().gunzipped(source: "the blob \(target.digest)")
                    .observed { count in size.withLock { $0 += Int64(count) } }.gzipped(recipe)
                while let chunk = try await packed.next() { hasher.update(chunk) }
            } catch let fault as Fault where [.invalid, .limitExceeded].contains(fault.code) {
                // What only looks like a gzip is described as it is.
                return nil
            }
            if hasher.finalize() == target.digest { return (recipe, size.withLock { $0 }) }
        }
        return nil
    }
}

/// A file in the making that a closure can hold.
private final class DeltaFile {
    private var file: AtomicFile?

    init(_ path: String) throws(Fault) { file = try AtomicFile(path) }
    func write(_ bytes: Chunk) throws(Fault) { try file?.write(bytes) }
    func commit() throws(Fault) { try file.take()?.commit() }
}

/// A base, or what is inside it, ready to be read anywhere.
struct OpenBase: Sendable {
    let header: DeltaHeader.Base
    let read: @Sendable (Int64, Int) async throws -> [UInt8]
    /// Whether the bytes were compared with the digest when they were expanded.
    let isVerified: Bool

    init(_ base: DeltaBase) {
        header = .init(digest: base.digest, size: base.size, expandedSize: nil)
        (read, isVerified) = (base.read, false)
    }

    init(_ base: DeltaBase, expanded file: SharedFile) throws(Fault) {
        header = .init(digest: base.digest, size: base.size, expandedSize: try file.size())
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

    /// What is inside, in a file without a name, when the base is a gzip; the base itself when it is not.
    func expanded(_ limits: DeltaLimits, in folder: String?) async throws -> OpenBase {
        guard Gzip.isGzip(try await read(0, 3)[...]) else { return OpenBase(self) }
        let thing = "the base \(digest)"
        let content = stream().verified(digest: digest, size: size, of: thing).gunzipped(source: thing)
            .limited(to: limits.disk, of: "what is inside \(thing)")
        do {
            return try OpenBase(self, expanded: await SharedFile.spooling(content, in: folder, name: thing))
        } catch let fault as Fault where fault.code == .invalid {
            return OpenBase(self)
        }
    }
}

extension ByteStream {
    /// The first bytes; fewer when it ends, or, if asked for, fails.
    func start(_ count: Int, untilFailure: Bool = false) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            while bytes.count < count, let chunk = try await next() { bytes += chunk.prefix(count - bytes.count) }
        } catch {
            guard untilFailure else { throw error }
        }
        return bytes
    }
}
