// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography
public import OCI
public import Registry

/// A registry's folder as an artifact store: what reads and writes stores works on it in this process, without HTTP.
///
/// It sees the tags that are shown, whoever may pull them. What it pushes is subject to the signature rules it is given.
public struct RegistryFolderStore: ArtifactStore {
    /// How messages name the store.
    public let name: String
    private let registry: RegistryFolder
    private let by: String
    private let signatures: SignatureGuard?
    /// Manifests that count for their tags already, to look at what is not shown yet.
    var candidates: [RepositoryName: [String: Digest]] = [:]
    /// Tags that are taken for ones that are not there.
    var withheld: [RepositoryName: Set<String>] = [:]
    /// How many entries are read at a time.
    private static let page = 1000

    /// A store over a registry.
    ///
    /// - Parameters:
    ///   - by: the name of who pushes, for the records.
    ///   - signatures: the rules that tags are subject to.
    public init(_ registry: RegistryFolder, by: String, signatures: SignatureGuard? = nil) {
        (self.registry, self.by, self.signatures) = (registry, by, signatures)
        name = "the registry in \(registry.path)"
    }

    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        let name = try RepositoryName(repository)
        var wanted = try ManifestReference(reference)
        if case .tag(let tag) = wanted {
            if withheld[name]?.contains(tag) ?? false { return nil }
            if let digest = candidates[name]?[tag] { wanted = .digest(digest) }
        }
        return try registry.manifest(wanted, in: name).map {
            OCIDescriptor(mediaType: $0.mediaType, digest: $0.digest, size: Int64($0.bytes.count))
        }
    }

    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        guard let content = try registry.manifest(.digest(digest), in: RepositoryName(repository)) else {
            throw Fault(.notFound, "the manifest \(digest) is not in \(repository)")
        }
        return (content.bytes, content.mediaType)
    }

    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        try registry.blobSize(digest, in: RepositoryName(repository))
    }

    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        let (file, mark, length, _) = try open(digest, repository)
        guard size == nil || size == length else {
            throw Fault(.mismatch, "the blob \(digest) in \(repository) has another size than was said")
        }
        let bytes = file.stream(0..<length).verified(digest: digest, size: length, of: "the blob \(digest)")
        let registry = registry
        return ByteStream {
            do {
                guard let chunk = try await bytes.next() else {
                    registry.noteVerified(digest, mark)
                    return nil
                }
                return chunk
            } catch let fault as Fault where fault.code == .mismatch {
                try? await registry.quarantine(digest, seen: mark)
                throw fault
            }
        }
    }

    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        let (file, _, length, _) = try open(digest, repository)
        return file.stream(min(offset, length)..<length)
    }

    /// Reads a blob to its end unless that was done lately and its file has not changed since.
    ///
    /// Throws `.notFound` when it is not there, `.mismatch` when it is damaged.
    func requireSound(_ digest: Digest, in repository: String) async throws {
        guard try !open(digest, repository).isVerified else { return }
        let bytes = try await openBlob(digest, size: nil, in: repository)
        while try await bytes.next() != nil {}
    }

    private func open(
        _ digest: Digest, _ repository: String
    ) throws -> (file: SharedFile, mark: FileMark, size: Int64, isVerified: Bool) {
        guard let blob = try registry.openBlob(digest, in: RepositoryName(repository)) else {
            throw Fault(.notFound, "the blob \(digest) is not in \(repository)")
        }
        let (mark, size, isVerified) = (try blob.file.mark(), blob.size, blob.isVerified)
        return (SharedFile(blob.intoFile()), mark, size, isVerified)
    }

    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome {
        let name = try RepositoryName(repository)
        if try registry.blobSize(blob.digest, in: name) != nil { return .alreadyThere }
        if let source = blob.mountableFrom,
            try await registry.mount(blob.digest, from: RepositoryName(source), into: name, by: by)
        {
            return .mounted
        }
        let session = try registry.beginUpload(
            in: name, by: by, share: .registry, size: blob.size, algorithm: blob.digest.algorithm)
        do {
            _ = try await registry.append(blob.open(), to: session, length: blob.size)
        } catch {
            try? await registry.give(up: session)
            throw error
        }
        try await registry.commit(session, as: blob.digest, by: by)
        return .pushed
    }

    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor {
        let name = try RepositoryName(repository)
        let reference = tag.map { ManifestReference.tag($0) } ?? .digest(Digest(of: bytes))
        let pushed: PushedManifest
        if let signatures {
            pushed = try await signatures.putManifest(bytes, mediaType: mediaType, in: name, as: reference, by: by)
        } else {
            pushed = try await registry.putManifest(bytes, mediaType: mediaType, in: name, as: reference, by: by)
        }
        return OCIDescriptor(mediaType: mediaType, digest: pushed.digest, size: Int64(bytes.count))
    }

    public func tags(in repository: String) async throws -> [String] {
        let name = try RepositoryName(repository)
        var all: [String] = []
        while let page = try registry.tags(in: name, after: all.last, limit: Self.page), !page.isEmpty { all += page }
        return all
    }

    public func repositories(prefix: String) async throws -> [String] {
        try registry.repositories(after: nil, limit: .max) { $0.description.hasPrefix(prefix) }.map(\.description)
    }

    public func referrers(
        of digest: Digest, in repository: String, artifactType: String?
    ) async throws -> [OCIDescriptor] {
        let name = try RepositoryName(repository)
        var (all, last): ([OCIDescriptor], Digest?) = ([], nil)
        while true {
            let page = try registry.referrers(
                of: digest, in: name, artifactType: artifactType, after: last, limit: Self.page)
            all += try page.map { referrer throws(Fault) in try OCIDescriptor(json: referrer.json) }
            guard page.count == Self.page, let end = page.last else { return all }
            last = end.digest
        }
    }

    public func untag(_ tag: String, in repository: String) async throws {
        try await registry.deleteTag(tag, in: RepositoryName(repository), by: by)
    }

    public func finish() async throws {}
}
