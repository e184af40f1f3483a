// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Cryptography
public import OCI

extension StoreRepository {
    /// Finds out which of some blobs are there already, many at once, so that placing them need not ask for one after
    /// another.
    public func lookUp(_ blobs: [OCIDescriptor], of component: ComponentName) async throws {
        try await store.lookUp(blobs, in: repository(of: component))
    }

    /// The content of a digest that is kept where a component's versions are, whichever version it came with; nil when
    /// there is none. An earlier run may have placed it and not come to its descriptor.
    ///
    /// - Parameter mediaType: what a blob is taken for; manifests say it themselves.
    public func stored(
        _ digest: Digest, mediaType: String, of component: ComponentName
    ) async throws -> PlacedContent? {
        let repository = repository(of: component)
        if MediaType(mediaType).isManifest || MediaType(mediaType).isIndex {
            return try await store.resolve(digest.description, in: repository).map {
                PlacedContent(descriptor: $0, isArtifact: true)
            }
        }
        return try await store.blobSize(digest, in: repository).map {
            PlacedContent(descriptor: OCIDescriptor(mediaType: mediaType, digest: digest, size: $0), isArtifact: false)
        }
    }
}
