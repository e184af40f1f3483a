// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
public import Repositories

/// What operations of one run share: connections, repositories that are open, and contents on their way.
///
/// A content that one operation hands to another is named by a file object as specifications know it, whose `uri` is
/// `content:` and a number. Nothing is read until someone needs the bytes, so what goes from one repository to another
/// is never written in between.
public final class OperationContext: Sendable {
    private let repositories: RepositoryPool
    private let contents = Guarded<[String: ResourceContent]>([:])
    private let placed = Guarded<[PlaceKey: LocalContents]>([:])

    private struct PlaceKey: Hashable {
        let repository: String
        let identity: ComponentVersionIdentity
    }

    /// The context of a run.
    public init(connections: RepositoryConnections) { repositories = RepositoryPool(connections) }

    /// Flushes what was written; archives are whole after this.
    public func finish() async throws { try await repositories.finish() }

    /// The repository that a specification describes; an archive that is not there is made when it is written to.
    func repository(_ specification: JSON, writing: Bool = false) async throws -> any ComponentVersionRepository {
        try await repositories.open(RepositoryLocator(json: specification), writing: writing)
    }

    /// Names a content for other operations.
    func file(for content: ResourceContent) -> JSON {
        let uri = contents.withLock { known in
            let uri = "content:\(known.count + 1)"
            known[uri] = content
            return uri
        }
        var file: JSON = ["type": "File/v1alpha1", "uri": .string(uri), "mediaType": .string(content.mediaType)]
        if let digest = content.digest { file["digest"] = .string(digest.description) }
        return file
    }

    /// The content that a file object names.
    func content(of file: JSON) throws(Fault) -> ResourceContent {
        let uri = file["uri"]?.string ?? ""
        guard let content = contents.withLock({ $0[uri] }) else {
            throw Fault(
                .invalid, "'\(uri)' names no content of this run",
                fix: "take the file from the output of an operation that reads one")
        }
        return content
    }

    /// Notes what was placed for a component version that will be written.
    func note(_ content: PlacedContent, for identity: ComponentVersionIdentity, in repository: RepositoryLocator) {
        let key = PlaceKey(repository: repository.description, identity: identity)
        placed.withLock { $0[key, default: LocalContents()].add(content) }
    }

    /// What was placed for a component version.
    func placedContents(for identity: ComponentVersionIdentity, in repository: RepositoryLocator) -> LocalContents {
        let key = PlaceKey(repository: repository.description, identity: identity)
        return placed.withLock { $0[key] ?? LocalContents() }
    }
}

/// Each repository opened once.
private actor RepositoryPool {
    private let connections: RepositoryConnections
    private var opened:
        [RepositoryLocator.Kind: (task: Task<any ComponentVersionRepository, any Error>, writing: Bool)] =
            [:]

    init(_ connections: RepositoryConnections) { self.connections = connections }

    func open(_ locator: RepositoryLocator, writing: Bool) async throws -> any ComponentVersionRepository {
        if let known = opened[locator.kind], known.writing || !writing { return try await known.task.value }
        let connections = connections
        let task = Task { try await connections.open(locator, writing ? .create(nil) : .read) }
        opened[locator.kind] = (task, writing)
        return try await task.value
    }

    func finish() async throws {
        for (task, writing) in opened.values where writing { try await task.value.finish() }
    }
}
