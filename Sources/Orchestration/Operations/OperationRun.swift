// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Evidence
internal import OCI
internal import Repositories
internal import Transfer

/// What the operations of one run share.
final class OperationRun: Sendable {
    struct PlaceKey: Hashable, Sendable {
        let repository: RepositoryLocator.Kind
        let identity: ComponentVersionIdentity
    }
    typealias ReadVersion = (version: StoredComponentVersion, repository: any ComponentVersionRepository)
    typealias Relocation = (origin: ContentOrigin, resource: JSON, place: RepositoryLocator.Kind?)

    let repositories: RepositoryPool
    let keys: OperationKeys
    let contents = Guarded<[String: (content: ResourceContent, origin: ContentOrigin?)]>([:])
    let artifacts = Guarded<[String: ArtifactContent]>([:])
    let versions = Guarded(OperationNotes<ReadVersion>())
    let placed = Guarded<[PlaceKey: LocalContents]>([:])
    let relocated = Guarded(OperationNotes<Relocation>())
    let stored = Guarded<[PlaceKey: StoredComponentVersion]>([:])
    /// What operations moved, by id.
    let counts = Guarded<[String: MovedBytes]>([:])
    /// The resources that operations read, where no property of theirs says so.
    let origins = Guarded<[String: ContentOrigin]>([:])
    /// Which operation named a content.
    let makers = Guarded<[String: String]>([:])
    /// Blobs that will be placed and that no target has been asked for yet.
    let expected = Guarded<[PlaceKey: [OCIDescriptor]]>([:])
    /// Where targets were asked for the blobs of a component version.
    let askedAhead = Guarded<Set<PlaceKey>>([])
    let lookups = KeyedGate<PlaceKey>()
    /// What the graph says about contents that will be placed.
    let placements = Guarded<PlannedPlacements?>(nil)
    let sharing = Guarded<(placements: Set<String>, readers: [String: Int])?>(nil)
    let shared = Guarded<[String: SharedReads]>([:])
    let observer: ProgressObserver
    let budgets: TransferBudgets?
    let evidence: EvidenceObserver

    init(
        _ connections: RepositoryConnections, _ keys: OperationKeys, _ observer: @escaping ProgressObserver,
        _ budgets: TransferBudgets?, _ evidence: @escaping EvidenceObserver
    ) {
        (repositories, self.keys) = (RepositoryPool(connections), keys)
        (self.observer, self.budgets, self.evidence) = (observer, budgets, evidence)
    }
}
