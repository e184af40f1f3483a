// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI

extension ArtifactContent {
    /// The artifact with only the manifests of some platforms, `os/architecture[/variant]`.
    ///
    /// An index becomes another index with another digest; the manifests in it keep theirs. An artifact that is no
    /// index stays as it is. Throws `.notFound` when a platform is not there.
    func filtered(platforms: [String]) async throws -> ArtifactContent {
        let (bytes, mediaType) = try await store.manifest(root.digest, in: repository)
        let manifest = try OCIManifest(parsing: bytes, mediaType: mediaType, source: "\(repository)@\(root.digest)")
        guard manifest.isIndex else { return self }
        let kept = manifest.manifests.filter { descriptor in
            guard let platform = descriptor.platform else { return false }
            let parts = ["os", "architecture", "variant"].compactMap { platform[$0]?.string }
            return platforms.contains {
                $0 == parts.joined(separator: "/") || $0 == parts.prefix(2).joined(separator: "/")
            }
        }
        guard !kept.isEmpty else {
            let there = manifest.manifests.compactMap(\.platform).map {
                "\($0["os"]?.string ?? "?")/\($0["architecture"]?.string ?? "?")"
            }
            throw Fault(
                .notFound, "the index \(root.digest) has nothing for \(platforms.joined(separator: ", "))",
                fix: "its platforms are \(there.joined(separator: ", "))")
        }
        var json = manifest.json
        json["manifests"] = .array(kept.map(\.json))
        let filtered = json.encoded()
        let overlay = OverlayStore(base: store, manifest: filtered, mediaType: manifest.mediaType.rawValue)
        let descriptor = OCIDescriptor(
            mediaType: manifest.mediaType.rawValue, digest: Digest(of: filtered), size: Int64(filtered.count))
        return ArtifactContent(store: overlay, repository: repository, root: descriptor)
    }
}

/// A store with one manifest more, which exists nowhere else yet. Read only.
private struct OverlayStore: ArtifactStore {
    let base: any ArtifactStore
    let manifest: [UInt8]
    let mediaType: String
    var name: String { base.name }

    func resolve(_ reference: String, in repository: String) async throws -> OCIDescriptor? {
        try await base.resolve(reference, in: repository)
    }
    func manifest(_ digest: Digest, in repository: String) async throws -> (bytes: [UInt8], mediaType: String) {
        digest == Digest(of: manifest) ? (manifest, mediaType) : try await base.manifest(digest, in: repository)
    }
    func blobSize(_ digest: Digest, in repository: String) async throws -> Int64? {
        try await base.blobSize(digest, in: repository)
    }
    func openBlob(_ digest: Digest, size: Int64?, in repository: String) async throws -> ByteStream {
        try await base.openBlob(digest, size: size, in: repository)
    }
    func tags(in repository: String) async throws -> [String] { try await base.tags(in: repository) }
    func repositories(prefix: String) async throws -> [String] { try await base.repositories(prefix: prefix) }
    func referrers(of digest: Digest, in repository: String, artifactType: String?) async throws -> [OCIDescriptor] {
        try await base.referrers(of: digest, in: repository, artifactType: artifactType)
    }
    func pushBlob(_ blob: BlobSource, in repository: String) async throws -> PushOutcome { throw readOnly }
    func pushManifest(
        _ bytes: [UInt8], mediaType: String, in repository: String, tag: String?
    ) async throws -> OCIDescriptor { throw readOnly }
    func untag(_ tag: String, in repository: String) async throws { throw readOnly }
    func finish() async throws {}
    private var readOnly: Fault { Fault(.unsupported, "a filtered artifact of \(name) is only read") }
}
