// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
public import OCI

extension ArtifactContent {
    /// How many blobs of one artifact move at once.
    public static let streamsAtOnce = 3

    /// Copies the artifact: blobs first, then manifests, the root and its tag last.
    ///
    /// Every blob is checked against its digest while it moves. What the target has is asked for before anything moves,
    /// many contents at once, and not moved again; a blob that another repository of the same store holds is mounted.
    public func copy(
        to target: any ArtifactStore, repository targetRepository: String, tag: String?, observer: PlacementObserver
    ) async throws {
        let nodes = try await nodes()
        let (store, repository) = (store, repository)
        // A reading that several follow has one position: there is nothing to go on with.
        let isShared = store is SharedReadStore
        let mount = store.name == target.name ? repository : nil
        // What gets a tag is written in any case.
        let wanted = nodes.filter { tag == nil || $0.descriptor.digest != root.digest }
        try await target.lookUp(wanted.map(\.descriptor), in: targetRepository)
        try await nodes.filter { $0.manifest == nil }.forEachConcurrently(limit: Self.streamsAtOnce) { node in
            let blob = node.descriptor
            let source = BlobSource(
                digest: blob.digest, size: blob.size, mountableFrom: mount, isVerified: true,
                openFrom: isShared
                    ? nil
                    : observer.resuming {
                        try await store.openBlob(blob.digest, size: blob.size, from: $0, in: repository)
                    },
                open: {
                    try await store.openBlob(blob.digest, size: blob.size, in: repository).observed {
                        observer.moved(Int64($0))
                    }
                })
            let outcome = try await target.pushBlob(source, in: targetRepository)
            if outcome != .pushed { observer.skipped(blob.size) }
            try observer.placed(.blob(blob, outcome))
        }
        for node in nodes {
            guard let bytes = node.manifest else { continue }
            let isRoot = node.descriptor.digest == root.digest
            let pushed = try await target.pushManifest(
                bytes, mediaType: node.descriptor.mediaType, in: targetRepository, tag: isRoot ? tag : nil)
            guard pushed.digest == node.descriptor.digest else {
                throw ContentVerifier.mismatch(
                    "the manifest in \(target.name)/\(targetRepository)", node.descriptor.digest, pushed.digest)
            }
            observer.moved(Int64(bytes.count))
            try observer.placed(.manifest(node.descriptor))
        }
    }
}
