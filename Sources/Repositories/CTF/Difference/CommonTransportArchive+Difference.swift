// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import OCI

/// What an archive leaves out or is to leave out, and where else that can be read.
struct DifferenceState: Sendable {
    var assumed: AssumedBlobs?
    var omitted = OmittedBlobs()
    var suppliers: [Digest: @Sendable () async throws -> ByteStream] = [:]
    /// What blobs may be described by, and the deltas that were made of them.
    var deltaBases: [Digest: BlobSource] = [:]
    var deltas: [Digest: OmittedBlobDelta] = [:]

    /// Whether a blob is not to be written.
    func leavesOut(_ digest: Digest, size: Int64) -> Bool { assumed?.contains(digest, size: size) ?? false }

    /// Notes a blob that a manifest names and that is not there; false when it may not be left out.
    mutating func omit(_ blob: OCIDescriptor, in repository: String) -> Bool {
        if let delta = deltas[blob.digest] {
            omitted.note(blob, in: repository, holders: assumed?.holders(of: delta.base) ?? [], delta: delta)
            return true
        }
        guard leavesOut(blob.digest, size: blob.size) || omitted.blobs[blob.digest]?.size == blob.size else {
            return false
        }
        omitted.note(blob, in: repository, holders: assumed?.holders(of: blob.digest) ?? [])
        return true
    }
}

extension CommonTransportArchive {
    /// From now on, blobs that the receiver is taken to have are not written; manifests and descriptors always are.
    ///
    /// The archive notes what it leaves out: digest, size, media type, and the repositories that need it.
    public func leaveOut(_ assumed: AssumedBlobs) throws(Fault) {
        _ = try requireWriter()
        difference.withLock { state in
            state.assumed = assumed
            for text in assumed.basis where !state.omitted.basis.contains(text) { state.omitted.basis.append(text) }
        }
    }

    /// Whether manifests of the archive name blobs that it does not hold.
    public var isDifference: Bool { difference.withLock { !$0.omitted.blobs.isEmpty } }

    /// What manifests of the archive name and it does not hold; empty for a whole archive.
    public var omittedBlobs: [OmittedBlob] {
        difference.withLock { $0.omitted.blobs.values.sorted { $0.digest < $1.digest } }
    }

    /// What the receiver of the archive was taken to have, for people.
    public var omissionBasis: [String] { difference.withLock { $0.omitted.basis } }

    /// The note on a blob that is left out; nil when it is there, or is not known at all.
    public func omittedBlob(_ digest: Digest) throws(Fault) -> OmittedBlob? {
        guard let blob = difference.withLock({ $0.omitted.blobs[digest] }) else { return nil }
        return try find(BlobName.path(digest)) == nil ? blob : nil
    }

    /// Whether a blob that is pushed would be left out.
    public func leavesOut(_ digest: Digest, size: Int64) -> Bool {
        difference.withLock { $0.leavesOut(digest, size: size) }
    }

    /// Says where a blob that is left out can be read; whoever opens it here gets it from there, checked.
    public func supply(_ digest: Digest, from open: @escaping @Sendable () async throws -> ByteStream) {
        difference.withLock { $0.suppliers[digest] = open }
    }

    /// The content of a blob that is left out; nil when it is not known to be.
    func openOmitted(_ digest: Digest, size: Int64?) async throws -> ByteStream? {
        let (blob, supplier, basis) = difference.withLock {
            ($0.omitted.blobs[digest], $0.suppliers[digest], $0.omitted.basis)
        }
        guard let blob else { return nil }
        if let supplier {
            return try await supplier().verified(digest: digest, size: size ?? blob.size, of: "blob \(digest)")
        }
        if let delta = blob.delta {
            throw Fault(
                .notFound,
                "\(name) holds a delta for the blob \(blob.description), and its base \(delta.base) is not known here",
                fix: "carry the archive to a repository that has it, or name one that does with --lookup")
        }
        let receiver = basis.isEmpty ? "its receiver has it" : "its receiver has \(basis.joined(separator: ", "))"
        throw Fault(
            .notFound,
            "\(name) leaves out the blob \(blob.description) of \(blob.repositories.joined(separator: ", ")), "
                + "since \(receiver)",
            fix: "carry the archive to a repository that has it, or name one that does with --lookup")
    }
}
