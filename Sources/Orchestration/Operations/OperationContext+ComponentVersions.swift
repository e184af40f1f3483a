// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
public import Documents
public import Repositories

extension OperationContext {
    /// Names a component version that was read, with the repository that holds its local blobs.
    public func data(for version: StoredComponentVersion, in repository: any ComponentVersionRepository) -> JSON {
        run.versions.withLock { $0.add((version, repository), of: operation) }
        return [
            "type": "ComponentVersion/v1alpha1", "component": .string(version.identity.name.text),
            "version": .string(version.identity.version.text),
        ]
    }

    /// A component version that this operation or one that it waited for read last, and where from; nil when none did.
    public func version(
        _ identity: ComponentVersionIdentity
    ) -> (version: StoredComponentVersion, repository: any ComponentVersionRepository)? {
        versions().last { $0.version.identity == identity }
    }

    /// The component versions that this operation and those it waited for read.
    public func versions() -> [(version: StoredComponentVersion, repository: any ComponentVersionRepository)] {
        let visible = visible
        return run.versions.withLock { $0.notes(of: visible) }
    }

    /// Reads a component version of a repository, each once for a run. Throws `notFound`.
    public func stored(
        _ identity: ComponentVersionIdentity, in repository: any ComponentVersionRepository
    ) async throws -> StoredComponentVersion {
        let key = OperationRun.PlaceKey(repository: repository.locator.kind, identity: identity)
        if let known = run.stored.withLock({ $0[key] }) { return known }
        let version = try await repository.get(identity)
        run.stored.withLock { $0[key] = version }
        return version
    }

    /// Notes a component version that was read before the run.
    public func note(_ version: StoredComponentVersion, in repository: any ComponentVersionRepository) {
        let key = OperationRun.PlaceKey(repository: repository.locator.kind, identity: version.identity)
        run.stored.withLock { $0[key] = version }
        run.versions.withLock { $0.add((version, repository), of: operation) }
    }

    /// Notes what was placed for a component version that will be written.
    public func note(_ content: PlacedContent, for identity: ComponentVersionIdentity, in repository: RepositoryLocator)
    {
        let key = OperationRun.PlaceKey(repository: repository.kind, identity: identity)
        run.placed.withLock { $0[key, default: LocalContents()].add(content) }
    }

    /// What was placed for a component version in a repository.
    public func placedContents(
        for identity: ComponentVersionIdentity, in repository: RepositoryLocator
    ) -> LocalContents {
        let key = OperationRun.PlaceKey(repository: repository.kind, identity: identity)
        return run.placed.withLock { $0[key] ?? LocalContents() }
    }

    /// Notes that a resource has a new access, and maybe a new digest, for when its descriptor is written.
    ///
    /// - Parameter repository: the one that the new access holds in; nil when it holds everywhere.
    public func relocate(_ origin: ContentOrigin, to resource: JSON, in repository: RepositoryLocator? = nil) {
        run.relocated.withLock { $0.add((origin, resource, repository?.kind), of: operation) }
    }

    /// The resources of a component version that operations before this one gave new places; of several, the last in
    /// the document.
    ///
    /// - Parameter repository: where the descriptor is going; nil for all places.
    public func relocations(
        of identity: ComponentVersionIdentity, in repository: RepositoryLocator? = nil
    ) -> [ElementIdentity: JSON] {
        var found: [ElementIdentity: JSON] = [:]
        let visible = visible
        for (origin, resource, place) in run.relocated.withLock({ $0.notes(of: visible) })
        where origin.version == identity {
            if let place, let repository, place != repository.kind { continue }
            found[origin.resource] = resource
        }
        return found
    }
}
