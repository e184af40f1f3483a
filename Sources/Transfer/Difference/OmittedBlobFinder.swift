// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI
internal import Repositories

/// Where a blob can be read.
struct BlobPlace: Sendable {
    let store: any ArtifactStore
    let repository: String
    /// Whether it is the target's store, and another repository than the one that needs the blob.
    let isElsewhereInTarget: Bool

    func open(_ blob: OmittedBlob) -> @Sendable () async throws -> ByteStream {
        { [store, repository] in try await store.openBlob(blob.digest, size: blob.size, in: repository) }
    }
}

/// Looks for blobs that an archive leaves out: in the target, where they are needed; in other repositories of the
/// target; in repositories that the user named.
struct OmittedBlobFinder: Sendable {
    private let target: StoreRepository?
    private let suppliers: [StoreRepository]
    /// The components that are carried; one of them may have in the target what another needs.
    private let components: [ComponentName]

    init(
        target: any ComponentVersionRepository, suppliers: [any ComponentVersionRepository],
        components: [StoredComponentVersion]
    ) {
        self.target = target.storeRepository
        self.suppliers = suppliers.compactMap(\.storeRepository)
        self.components = Set(components.map(\.identity.name)).sorted { $0.text < $1.text }
    }

    /// The first place that has a blob of that digest and size; nil when none has.
    func find(_ needed: NeededBlob) async throws -> BlobPlace? {
        let blob = needed.omitted
        if let target {
            let own = target.repository(of: needed.component)
            if try await has(target, own, blob) {
                return BlobPlace(store: target.store, repository: own, isElsewhereInTarget: false)
            }
            // A target that leaves it out as well never asks for its bytes.
            if let archive = target.store as? CommonTransportArchive,
                archive.leavesOut(blob.digest, size: blob.size)
            {
                return BlobPlace(store: target.store, repository: own, isElsewhereInTarget: false)
            }
            for component in candidates(needed) where component != needed.component {
                let repository = target.repository(of: component)
                if try await mayHave(target, repository, blob) {
                    return BlobPlace(store: target.store, repository: repository, isElsewhereInTarget: true)
                }
            }
        }
        for supplier in suppliers {
            for component in [needed.component] + candidates(needed).filter({ $0 != needed.component }) {
                let repository = supplier.repository(of: component)
                if try await mayHave(supplier, repository, blob) {
                    return BlobPlace(store: supplier.store, repository: repository, isElsewhereInTarget: false)
                }
            }
        }
        return nil
    }

    /// Where the base of the delta is that the archive holds for a blob; nil without a delta, or when nobody has it.
    func findBase(_ needed: NeededBlob) async throws -> (place: BlobPlace, delta: OmittedBlobDelta)? {
        guard let delta = needed.omitted.delta else { return nil }
        let base = NeededBlob(
            omitted: needed.omitted.base(delta), component: needed.component, archive: needed.archive)
        guard let place = try await find(base) else { return nil }
        return (place, delta)
    }

    private func has(_ base: StoreRepository, _ repository: String, _ blob: OmittedBlob) async throws -> Bool {
        try await base.store.blobSize(blob.digest, in: repository) == blob.size
    }

    /// Who may write to one repository may be kept out of another; then nothing is to be had there.
    private func mayHave(_ base: StoreRepository, _ repository: String, _ blob: OmittedBlob) async throws -> Bool {
        do { return try await has(base, repository, blob) } catch let fault as Fault {
            guard [.unauthorized, .forbidden].contains(fault.code) else { throw fault }
            return false
        }
    }

    /// Components whose repositories may have it: those noted when it was left out, then those that are carried.
    private func candidates(_ needed: NeededBlob) -> [ComponentName] {
        needed.omitted.holders + components.filter { !needed.omitted.holders.contains($0) }
    }
}
