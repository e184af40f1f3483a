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
/// again when the delta is applied. Any other gzip, with a base that is one, is described by its tokens, from which it is
/// encoded again. That this gives the same bytes is tried when the delta is made.
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
        let found = try await GzipExaminer(target, limits: limits, temporaryFolder: temporaryFolder)
            .examine(isLikely: try await bases.containGzip())
        var opened: [OpenBase] = []
        for base in bases {
            opened.append(try await base.expandedIfPossible(to: found.result.form, limits, in: temporaryFolder))
        }
        let thing = "the blob \(target.digest)"
        switch found.result {
        case .content:
            let content = try await target.stream().gunzipped(source: thing)
            return try await write(target, found, content, opened, put)
        case .tokens where opened.contains { $0.header.form == .tokens }:
            let blocks = try found.blocks.map { blocks throws(Fault) in blocks.stream(0..<(try blocks.size())) }
            let tokens = ByteStream.concatenating([
                { blocks ?? ByteStream([]) },
                { try await target.stream().parsed(to: .tokens, source: thing) },
            ])
            return try await write(target, found, tokens, opened, put)
        case .tokens, .bytes:
            let bytes = GzipExaminer.Finding(result: .bytes, size: target.size)
            return try await write(target, bytes, target.stream(), bases.map(OpenBase.init), put)
        }
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
        _ target: DeltaTarget, _ given: GzipExaminer.Finding, _ content: ByteStream,
        _ bases: [OpenBase], _ put: @escaping (Chunk) throws -> Void
    ) async throws -> DeltaStatistics {
        let header = DeltaHeader(
            digest: target.digest, size: target.size, bases: bases.map(\.header), result: given.result,
            extent: given.size)
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
}

/// A file in the making that a closure can hold.
private final class DeltaFile {
    private var file: AtomicFile?

    init(_ path: String) throws(Fault) { file = try AtomicFile(path) }
    func write(_ bytes: Chunk) throws(Fault) { try file?.write(bytes) }
    func commit() throws(Fault) { try file.take()?.commit() }
}
