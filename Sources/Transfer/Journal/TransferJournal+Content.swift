// SPDX-License-Identifier: Apache-2.0

internal import ComponentModel
internal import Cryptography
internal import OCI
internal import Repositories

extension TransferJournal {
    /// Where an earlier run has placed content whose digest or size only reading would tell; nil when none has, when
    /// it is not there any more, and for content of which the store can say so itself.
    func placed(
        _ content: ResourceContent, key: String, for identity: ComponentVersionIdentity,
        in target: any ComponentVersionRepository
    ) async throws -> PlacedContent? {
        guard case .blob(let blob) = content, blob.digest == nil || blob.size == nil, let known = finished(key),
            let target = target as? StoreRepository, known.place == target.repository(of: identity.name),
            blob.digest == nil || blob.digest == known.digest, blob.size == nil || blob.size == known.size,
            try await target.store.blobSize(known.digest, in: known.place) == known.size
        else { return nil }
        return PlacedContent(
            descriptor: OCIDescriptor(mediaType: blob.mediaType, digest: known.digest, size: known.size),
            isArtifact: false)
    }

    /// Notes where content was placed.
    func note(
        _ placed: PlacedContent, key: String, for identity: ComponentVersionIdentity,
        in target: any ComponentVersionRepository
    ) {
        guard let target = target as? StoreRepository else { return }
        note(
            FinishedContent(
                digest: placed.descriptor.digest, size: placed.descriptor.size,
                place: target.repository(of: identity.name)), for: key)
    }
}
