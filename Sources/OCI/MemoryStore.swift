// SPDX-License-Identifier: Apache-2.0

public import Basics
public import Cryptography

/// A store in memory, for what is small: packed charts, tests.
public final class MemoryStore: ArtifactStore {
    /// How messages name the store.
    public let name: String
    private struct Repository {
        var blobs: [Digest: [UInt8]] = [:]
        var manifests: [Digest: (bytes: [UInt8], mediaType: String)] = [:]
        var tags: [String: Digest] = [:]
    }
    private let state = Guarded<[String: Repository]>([:])

    /// An empty store.
    public init(name: String = "memory") { self.name = name }

    public func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        state.withLock { state in
            guard let repository = state[repository] else { return nil }
            guard let digest = (try? Digest(reference)) ?? repository.tags[reference],
                let found = repository.manifests[digest]
            else { return nil }
            return OCIDescriptor(mediaType: found.mediaType, digest: digest, size: Int64(found.bytes.count))
        }
    }

    public func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        guard let found = state.withLock({ $0[repository]?.manifests[digest] }) else {
            throw missing(digest, repository)
        }
        return found
    }

    public func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        state.withLock { $0[repository]?.blobs[digest].map { Int64($0.count) } }
    }

    public func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        guard let bytes = state.withLock({ $0[repository]?.blobs[digest] }) else { throw missing(digest, repository) }
        return ByteStream(bytes).verified(digest: digest, size: size, of: "the blob in \(name)")
    }

    public func openBlob(
        _ digest: Digest, size: Int64?, from offset: Int64, in repository: String
    ) async throws -> ByteStream {
        guard let bytes = state.withLock({ $0[repository]?.blobs[digest] }) else { throw missing(digest, repository) }
        return ByteStream(Array(bytes.dropFirst(Int(min(offset, Int64(bytes.count))))))
    }

    public func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome {
        if try await blobSize(blob.digest, in: repository) != nil { return .alreadyThere }
        let stream = try await blob.open().verified(digest: blob.digest, size: blob.size, of: "the blob for \(name)")
        let bytes = try await stream.collect(limit: Int(min(blob.size, 1 << 30)), of: "the blob for \(name)")
        state.withLock { $0[repository, default: Repository()].blobs[blob.digest] = bytes }
        return .pushed
    }

    public func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor {
        let manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: "the manifest for \(name)")
        let digest = Digest(of: bytes)
        try state.withLock { state throws(Fault) in
            var held = state[repository] ?? Repository()
            for child in manifest.children where held.blobs[child.digest] == nil && held.manifests[child.digest] == nil
            {
                throw Fault(
                    .invalid, "the manifest \(digest) names \(child.digest), which \(name) does not hold",
                    fix: "push it first")
            }
            held.manifests[digest] = (bytes, manifest.mediaType.rawValue)
            if let tag { held.tags[tag] = digest }
            state[repository] = held
        }
        return OCIDescriptor(mediaType: manifest.mediaType.rawValue, digest: digest, size: Int64(bytes.count))
    }

    public func tags(in repository: String) async throws -> [String] {
        state.withLock { $0[repository]?.tags.keys.sorted() ?? [] }
    }

    public func repositories(prefix: String) async throws -> [String] {
        state.withLock { $0.keys.filter { $0.hasPrefix(prefix) }.sorted() }
    }

    public func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws
        -> [OCIDescriptor]
    {
        let manifests = state.withLock { $0[repository]?.manifests ?? [:] }
        var found: [OCIDescriptor] = []
        for (own, item) in manifests {
            let manifest = try OCIManifest(
                parsing: item.bytes, mediaType: item.mediaType, source: "a manifest in \(name)")
            let type = manifest.artifactType ?? manifest.config?.mediaType
            guard manifest.subject?.digest == digest, artifactType == nil || artifactType == type else { continue }
            var descriptor = OCIDescriptor(mediaType: item.mediaType, digest: own, size: Int64(item.bytes.count))
            descriptor.artifactType = type
            descriptor.annotations = manifest.annotations
            found.append(descriptor)
        }
        return found.sorted { $0.digest < $1.digest }
    }

    public func untag(_ tag: String, in repository: String) async throws {
        state.withLock { _ = $0[repository]?.tags.removeValue(forKey: tag) }
    }

    public func finish() async throws {}

    private func missing(_ digest: Digest, _ repository: String) -> Fault {
        Fault(.notFound, "\(digest) is not in \(name)\(repository.isEmpty ? "" : "/\(repository)")")
    }
}
