// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import OCI
public import Repositories

/// Sees to it that what difference archives leave out is there before anything is written, and finds it for the
/// transfer.
public struct DifferenceReceiver: Sendable {
    private let target: any ComponentVersionRepository
    private let suppliers: [any ComponentVersionRepository]
    private let concurrency: Int
    private let temporaryFolder: String?

    /// - Parameters:
    ///   - target: the repository that the transfer writes to.
    ///   - suppliers: other repositories that may have what the target lacks.
    ///   - concurrency: how many blobs are taken over at once.
    ///   - temporaryFolder: where bases of deltas take space.
    public init(
        target: any ComponentVersionRepository, suppliers: [any ComponentVersionRepository], concurrency: Int = 4,
        temporaryFolder: String? = nil
    ) {
        (self.target, self.suppliers, self.concurrency) = (target, suppliers, concurrency)
        self.temporaryFolder = temporaryFolder
    }

    /// Checks that every blob which the archives of some versions leave out can be had, and makes the archives read it
    /// from there. Does nothing for whole archives. Writes nothing.
    ///
    /// Throws `.notFound`, naming all that cannot be had.
    /// - Parameter versions: what is about to be carried, each with the repository it is read from.
    /// - Returns: blobs that another repository of the target holds, to be mounted with `mount` before the transfer.
    public func check(
        _ versions: [(version: StoredComponentVersion, repository: any ComponentVersionRepository)]
    ) async throws -> [SuppliedBlob] {
        let needed = try await NeededBlob.all(of: versions)
        guard !needed.isEmpty else { return [] }
        let finder = OmittedBlobFinder(target: target, suppliers: suppliers, components: versions.map(\.version))
        let found = try await needed.mapConcurrently(limit: RegistryClient.questionsAtOnce) {
            (blob: $0, place: try await finder.find($0), base: try await finder.findBase($0))
        }
        let missing = found.filter { $0.place == nil && $0.base == nil }.map(\.blob)
        guard missing.isEmpty else { throw fault(missing) }
        var toMount: [SuppliedBlob] = []
        for (blob, place, base) in found {
            guard let place else {
                guard let (base, delta) = base else { continue }
                let (archive, omitted) = (blob.archive, blob.omitted)
                archive.supply(omitted.digest) { [temporaryFolder] in
                    try await archive.rebuild(
                        omitted, from: delta, temporaryFolder: temporaryFolder, base: base.open(omitted.base(delta)))
                }
                continue
            }
            blob.archive.supply(blob.omitted.digest, from: place.open(blob.omitted))
            if place.isElsewhereInTarget { toMount.append(SuppliedBlob(blob: blob, place: place)) }
        }
        return toMount
    }

    /// Takes blobs over from other repositories of the target, without moving them where the registry can do so.
    public func mount(_ blobs: [SuppliedBlob]) async throws {
        try await blobs.forEachConcurrently(limit: concurrency) { item in
            guard let repository = target as? StoreRepository else { return }
            let (blob, place) = (item.blob.omitted, item.place)
            let source = BlobSource(
                digest: blob.digest, size: blob.size, mountableFrom: place.repository, isVerified: true,
                open: place.open(blob))
            _ = try await repository.store.pushBlob(source, in: repository.repository(of: item.blob.component))
        }
    }

    private func fault(_ missing: [NeededBlob]) -> Fault {
        var names: [String] = []
        for (archive, blobs) in Dictionary(grouping: missing, by: \.archive.name).sorted(by: { $0.key < $1.key }) {
            let list = blobs.map { "\($0.omitted.description) of \($0.component)" }
            let count = blobs.count == 1 ? "a blob" : "\(blobs.count) blobs"
            names.append("\(archive) leaves out \(count) that \(target.locator) lacks: \(list.joined(separator: ", "))")
        }
        let basis = Set(missing.flatMap(\.archive.omissionBasis)).sorted().joined(separator: ", ")
        let made = basis.isEmpty ? "" : "it was made for a receiver of \(basis); "
        return Fault(
            .notFound, names.joined(separator: "; "),
            fix: made + "carry what is missing first, name a repository that has it with --lookup, or have the archive "
                + "made again with --have and an inventory of \(target.locator)")
    }
}

/// A blob that stands in another repository of the target.
public struct SuppliedBlob: Sendable {
    let blob: NeededBlob
    let place: BlobPlace
}

/// A blob that a version needs and its archive leaves out.
struct NeededBlob: Sendable {
    let omitted: OmittedBlob
    let component: ComponentName
    let archive: CommonTransportArchive

    /// What the versions need, each blob of a component once.
    static func all(
        of versions: [(version: StoredComponentVersion, repository: any ComponentVersionRepository)]
    ) async throws -> [NeededBlob] {
        var needed: [NeededBlob] = []
        var seen: Set<String> = []
        for (version, repository) in versions {
            guard let base = repository.storeRepository, let archive = base.store as? CommonTransportArchive,
                archive.isDifference
            else { continue }
            let name = version.identity.name
            func note(_ digest: Digest) throws {
                guard let omitted = try archive.omittedBlob(digest) else { return }
                guard seen.insert("\(archive.name)\n\(name)\n\(digest)").inserted else { return }
                needed.append(NeededBlob(omitted: omitted, component: name, archive: archive))
            }
            for digest in version.contents.blobs.keys.sorted() { try note(digest) }
            for root in version.contents.artifacts.values.sorted(by: { $0.digest < $1.digest }) {
                let artifact = ArtifactContent(store: archive, repository: base.repository(of: name), root: root)
                for node in try await artifact.nodes() where node.manifest == nil { try note(node.descriptor.digest) }
            }
        }
        return needed
    }
}
