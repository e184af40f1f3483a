// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents
public import OCI

extension CommonTransportArchive {
    /// Stores a blob; one of that digest and size that is there already, or is to be left out, is not read.
    ///
    /// Throws `.mismatch`, and leaves nothing behind, when the bytes are not those of the digest. After any other
    /// failure the beginning of a large blob stays, and the next push of it goes on from there.
    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome {
        let writer = try requireWriter()
        if let found = try find(BlobName.path(blob.digest)), found.size == blob.size {
            await writer.noteReused(blob.digest)
            return .alreadyThere
        }
        if !blob.isAlwaysStored, leavesOut(blob.digest, size: blob.size) || hasDelta(of: blob.digest) {
            return .alreadyThere
        }
        if let open = blob.openFrom, blob.file == nil, blob.size >= TransportArchiveWriter.partialSize,
            await writer.claim(blob.digest)
        {
            do {
                try await writer.write(blob.digest, size: blob.size, from: open, whole: blob.open)
            } catch {
                await writer.release(blob.digest)
                throw error
            }
            await writer.release(blob.digest)
            return .pushed
        }
        let content: ByteStream
        if let file = blob.file {
            content = try SharedFile(reading: file.path).stream(file.range)
        } else {
            content = try await blob.open()
        }
        try await writer.write(content, blob.digest, size: blob.size)
        difference.withLock { $0.omitted.remove(blob.digest) }
        if !blob.isAlwaysStored { try await replaceByDelta(blob.digest, size: blob.size, writer) }
        return .pushed
    }

    /// Stores a blob whose digest is not known yet, writing it once.
    public func ingest(
        in repository: String, _ open: @Sendable () async throws -> ByteStream
    ) async throws -> (digest: Digest, size: Int64) {
        let written = try await requireWriter().write(try await open()) { self.leavesOut($0, size: $1) }
        if try find(BlobName.path(written.digest)) != nil {
            difference.withLock { $0.omitted.remove(written.digest) }
        }
        return written
    }

    /// Stores a manifest or an image index, whose blobs must be there, and lets a tag stand for it.
    ///
    /// With a tag, everything written so far becomes visible in a folder archive, in one step. When the manifest has
    /// a subject, it is entered in that subject's list of referrers.
    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor {
        let writer = try requireWriter()
        guard TransportArchiveIndex.isRepository(repository) else {
            throw Fault(
                .invalid, "“\(repository)” cannot be a repository in \(name)", fix: "use letters, digits and . _ - /")
        }
        if let tag, !TransportArchiveIndex.isTag(tag) {
            throw Fault(
                .invalid, "“\(tag)” cannot be a tag in \(name)", fix: "use at most 128 letters, digits and . _ -")
        }
        let manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: "a manifest for \(repository)")
        try requireBlobs(of: manifest, repository)

        let digest = Digest(of: bytes)
        let type = manifest.mediaType.rawValue
        let descriptor = OCIDescriptor(mediaType: type, digest: digest, size: Int64(bytes.count))
        if let found = try find(BlobName.path(digest)), found.size == descriptor.size {
            await writer.noteReused(digest)
        } else {
            try await writer.write(ByteStream(bytes), digest, size: descriptor.size)
        }
        if let subject = manifest.subject { try enter(descriptor, manifest, subject.digest, repository, writer) }
        index.withLock {
            $0.put(.init(repository: repository, tag: tag, digest: digest, mediaType: type))
        }
        if tag != nil { try await commit() }
        return descriptor
    }

    /// Takes a tag away; the manifest stays.
    public func untag(_ tag: String, in repository: String) async throws {
        _ = try requireWriter()
        index.withLock { $0.untag(tag, in: repository) }
        try await commit()
    }

    private func requireBlobs(of manifest: OCIManifest, _ repository: String) throws(Fault) {
        for child in manifest.children where try find(BlobName.path(child.digest)) == nil {
            // Layers that may not be distributed stay where their URLs say.
            if child.json["urls"] != nil { continue }
            if !manifest.isIndex, difference.withLock({ $0.omit(child, in: repository) }) { continue }
            throw Fault(
                .invalid, "a manifest for \(repository) names \(child.digest), which is not in \(name)",
                fix: "write what a manifest names before the manifest")
        }
    }

    /// Enters a manifest in its subject's list of referrers.
    private func enter(
        _ descriptor: OCIDescriptor, _ manifest: OCIManifest, _ subject: Digest, _ repository: String,
        _ writer: TransportArchiveWriter
    ) throws(Fault) {
        let tag = ReferrerList.tag(subject)
        try superseded.withLock { superseded throws(Fault) in
            let old = index.withLock { $0.entry(tag: tag, in: repository) }
            var list = ReferrerList()
            if let old {
                list = try ReferrerList(parsing: manifestBytes(old.digest), source: "\(old.digest) in \(name)")
            }
            guard list.add(manifest.referrer(descriptor)) else { return }

            let bytes = list.encoded()
            let digest = Digest(of: bytes)
            let file = try AtomicFile("\(writer.folder)/\(BlobName.path(digest))", mode: 0o444)
            try file.write(bytes[...])
            try file.commit(durably: format == .directory)
            index.withLock { index in
                index.put(
                    .init(
                        repository: repository, tag: tag, digest: digest, mediaType: MediaType.imageIndex.rawValue))
                if let old { index.removeUntagged(old.digest, in: repository) }
            }
            if let old { superseded.insert(old.digest) }
        }
    }
}
