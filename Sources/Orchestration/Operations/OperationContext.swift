// SPDX-License-Identifier: Apache-2.0

public import Basics
public import ComponentModel
internal import Cryptography
public import Documents
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

    /// The context of a new run.
    ///
    /// - Parameter budgets: the bounds that contents keep while they move; nil when there are none.
    public init(
        connections: RepositoryConnections, observer: @escaping ProgressObserver = { _ in },
        budgets: TransferBudgets? = nil
    ) {
        self.init(run: OperationRun(connections, observer, budgets), operation: "")
    }

    private init(run: OperationRun, operation: String) { (self.run, self.operation) = (run, operation) }

    /// The context of one operation of the run.
    func of(_ operation: String) -> OperationContext { OperationContext(run: run, operation: operation) }

    /// Flushes what was written; archives are whole after this.
    public func finish() async throws { try await run.repositories.finish() }

    /// The connections of the run.
    public var connections: RepositoryConnections { run.repositories.connections }

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
        var file: JSON = ["type": "File/v1alpha1", "uri": .string(uri), "mediaType": .string(content.mediaType)]
        if let digest = content.digest { file["digest"] = .string(digest.description) }
        return file
    }

    /// The content that a file object names. Throws `invalid` when no operation of the run made it.
    public func content(of file: JSON?) throws(Fault) -> ResourceContent {
        let content = try entry(file).content
        return run.budgets?.limited(content) ?? content
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

    // MARK: Component versions

    /// Names a component version that was read, with the repository that holds its local blobs.
    public func data(for version: StoredComponentVersion, in repository: any ComponentVersionRepository) -> JSON {
        run.versions.withLock { $0[version.identity] = (version, repository) }
        return [
            "type": "ComponentVersion/v1alpha1", "component": .string(version.identity.name.text),
            "version": .string(version.identity.version.text),
        ]
    }

    /// A component version that an operation of the run read, and where from; nil when none did.
    public func version(
        _ identity: ComponentVersionIdentity
    ) -> (version: StoredComponentVersion, repository: any ComponentVersionRepository)? {
        run.versions.withLock { $0[identity] }
    }

    /// Reads a component version of a repository, each once for a run. Throws `notFound`.
    public func stored(
        _ identity: ComponentVersionIdentity, in repository: any ComponentVersionRepository
    ) async throws -> StoredComponentVersion {
        let key = OperationRun.PlaceKey(repository: repository.locator.description, identity: identity)
        if let known = run.stored.withLock({ $0[key] }) { return known }
        let version = try await repository.get(identity)
        run.stored.withLock { $0[key] = version }
        return version
    }

    /// Notes a component version that was read before the run.
    public func note(_ version: StoredComponentVersion, in repository: any ComponentVersionRepository) {
        let key = OperationRun.PlaceKey(repository: repository.locator.description, identity: version.identity)
        run.stored.withLock { $0[key] = version }
        run.versions.withLock { $0[version.identity] = (version, repository) }
    }

    /// Notes what was placed for a component version that will be written.
    public func note(_ content: PlacedContent, for identity: ComponentVersionIdentity, in repository: RepositoryLocator)
    {
        let key = OperationRun.PlaceKey(repository: repository.description, identity: identity)
        run.placed.withLock { $0[key, default: LocalContents()].add(content) }
    }

    /// What was placed for a component version in a repository.
    public func placedContents(
        for identity: ComponentVersionIdentity, in repository: RepositoryLocator
    ) -> LocalContents {
        let key = OperationRun.PlaceKey(repository: repository.description, identity: identity)
        return run.placed.withLock { $0[key] ?? LocalContents() }
    }

    /// Notes that a resource has a new access, and maybe a new digest, for when its descriptor is written.
    public func relocate(_ origin: ContentOrigin, to resource: JSON) {
        run.relocated.withLock { $0[origin] = resource }
    }

    /// The resources of a component version that operations of the run gave new places.
    public func relocations(of identity: ComponentVersionIdentity) -> [ElementIdentity: JSON] {
        run.relocated.withLock { all in
            var found: [ElementIdentity: JSON] = [:]
            for (origin, resource) in all where origin.version == identity { found[origin.resource] = resource }
            return found
        }
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
        let repository: String
        let identity: ComponentVersionIdentity
    }

    let repositories: RepositoryPool
    let contents = Guarded<[String: (content: ResourceContent, origin: ContentOrigin?)]>([:])
    let versions = Guarded<
        [ComponentVersionIdentity: (version: StoredComponentVersion, repository: any ComponentVersionRepository)]
    >([:])
    let placed = Guarded<[PlaceKey: LocalContents]>([:])
    let relocated = Guarded<[ContentOrigin: JSON]>([:])
    let stored = Guarded<[PlaceKey: StoredComponentVersion]>([:])
    let counts = Guarded<[RepositoryLocator.Kind: MovedBytes]>([:])
    let observer: ProgressObserver
    let budgets: TransferBudgets?

    init(
        _ connections: RepositoryConnections, _ observer: @escaping ProgressObserver, _ budgets: TransferBudgets?
    ) {
        (repositories, self.observer, self.budgets) = (RepositoryPool(connections), observer, budgets)
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
