// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Deltas
public import OCI

extension CommonTransportArchive {
    /// Blobs below this size are not worth a delta.
    public static let smallestDeltaTarget: Int64 = 64 * 1024
    /// The most bytes of a blob or a base that a delta is made of.
    private static let largestDeltaTarget: Int64 = 64 << 30

    /// From now on, a blob that is written and has a base here travels as a delta, if that has at most half its size.
    ///
    /// The delta is a blob of the archive under its own digest; the record of what is left out says which blob it gives.
    ///
    /// - Parameter bases: for digests of blobs, what the receiver is taken to have and is likely to have much in common
    ///   with them, as the sender can open it.
    public func makeDeltas(_ bases: [Digest: BlobSource]) throws(Fault) {
        _ = try requireWriter()
        difference.withLock { $0.deltaBases.merge(bases) { _, new in new } }
    }

    /// Whether a blob has been replaced by a delta already.
    func hasDelta(of digest: Digest) -> Bool { difference.withLock { $0.deltas[digest] != nil } }

    /// Puts a delta in the place of a blob that was written, when there is one that is worth it.
    func replaceByDelta(_ digest: Digest, size: Int64, _ writer: TransportArchiveWriter) async throws {
        guard let base = difference.withLock({ $0.deltaBases[digest] }), base.digest != digest,
            (Self.smallestDeltaTarget...Self.largestDeltaTarget).contains(size), base.size <= Self.largestDeltaTarget
        else { return }
        let path = "\(writer.folder)/\(BlobName.path(digest))"
        let blob: SharedFile
        do { blob = try SharedFile(reading: path) } catch {
            // Whoever wrote the same blob at the same time has replaced it.
            guard error.code == .notFound, hasDelta(of: digest) else { throw error }
            return
        }
        let work = try TemporaryFolder(in: writer.folder, prefix: TransportArchiveWriter.temporaryPrefix)
        let opened = try await DeltaBase.spooling(
            base.open(), digest: base.digest, size: base.size, limit: Self.largestDeltaTarget, in: work.path)
        let target = DeltaTarget(digest: digest, size: size) { blob.stream(0..<size) }
        let made = "\(work.path)/delta"
        let statistics = try await DeltaMaker(temporaryFolder: work.path).make(target, from: [opened], file: made)
        guard statistics.size <= size / 2 else { return }
        let delta = try SharedFile(reading: made)
        var hasher = DigestHasher()
        for try await chunk in delta.stream(0..<statistics.size) { hasher.update(chunk) }
        let name = hasher.finalize()
        try await writer.write(delta.stream(0..<statistics.size), name, size: statistics.size)
        try FileSystem.removeFile(path)
        difference.withLock {
            $0.deltas[digest] = OmittedBlobDelta(
                digest: name, size: statistics.size, base: base.digest, baseSize: base.size)
        }
        withExtendedLifetime(work) {}
    }

    /// Rebuilds a blob from the delta that the archive holds; fails before its end when it is not the right one.
    ///
    /// - Parameter base: opens the blob that the delta is applied to, which takes its size of disk meanwhile.
    public func rebuild(
        _ blob: OmittedBlob, from delta: OmittedBlobDelta, temporaryFolder: String? = nil,
        base: @Sendable () async throws -> ByteStream
    ) async throws -> ByteStream {
        let stream = try await openBlob(delta.digest, size: delta.size, in: blob.repositories.first ?? "")
        return try await DeltaApplier(temporaryFolder: temporaryFolder)
            .blob(blob.digest, size: blob.size, from: stream) { needed in
                guard needed.digest == delta.base, needed.size == delta.baseSize else {
                    throw Fault(
                        .mismatch,
                        "the delta for \(blob.digest) in \(name) is made from \(needed.digest), not from "
                            + "\(delta.base)", fix: "get the archive again from its origin")
                }
                return try await DeltaBase.spooling(
                    base(), digest: needed.digest, size: needed.size, limit: Self.largestDeltaTarget,
                    in: temporaryFolder)
            }
    }
}
