// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Cryptography
public import Documents
internal import OCI
public import Repositories
internal import Transfer

extension OperationContext {
    /// Names a content for other operations.
    ///
    /// - Parameter origin: the resource of which component version it is, or was made of; nil when the operation does
    ///   not know it.
    public func file(for content: ResourceContent, origin: ContentOrigin? = nil) -> JSON {
        let origin = origin ?? run.origins.withLock { $0[operation] }
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

    /// Says which resource an operation reads that does not know it by itself.
    public func expect(_ origin: ContentOrigin, from operation: String) {
        run.origins.withLock { $0[operation] = origin }
    }

    /// The content that a file object names. Throws `invalid` when no operation of the run made it.
    ///
    /// Operations that place the same content in several repositories follow one reading of it.
    public func content(of file: JSON?) throws(Fault) -> ResourceContent {
        let content = limited(try entry(file).content)
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
    ///
    /// Repositories of one registry read once: the second waits for the first and mounts what that brought. Would it be
    /// expected to follow the reading, the first would wait for it.
    func share(_ graph: OrchestrationGraph) {
        run.placements.withLock { $0 = PlannedPlacements(graph) }
        var placements: Set<String> = []
        var places: [String: Set<String>] = [:]
        for node in graph.nodes where node.type.role == .placesContent {
            guard let place = Self.registry(of: node) ?? node.group else { continue }
            placements.insert(node.operation.id)
            for id in node.dependencies { places[id, default: []].insert(place) }
        }
        let readers = places.mapValues(\.count)
        guard readers.values.contains(where: { $0 > 1 }) else { return }
        run.sharing.withLock { $0 = (placements, readers) }
    }

    /// The registry that an operation places a content in; nil for archives and for what only running it will show.
    private static func registry(of placement: OrchestrationGraph.Node) -> String? {
        let properties = placement.operation.properties
        if let name = (try? RepositoryLocator(json: properties["repository"] ?? .null))?.registryName { return name }
        let access = (properties["targetResource"] ?? properties["resource"])?["access"]
        let image = (properties["imageReference"] ?? access?["imageReference"])?.string
        return image.flatMap { try? ImageReference($0) }?.host
    }

    /// A content whose bytes pass at the rate of the run, if it has one; those that file objects name do so already.
    public func limited(_ content: ResourceContent) -> ResourceContent { run.budgets?.limited(content) ?? content }

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
}
