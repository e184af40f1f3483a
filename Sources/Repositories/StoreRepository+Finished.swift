// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import OCI

extension StoreRepository {
    /// A content that an earlier run has noted as finished here and that the registry still has, with its number of bytes.
    ///
    /// The note only says where to look. Who is looked for is named by the digest that the content must have; an
    /// artifact's manifests are read from the registry, checked, and everything that they name is asked for. Nil when
    /// nothing was noted, when something is gone, and for contents whose digest only reading them shows.
    func finished(
        _ content: ResourceContent, in repository: String
    ) async throws -> (placed: PlacedContent, bytes: Int64)? {
        guard let client = store as? RegistryClient, let digest = content.digest,
            let size = client.finishedSize(digest, in: repository)
        else { return nil }
        switch content {
        case .blob(let blob):
            // What opening checks beyond the digest is not known here, and what has a size is asked for by its push.
            guard blob.size == nil, !blob.isBoundBeyondDigest else { return nil }
            let descriptor = OCIDescriptor(mediaType: blob.mediaType, digest: digest, size: size)
            guard try await client.has([descriptor], in: repository) else { return nil }
            return (PlacedContent(descriptor: descriptor, isArtifact: false), size)
        case .artifact(let artifact):
            guard try await client.has([artifact.root], in: repository) else { return nil }
            let stored = ArtifactContent(store: client, repository: repository, root: artifact.root)
            let nodes: [ArtifactNode]
            do {
                nodes = try await stored.nodes()
            } catch let fault as Fault where fault.code == .notFound {
                return nil
            }
            guard try await client.has(nodes.map(\.descriptor), in: repository) else { return nil }
            let bytes = nodes.reduce(0) { $0 + ($1.manifest == nil ? $1.descriptor.size : 0) }
            return (PlacedContent(descriptor: artifact.root, isArtifact: true), bytes)
        }
    }
}
