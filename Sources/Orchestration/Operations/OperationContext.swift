// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
public import Documents
public import Evidence
internal import OCI
public import Repositories
public import Transfer

/// What an operation works with: the run it belongs to, connections, and contents on their way.
///
/// A content that one operation hands to another is named by a file object as specifications know it, whose `uri` is
/// `content:` and a number. Nothing is read until someone needs the bytes, so what goes from one repository to another
/// is never written in between. A file object that no operation of the run made is refused, so that a specification
/// cannot read files of the machine.
public struct OperationContext: Sendable {
    private let run: OperationRun
    /// The id of the operation.
    public let operation: String

    /// Finds the operations that it waited for, in the order of the document; nil when it belongs to no graph, and all
    /// that ran before count.
    private let predecessors: (@Sendable () -> [String])?

    /// The context of a new run.
    ///
    /// - Parameters:
    ///   - keys: the keys that operations may name.
    ///   - budgets: the bounds that contents keep while they move; nil when there are none.
    ///   - evidence: told what is moved and refused.
    public init(
        connections: RepositoryConnections, keys: OperationKeys = OperationKeys(),
        observer: @escaping ProgressObserver = { _ in }, budgets: TransferBudgets? = nil,
        evidence: @escaping EvidenceObserver = { _ in }
    ) {
        self.init(
            run: OperationRun(connections, keys, observer, budgets, evidence), operation: "", predecessors: nil)
    }

    private init(run: OperationRun, operation: String, predecessors: (@Sendable () -> [String])?) {
        (self.run, self.operation, self.predecessors) = (run, operation, predecessors)
    }

    /// The context of one operation of the run.
    func of(_ operation: String, after predecessors: @escaping @Sendable () -> [String]) -> OperationContext {
        OperationContext(run: run, operation: operation, predecessors: predecessors)
    }

    /// Whose notes count: those from before the run and of operations that this one waited for, in the order of the
    /// document; nil for all.
    ///
    /// What others noted may be there or not, as it happens; to depend on it would give one result today and another
    /// tomorrow.
    private var visible: [String]? { predecessors.map { [""] + $0() + [operation] } }

    /// The keys that the caller allows operations to name.
    public var keys: OperationKeys { run.keys }

    /// Flushes what was written; archives are whole after this.
    public func finish() async throws { try await run.repositories.finish() }

    /// The connections of the run.
    public var connections: RepositoryConnections { run.repositories.connections }

    /// Where evidence of what operations verify, move and refuse goes.
    public var evidence: EvidenceObserver { run.evidence }

    /// Where operations put what they cannot stream.
    public var temporaryFolder: String? { connections.temporaryFolder }

    /// The repository that a specification describes; an archive that is not there is made when it is written to.
    ///
    /// Each is opened once for a run.
    public func repository(
        _ specification: JSON, writing: Bool = false
    ) async throws -> any ComponentVersionRepository {
        try await run.repositories.open(RepositoryLocator(json: specification), writing: writing)
    }

    /// Uses a repository that is open already for whatever names it.
    public func adopt(_ repository: any ComponentVersionRepository, writing: Bool) async {
        await run.repositories.adopt(repository, writing: writing)
    }

    // MARK: Progress

    /// Moves a content to a target while its progress is told and counted.
    ///
    /// - Parameter thing: what messages call the content.
    public func moving<Result: Sendable>(
        _ thing: String, bytes: Int64?, to target: RepositoryLocator,
        _ move: @Sendable (PlacementObserver) async throws -> Result
    ) async throws -> Result {
        let (id, run) = (operation, run)
        run.observer(.started(id: id, name: thing, bytes: bytes))
        let watch = PlacementObserver(
            moved: { bytes in
                run.counts.withLock { $0[target.kind, default: MovedBytes()].moved += bytes }
                run.observer(.moved(id: id, bytes: bytes))
            },
            skipped: { bytes in
                run.counts.withLock { $0[target.kind, default: MovedBytes()].spared += bytes }
                run.observer(.moved(id: id, bytes: bytes))
            })
        do {
            let result = try await move(watch)
            run.observer(.finished(id: id))
            return result
        } catch {
            guard !(error is CancellationError) else { throw error }
            throw Fault(wrapping: error).about(thing)
        }
    }

    /// What moved to a target.
    public func moved(to target: RepositoryLocator) -> MovedBytes {
        run.counts.withLock { $0[target.kind] ?? MovedBytes() }
    }

    // MARK: Contents

    /// Names a content for other operations.
    ///
    /// - Parameter origin: the resource of which component version it is, or was made of.
    public func file(for content: ResourceContent, origin: ContentOrigin? = nil) -> JSON {
        let uri = run.contents.withLock { known in
            let uri = "content:\(known.count + 1)"
            known[uri] = (content, origin)
            return uri
        }
        run.makers.withLock { $0[uri] = operation }
        var file: JSON = ["type": "File/v1alpha1", "uri": .string(uri), "mediaType": .string(content.mediaType)]
        if let digest = content.digest { file["digest"] = .string(digest.description) }
        return file
    }

    /// The content that a file object names. Throws `invalid` when no operation of the run made it.
    ///
    /// Operations that place the same content in several repositories follow one reading of it.
    public func content(of file: JSON?) throws(Fault) -> ResourceContent {
        let found = try entry(file).content
        let content = run.budgets?.limited(found) ?? found
        guard let sharing = run.sharing.withLock({ $0 }), sharing.placements.contains(operation),
            let uri = file?["uri"]?.string
        else { return content }
        return run.shared.withLock { shared in
            if let known = shared[uri] { return known.shared(content) }
            guard let readers = run.makers.withLock({ $0[uri] }).flatMap({ sharing.readers[$0] }), readers > 1 else {
                return content
            }
            let reads = SharedReads(readers: readers)
            shared[uri] = reads
            return reads.shared(content)
        }
    }

    /// Tells which operations place contents in repositories, and in how many those of each operation go.
    func share(_ graph: OrchestrationGraph) {
        let placements = graph.nodes.filter { $0.type.role == .placesContent && $0.group != nil }
        var readers: [String: Int] = [:]
        for placement in placements { for id in placement.dependencies { readers[id, default: 0] += 1 } }
        guard readers.values.contains(where: { $0 > 1 }) else { return }
        run.sharing.withLock { $0 = (Set(placements.map(\.operation.id)), readers) }
    }

    /// Reads or moves a content when there is memory for its streams.
    public func within<Result: Sendable>(
        memoryFor content: ResourceContent, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        guard let budgets = run.budgets else { return try await body() }
        return try await budgets.move(content, body)
    }

    /// The resource that the content of a file object comes from, if that is known.
    public func origin(of file: JSON?) throws(Fault) -> ContentOrigin? { try entry(file).origin }

    /// How many bytes the contents among some outputs have, as far as that is known.
    func weight(of outputs: JSON) -> Int64 {
        var bytes: Int64 = 0
        for (_, value) in outputs.object ?? [:] {
            guard let uri = value["uri"]?.string, let entry = run.contents.withLock({ $0[uri] }) else { continue }
            switch entry.content {
            case .blob(let blob): bytes += blob.size ?? 0
            case .artifact(let artifact): bytes += artifact.root.size
            }
        }
        return bytes
    }

    private func entry(_ file: JSON?) throws(Fault) -> (content: ResourceContent, origin: ContentOrigin?) {
        let uri = file?["uri"]?.string ?? ""
        guard let entry = run.contents.withLock({ $0[uri] }) else {
            throw Fault(
                .invalid, "'\(uri)' names no content of this run",
                fix: "take it from the output of an operation that reads one")
        }
        return entry
    }

    /// Names an artifact by a text, for an operation that makes another of it.
    public func note(_ artifact: ArtifactContent, as reference: String) {
        run.artifacts.withLock { $0[reference] = artifact }
    }

    /// The artifact that was noted under a text.
    public func artifact(_ reference: String) -> ArtifactContent? { run.artifacts.withLock { $0[reference] } }

    // MARK: Component versions

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

/// The resource of a component version that a content is, or was made of.
public struct ContentOrigin: Hashable, Sendable {
    /// The component version.
    public let version: ComponentVersionIdentity
    /// The resource in it.
    public let resource: ElementIdentity

    /// Names a resource of a component version.
    public init(version: ComponentVersionIdentity, resource: ElementIdentity) {
        (self.version, self.resource) = (version, resource)
    }
}

/// How much moved to one place.
public struct MovedBytes: Sendable {
    /// Bytes that moved.
    public internal(set) var moved: Int64 = 0
    /// Bytes that were there already, or were mounted.
    public internal(set) var spared: Int64 = 0
}

/// What the operations of one run share.
private final class OperationRun: Sendable {
    struct PlaceKey: Hashable {
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
    let counts = Guarded<[RepositoryLocator.Kind: MovedBytes]>([:])
    /// Which operation named a content.
    let makers = Guarded<[String: String]>([:])
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

/// Each repository opened once.
private actor RepositoryPool {
    nonisolated let connections: RepositoryConnections
    private var opened:
        [RepositoryLocator.Kind: (task: Task<any ComponentVersionRepository, any Error>, writing: Bool)] = [:]

    init(_ connections: RepositoryConnections) { self.connections = connections }

    func open(_ locator: RepositoryLocator, writing: Bool) async throws -> any ComponentVersionRepository {
        if let known = opened[locator.kind], known.writing || !writing { return try await known.task.value }
        let connections = connections
        let task = Task { try await connections.open(locator, writing ? .create(nil) : .read) }
        opened[locator.kind] = (task, writing)
        return try await task.value
    }

    func adopt(_ repository: any ComponentVersionRepository, writing: Bool) {
        opened[repository.locator.kind] = (Task { repository }, writing)
    }

    func finish() async throws {
        for (task, writing) in opened.values where writing { try await task.value.finish() }
    }
}
