// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
internal import Orchestration
internal import Repositories

/// Sees to it that what a descriptor has beside it is where the descriptor will be written.
///
/// A content that was placed in this run is not placed again; one that the target keeps already is not read.
struct LocalContentCarrier {
    private let context: OperationContext
    private let target: any ComponentVersionRepository
    private let source: (version: StoredComponentVersion, repository: any ComponentVersionRepository)?

    /// - Parameter source: the component version as it was read; nil when contents are not copied.
    init(
        _ context: OperationContext, _ target: any ComponentVersionRepository,
        source: (version: StoredComponentVersion, repository: any ComponentVersionRepository)?
    ) {
        (self.context, self.target, self.source) = (context, target, source)
    }

    /// Places what is not there; accesses that change with it are set in the descriptor.
    ///
    /// Throws `notFound` for a content that is nowhere, and `mismatch` when it is not what its resource's digest says.
    func carry(_ descriptor: inout ComponentDescriptor) async throws -> LocalContents {
        let identity = descriptor.identity
        try await lookAhead(descriptor)
        var places = KnownPlaces(identity, placed: context.placedContents(for: identity, in: target.locator))
        for (index, resource) in descriptor.resources.enumerated() {
            let thing = "the resource \(resource.identity) of \(identity)"
            guard let access = try await carry(resource.access, resource.digest, resource.json, thing, &places) else {
                continue
            }
            descriptor.resources[index].access = access
        }
        for (index, element) in descriptor.sources.enumerated() {
            let thing = "the source \(element.identity) of \(identity)"
            guard let access = try await carry(element.access, nil, element.json, thing, &places) else { continue }
            descriptor.sources[index].access = access
        }
        return places.used
    }

    /// Asks a registry for all blobs that may have to be carried, so that it need not be asked for one after another.
    private func lookAhead(_ descriptor: ComponentDescriptor) async throws {
        guard let source, let store = target.storeRepository else { return }
        let placed = context.placedContents(for: descriptor.identity, in: target.locator)
        var blobs: [OCIDescriptor] = []
        for access in descriptor.resources.map(\.access) + descriptor.sources.map(\.access) {
            guard let access, LocalBlobAccess.typeNames.contains(access.type.name),
                let digest = try LocalBlobAccess(access, of: "a content of \(descriptor.identity)").digest,
                let blob = source.version.contents.blobs[digest], placed.blobs[digest] == nil
            else { continue }
            blobs.append(blob)
        }
        try await store.lookUp(blobs, of: descriptor.identity.name)
    }

    /// Returns the access when it is another now.
    private func carry(
        _ specification: TypedSpecification?, _ digest: DigestSpecification?, _ element: JSON, _ thing: String,
        _ places: inout KnownPlaces
    ) async throws -> TypedSpecification? {
        guard let specification, LocalBlobAccess.typeNames.contains(specification.type.name) else { return nil }
        let access = try LocalBlobAccess(specification, of: thing)
        if try await places.use(access, in: target) { return nil }
        let identity = places.identity
        if let source, holds(access, source.version) {
            let content = try await context.limited(source.repository.content(of: access, in: source.version))
                .bound(to: digest, thing: thing, temporaryFolder: context.temporaryFolder)
            let target = target
            let facts = try PlacementEvidence(element, of: identity, to: target.locator, context)
            let placed = try await context.within(memoryFor: content) {
                try await context.evidencing(facts, digest: { $0.descriptor.digest }) { tally in
                    try await context.moving(thing, bytes: content.knownSize()) { watch in
                        try await target.place(content, for: identity, observer: tally.counting(watch))
                    }
                }
            }
            context.note(placed, for: identity, in: target.locator)
            places.used.add(placed)
            guard access.digest != placed.descriptor.digest else { return nil }
            return try TypedSpecification(
                LocalBlobAccess.specification(for: placed, referenceName: access.referenceName))
        }
        for reference in access.references {
            guard let digest = try? LocalBlobAccess.digest(reference),
                let found = try await (target as? StoreRepository)?.stored(
                    digest, mediaType: access.mediaType, of: identity.name)
            else {
                throw Fault(
                    .notFound, "\(thing) is stored beside its descriptor, and \(target.locator) does not have it",
                    fix: "place it with an operation before this one, or name where it is with an 'ociArtifact' access")
            }
            places.used.add(found)
        }
        return nil
    }

    /// Whether a component version keeps a content. One in an archive of the older tools has no list of them.
    private func holds(_ access: LocalBlobAccess, _ version: StoredComponentVersion) -> Bool {
        version.storedDigest == nil || access.contents(in: [version.contents]) != nil
    }
}

/// Where the target keeps contents of a component version already.
private struct KnownPlaces {
    let identity: ComponentVersionIdentity
    private let placed: LocalContents
    /// What the version that is there has; looked for when something was not placed in this run.
    private var existing: LocalContents?
    /// What the descriptor names.
    var used = LocalContents()

    init(_ identity: ComponentVersionIdentity, placed: LocalContents) {
        (self.identity, self.placed) = (identity, placed)
    }

    /// Whether all that an access names is there.
    mutating func use(_ access: LocalBlobAccess, in target: any ComponentVersionRepository) async throws -> Bool {
        var found = access.contents(in: [placed])
        if found == nil {
            if existing == nil { existing = try await target.find(identity)?.contents ?? LocalContents() }
            found = access.contents(in: [placed, existing ?? LocalContents()])
        }
        for content in found ?? [] { used.add(content) }
        return found != nil
    }
}

extension LocalBlobAccess {
    /// The contents that it names, when all of them are among these.
    fileprivate func contents(in places: [LocalContents]) -> [PlacedContent]? {
        var found: [PlacedContent] = []
        for reference in references {
            guard let digest = try? Self.digest(reference) else { return nil }
            let content = places.lazy.compactMap { place in
                place.artifacts[digest].map { PlacedContent(descriptor: $0, isArtifact: true) }
                    ?? place.blobs[digest].map { PlacedContent(descriptor: $0, isArtifact: false) }
            }.first
            guard let content else { return nil }
            found.append(content)
        }
        return found
    }
}
