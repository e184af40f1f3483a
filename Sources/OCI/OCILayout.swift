// SPDX-License-Identifier: Apache-2.0

internal import Archives
public import Basics
public import Cryptography
internal import Documents

/// An OCI image layout, or an artifact set of the older tools, read from a folder or an archive.
///
/// Both keep one `index.json` and blobs by digest; artifact sets name blobs `sha256.<hex>` in one folder, and very old
/// ones call the index `artifact-descriptor.json`. Nothing is written.
public final class OCILayout: ArtifactStore {
    /// How messages name the layout.
    public let name: String
    private let files: Files
    private let index: OCIManifest
    private let indexBytes: [UInt8]
    private let spool: TemporaryFolder?

    /// Where the files are.
    private enum Files: Sendable {
        case folder(String)
        case tar(TarIndex)

        func range(_ path: String) throws(Fault) -> (file: String?, size: Int64)? {
            switch self {
            case .folder(let folder):
                // A link could lead out of the layout.
                guard let entry = try FileSystem.entry(at: "\(folder)/\(path)", followLinks: false), entry.kind == .file
                else { return nil }
                return ("\(folder)/\(path)", entry.size)
            case .tar(let index):
                guard let entry = index[path], entry.kind == .file else { return nil }
                return (nil, entry.size)
            }
        }

        func stream(_ path: String, from offset: Int64 = 0) throws(Fault) -> ByteStream? {
            switch self {
            case .folder(let folder):
                let file = try SharedFile(reading: "\(folder)/\(path)")
                let size = try file.size()
                return file.stream(min(offset, size)..<size)
            case .tar(let index): return index.stream(path, from: offset)
            }
        }
    }

    /// Opens a layout folder, a tar, or a compressed tar, which is unpacked into a temporary file within limits.
    public convenience init(path: String, temporaryFolder: String? = nil) async throws {
        if FileSystem.isFolder(path) {
            try await self.init(name: path, files: .folder(path), spool: nil)
            return
        }
        let file = try SharedFile(reading: path)
        guard Gzip.isGzip(try file.read(at: 0, upTo: 4)[...]) else {
            try await self.init(name: path, files: .tar(try TarIndex(file: file)), spool: nil)
            return
        }
        try await self.init(spooling: ByteStream(file: path), source: path, temporaryFolder: temporaryFolder)
    }

    /// Reads an archive of one artifact from a stream, by way of a temporary file.
    public static func spooled(
        _ stream: ByteStream, source: String, temporaryFolder: String? = nil
    ) async throws -> OCILayout {
        try await OCILayout(spooling: stream, source: source, temporaryFolder: temporaryFolder)
    }

    private convenience init(spooling stream: ByteStream, source: String, temporaryFolder: String?) async throws {
        let folder = try TemporaryFolder(in: temporaryFolder)
        let path = "\(folder.path)/layout.tar"
        guard let first = try await stream.next() else {
            throw Fault(.invalid, "\(source) is empty, so it holds no artifact")
        }
        let whole = ByteStream.concatenating([{ ByteStream(Array(first)) }, { stream }])
        let plain = Gzip.isGzip(first) ? whole.gunzipped(source: source) : whole
        do {
            let file = try FileHandle(creating: path, mode: 0o600)
            for try await chunk in try folder.covering(plain, for: source) { try file.write(chunk) }
        }
        try await self.init(
            name: source, files: .tar(try TarIndex(file: SharedFile(reading: path))), spool: folder)
    }

    private init(name: String, files: Files, spool: TemporaryFolder?) async throws {
        (self.name, self.files, self.spool) = (name, files, spool)
        var found: [UInt8]?
        for path in ["index.json", "artifact-descriptor.json"] where found == nil {
            guard let size = try files.range(path)?.size else { continue }
            guard size <= OCIManifest.sizeLimit else {
                throw Fault(
                    .limitExceeded,
                    "\(path) of \(name) has \(ByteCount(size)), more than the "
                        + "\(ByteCount(Int64(OCIManifest.sizeLimit))) accepted")
            }
            found = try await files.stream(path)?.collect(limit: OCIManifest.sizeLimit, of: "\(path) of \(name)")
        }
        guard let found else {
            throw Fault(
                .invalid, "\(name) is no OCI layout: it has no index.json",
                fix: "make one, for example with skopeo copy … oci:FOLDER:TAG")
        }
        indexBytes = found
        index = try OCIManifest(
            parsing: found, mediaType: MediaType.imageIndex.rawValue, source: "index.json of \(name)")
    }

    /// The artifact of a tag or digest; without either, the main one. Nil when it is not there.
    public func root(_ reference: String?) async throws -> OCIDescriptor? {
        guard let reference else { return try await main() }
        if let digest = try? Digest(reference) { return index.manifests.first { $0.digest == digest } }
        return index.manifests.first { descriptor in
            let name = descriptor.annotations["org.opencontainers.image.ref.name"]
            let tags = descriptor.annotations["software.ocm/tags"]?.split(separator: ",").map(String.init) ?? []
            return name == reference || name?.hasSuffix(":\(reference)") == true || tags.contains(reference)
        }
    }

    /// The main artifact: the one noted, else the only one, else the only one that no other contains.
    public func main() async throws -> OCIDescriptor {
        if let noted = index.annotations["software.ocm/main"], let digest = try? Digest(noted),
            let main = index.manifests.first(where: { $0.digest == digest })
        {
            return main
        }
        let distinct = Dictionary(grouping: index.manifests, by: \.digest).values.compactMap(\.first)
        if distinct.count == 1, let only = distinct.first { return only }
        var contained: Set<Digest> = []
        for descriptor in distinct {
            let (bytes, type) = try await manifest(descriptor.digest, in: "")
            let manifest = try OCIManifest(parsing: bytes, mediaType: type, source: "\(name)@\(descriptor.digest)")
            contained.formUnion(manifest.manifests.map(\.digest))
            if let subject = manifest.subject {
                contained.insert(descriptor.digest == subject.digest ? subject.digest : descriptor.digest)
            }
        }
        let tops = distinct.filter { !contained.contains($0.digest) }
        guard tops.count == 1, let top = tops.first else {
            let tags = index.manifests.compactMap { $0.annotations["org.opencontainers.image.ref.name"] }
            throw Fault(
                .invalid, "\(name) holds \(tops.count) artifacts, and none is marked as the main one",
                fix: tags.isEmpty ? "name one by its digest" : "name one of its tags: \(tags.joined(separator: ", "))")
        }
        return top
    }

    private func path(_ digest: Digest) throws(Fault) -> (path: String, file: String?, size: Int64)? {
        for path in [
            "blobs/\(digest.algorithm.rawValue)/\(digest.hex)", "blobs/\(digest.algorithm.rawValue).\(digest.hex)",
        ] {
            if let found = try files.range(path) { return (path, found.file, found.size) }
        }
        return nil
    }

    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        if let root = try await root(reference) { return root }
        // A manifest inside an index is no root, but it is there.
        guard let digest = try? Digest(reference), let size = try path(digest)?.size, size <= OCIManifest.sizeLimit
        else { return nil }
        let bytes = try await openBlob(digest, size: size, in: "").collect(limit: OCIManifest.sizeLimit)
        guard let manifest = try? OCIManifest(parsing: bytes, mediaType: nil, source: "\(name)@\(digest)") else {
            return nil
        }
        return OCIDescriptor(mediaType: manifest.mediaType.rawValue, digest: digest, size: size)
    }

    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        let stream = try await openBlob(digest, size: nil, in: repository)
        let bytes = try await stream.collect(limit: OCIManifest.sizeLimit, of: "the manifest \(digest) of \(name)")
        let known = index.manifests.first { $0.digest == digest }?.mediaType
        return (
            bytes, try OCIManifest(parsing: bytes, mediaType: known, source: "\(name)@\(digest)").mediaType.rawValue
        )
    }

    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? { try path(digest)?.size }

    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        guard let found = try path(digest), let stream = try files.stream(found.path) else {
            throw missing(digest)
        }
        return stream.verified(digest: digest, size: size ?? found.size, of: "the blob of \(name)")
    }

    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        guard let found = try path(digest), let stream = try files.stream(found.path, from: offset) else {
            throw missing(digest)
        }
        return stream
    }

    private func missing(_ digest: Digest) -> Fault {
        Fault(.notFound, "the blob \(digest) is not in \(name)", fix: "the layout is incomplete; make it again")
    }

    public func tags(in repository: String) async throws -> [String] {
        index.manifests.compactMap { $0.annotations["org.opencontainers.image.ref.name"] }.sorted()
    }
    public func repositories(prefix: String) async throws -> [String] { [""] }
    public func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws
        -> [OCIDescriptor]
    { [] }

    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome { throw readOnly }
    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor { throw readOnly }
    public func untag(_ tag: String, in repository: String) async throws { throw readOnly }
    public func finish() async throws {}

    private var readOnly: Fault { Fault(.unsupported, "\(name) is only read") }
}
