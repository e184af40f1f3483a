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
    public func filtered(platforms: [String]) async throws -> ArtifactContent {
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
        var overlay = OverlayStore(over: store)
        let descriptor = overlay.add(manifest: json.encoded(), mediaType: manifest.mediaType.rawValue)
        return ArtifactContent(store: overlay, repository: repository, root: descriptor)
    }
}
