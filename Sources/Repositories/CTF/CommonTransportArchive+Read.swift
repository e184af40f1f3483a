// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
internal import Documents
public import OCI

extension CommonTransportArchive {
    /// The manifest a tag or a digest stands for; nil when the repository has none such.
    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        guard reference.contains(":") else {
            guard let entry = index.withLock({ $0.entry(tag: reference, in: repository) }) else { return nil }
            guard let size = try find(BlobName.path(entry.digest))?.size else {
                throw missing(entry.digest, "the manifest of \(repository):\(reference)")
            }
            return OCIDescriptor(mediaType: try mediaType(of: entry.digest, entry), digest: entry.digest, size: size)
        }
        let digest = try Digest(reference)
        guard let size = try find(BlobName.path(digest))?.size else { return nil }
        if let entry = index.withLock({ $0.entry(digest: digest, in: repository) }) {
            return OCIDescriptor(mediaType: try mediaType(of: digest, entry), digest: digest, size: size)
        }
        // Older tools list tagged manifests only; the ones an image index names are found by their shape.
        guard size <= OCIManifest.sizeLimit, let type = try sniffedMediaType(digest) else { return nil }
        return OCIDescriptor(mediaType: type, digest: digest, size: size)
    }

    /// The bytes of a manifest, checked against its digest; throws `.notFound` when they are not there.
    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        let bytes = try manifestBytes(digest)
        let entry = index.withLock { $0.entry(digest: digest, in: repository) }
        return (bytes, entry?.mediaType ?? Self.shape(of: bytes) ?? MediaType.imageManifest.rawValue)
    }

    /// The size of a blob; nil when it is not there. All repositories of an archive share their blobs.
    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        try find(BlobName.path(digest))?.size
    }

    /// The content of a blob; reading it throws `.mismatch`, before it ends, when it is not what the digest says.
    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        let path = BlobName.path(digest)
        guard let found = try find(path), let stream = try found.content.open(path) else {
            if let stream = try await openOmitted(digest, size: size) { return stream }
            throw missing(digest, "the blob")
        }
        return stream.verified(digest: digest, size: size ?? found.size, of: "blob \(digest) in \(name)")
    }

    /// The content of a blob from an offset on, unchecked.
    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        let path = BlobName.path(digest)
        guard let found = try find(path), let stream = try found.content.open(path, from: offset) else {
            throw missing(digest, "the blob")
        }
        return stream
    }

    /// The tags of a repository, sorted; none when it is unknown.
    public func tags(in repository: String) async throws -> [String] { index.withLock { $0.tags(in: repository) } }

    /// The repositories whose names begin so, sorted.
    public func repositories(prefix: String) async throws -> [String] {
        index.withLock { $0.repositories(prefix: prefix) }
    }

    /// What refers to a manifest, from the list tagged `sha256-<hex>`
    /// (OCI distribution specification 1.1, “Referrers Tag Schema”).
    public func referrers(
        of digest: Digest, in repository: String, artifactType: String?
    ) async throws -> [OCIDescriptor] {
        guard let entry = index.withLock({ $0.entry(tag: ReferrerList.tag(digest), in: repository) }) else { return [] }
        let list = try ReferrerList(parsing: manifestBytes(entry.digest), source: "\(entry.digest) in \(name)")
        return list.referrers.filter { artifactType == nil || $0.artifactType == artifactType }
    }

    // MARK: Files

    /// Where a file is, and its size.
    func find(_ path: String) throws(Fault) -> (content: ArchiveContent, size: Int64)? {
        for content in contents {
            if let size = try content.size(of: path) { return (content, size) }
        }
        return nil
    }

    func manifestBytes(_ digest: Digest) throws(Fault) -> [UInt8] {
        let path = BlobName.path(digest)
        guard let found = try find(path), let bytes = try found.content.read(path, limit: OCIManifest.sizeLimit) else {
            throw missing(digest, "the manifest")
        }
        guard Digest(of: bytes, algorithm: digest.algorithm) == digest else {
            throw Fault(
                .mismatch, "manifest \(digest) in \(name) has other content than its digest says",
                fix: "get the archive again from its origin")
        }
        return bytes
    }

    private func mediaType(of digest: Digest, _ entry: TransportArchiveIndex.Entry) throws(Fault) -> String {
        if let type = entry.mediaType { return type }
        return try sniffedMediaType(digest) ?? MediaType.imageManifest.rawValue
    }

    /// What a manifest says it is, or looks like; nil when it does not look like one.
    private func sniffedMediaType(_ digest: Digest) throws(Fault) -> String? {
        Self.shape(of: try manifestBytes(digest))
    }

    private static func shape(of bytes: [UInt8]) -> String? {
        guard bytes.first == UInt8(ascii: "{"), let json = try? JSON(parsing: bytes, source: "a blob"),
            json["schemaVersion"]?.int == 2, json["manifests"] != nil || json["layers"] != nil
        else { return nil }
        if let type = json["mediaType"]?.string, !type.isEmpty { return type }
        return json["manifests"] != nil ? MediaType.imageIndex.rawValue : MediaType.imageManifest.rawValue
    }

    private func missing(_ digest: Digest, _ thing: String) -> Fault {
        Fault(.notFound, "\(thing) \(digest) is not in \(name)", fix: "get the archive again from its origin")
    }
}
