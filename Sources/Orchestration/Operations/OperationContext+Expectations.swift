// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import OCI
public import Repositories

// Looking ahead: a target is asked for all blobs of a component version before the first of them is read.
extension OperationContext {
    /// Notes which blobs will be placed for a component version, so that the target can be asked for all of them before
    /// the first is read.
    public func expect(
        _ blobs: [OCIDescriptor], for identity: ComponentVersionIdentity, in repository: RepositoryLocator
    ) {
        let key = OperationRun.PlaceKey(repository: repository.kind, identity: identity)
        run.expected.withLock { $0[key] = blobs }
    }

    /// Asks a repository for the blobs that are expected for a component version, once; others wait for the answer.
    ///
    /// Throws when the repository cannot be asked; whoever comes next asks again.
    public func lookAhead(
        for identity: ComponentVersionIdentity, in repository: any ComponentVersionRepository
    ) async throws {
        let key = OperationRun.PlaceKey(repository: repository.locator.kind, identity: identity)
        let run = run
        guard let store = repository.storeRepository, run.askedAhead.withLock({ !$0.contains(key) }) else { return }
        try await run.lookups.run(key) {
            guard run.askedAhead.withLock({ !$0.contains(key) }) else { return }
            let blobs = run.expected.withLock({ $0[key] }) ?? blobsToPlace(for: identity)
            try await store.lookUp(blobs, of: identity.name)
            run.expected.withLock { $0[key] = nil }
            run.askedAhead.withLock { _ = $0.insert(key) }
        }
    }

    /// The blobs that this operation and others like it will place for a component version, as far as that can be said
    /// before they run: those that are stored beside the version as it was read, of the resources that they name.
    private func blobsToPlace(for identity: ComponentVersionIdentity) -> [OCIDescriptor] {
        guard let version = version(identity)?.version,
            let selectors = run.placements.withLock({ $0?.selectors(besides: operation) })
        else { return [] }
        // Names first: to make the identities of thousands of resources for each selector takes seconds.
        let resources = Dictionary(grouping: version.descriptor.resources, by: \.name)
        var blobs: [OCIDescriptor] = []
        for selector in selectors {
            let found = (resources[selector["name"] ?? ""] ?? []).filter { $0.identity.matches(selector) }
            guard found.count == 1, let access = found[0].access,
                LocalBlobAccess.typeNames.contains(access.type.name),
                let digest = try? LocalBlobAccess(access, of: "a resource").digest,
                let blob = version.contents.blobs[digest]
            else { continue }
            blobs.append(blob)
        }
        return blobs
    }
}
