// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Orchestration
internal import Repositories
internal import Transfer

/// What a generated specification was made from, kept in its environment under a name of its own.
struct TransferRecord: Sendable {
    /// The name in `environment`.
    static let name = "transfer"

    /// A version that was read.
    struct Source: Sendable {
        /// What `environment` calls its descriptor.
        let id: String
        let identity: ComponentVersionIdentity
        let repository: JSON
        let digest: String?
        let contents: [JSON]
    }

    /// A repository that is written to.
    struct Target: Sendable {
        let repository: JSON
        let locator: RepositoryLocator
        /// Versions that are there and left alone.
        let present: [ComponentVersionIdentity]
        /// What the graph calls the operations that write there.
        var group: String { String(decoding: JSON.literal(repository).encoded(), as: UTF8.self) }
    }

    let source: RepositoryLocator
    let sources: [Source]
    let targets: [Target]
    /// What operations write, by id.
    let written: [String: (identity: ComponentVersionIdentity, action: String)]

    /// Reads the record of a specification.
    init(of specification: OrchestrationSpecification) throws(Fault) {
        guard let json = specification.environment[Self.name] else {
            throw Fault(
                .invalid, "the specification has no record of a plan in “environment.\(Self.name)”",
                fix: "generate it with ocm transfer cv --dry-run -o yaml")
        }
        source = try RepositoryLocator(json["source"]?.string ?? "")
        var sources: [Source] = [], targets: [Target] = []
        for item in json["versions"]?.array ?? [] {
            sources.append(
                Source(
                    id: item["id"]?.string ?? "", identity: try ComponentVersionIdentity(of: item),
                    repository: item["repository"] ?? .null,
                    digest: item["digest"]?.string, contents: item["contents"]?.array ?? []))
        }
        for item in json["targets"]?.array ?? [] {
            let repository = item["repository"] ?? .null
            var present: [ComponentVersionIdentity] = []
            for version in item["present"]?.array ?? [] { present.append(try ComponentVersionIdentity(of: version)) }
            targets.append(
                Target(
                    repository: repository,
                    locator: try RepositoryLocator(json: repository, description: item["name"]?.string),
                    present: present))
        }
        var written: [String: (identity: ComponentVersionIdentity, action: String)] = [:]
        for (id, item) in json["written"]?.object ?? [:] {
            written[id] = (try ComponentVersionIdentity(of: item), item["action"]?.string ?? "copy")
        }
        (self.sources, self.targets, self.written) = (sources, targets, written)
    }

    /// Refuses when a version or a content is not what it was; gives the descriptors to which no other refers.
    func requireFreshness(_ environment: JSON, _ context: OperationContext) async throws -> [ComponentDescriptor] {
        var changed: [String] = [], found: [ComponentDescriptor] = []
        for source in sources {
            let repository = try await context.repository(source.repository)
            let version = try await context.stored(source.identity, in: repository)
            found.append(version.descriptor)
            if let digest = source.digest, version.storedDigest?.description != digest {
                changed.append("\(source.identity) in \(repository.locator) is stored as another manifest")
            } else if environment[source.id] != version.descriptor.json {
                changed.append("the descriptor of \(source.identity) is not the one in \(repository.locator)")
            } else {
                changed += try await changes(source, version, repository, context)
            }
        }
        guard changed.isEmpty else {
            throw Fault(
                .conflict, "the specification is stale: \(changed.joined(separator: "; "))",
                fix: "generate it again, and look at what changed")
        }
        let children = Set(found.flatMap { $0.references.compactMap { try? $0.target } })
        return found.filter { !children.contains($0.identity) }
    }

    private func changes(
        _ source: Source, _ version: StoredComponentVersion, _ repository: any ComponentVersionRepository,
        _ context: OperationContext
    ) async throws -> [String] {
        var changed: [String] = []
        for item in source.contents {
            let (json, access, _) = try version.descriptor.element(
                item["element"]?.string ?? "resource", selectedBy: item["identity"])
            let thing = "“\(json["name"]?.string ?? "")” of \(source.identity)"
            guard let access else { continue }
            let content = try await AccessMethods(context.connections).content(
                of: access, thing: thing, in: version, repository: repository)
            if content?.digest?.description != item["digest"]?.string { changed.append("\(thing) has other content") }
        }
        return changed
    }
}

extension TransferRecord {
    /// Records a plan.
    ///
    /// - Parameter written: which version each writing operation is for, and what it does with it.
    static func json(
        _ plan: TransferPlan, written: [(id: String, version: PlannedVersion)],
        bases: [ComponentVersionIdentity: String]
    ) -> JSON {
        var versions: [JSON] = [], seen: Set<ComponentVersionIdentity> = []
        for version in plan.targets.flatMap(\.versions)
        where !version.action.isSkip && seen.insert(version.identity).inserted {
            versions.append(record(version, base: bases[version.identity] ?? ""))
        }
        return [
            "source": .string(plan.source.description), "versions": .array(versions),
            "targets": .array(
                plan.targets.filter { $0.failure == nil }.map { target in
                    [
                        "repository": target.locator.json, "name": .string(target.locator.description),
                        "present": .array(target.versions.filter(\.action.isSkip).map { names($0.identity) }),
                    ]
                }),
            "written": .object(
                JSONObject(
                    written.map { id, version in
                        var item = names(version.identity)
                        item["action"] = .string(version.action.name)
                        return (id, item)
                    })),
        ]
    }

    private static func names(_ identity: ComponentVersionIdentity) -> JSON {
        ["component": .string(identity.name.text), "version": .string(identity.version.text)]
    }

    private static func record(_ version: PlannedVersion, base: String) -> JSON {
        var json = names(version.identity)
        json["id"] = .string(base)
        json["repository"] = version.repository.locator.json
        if let digest = version.version.storedDigest { json["digest"] = .string(digest.description) }
        // What no descriptor pins is pinned here.
        let contents = version.contents.compactMap { content -> JSON? in
            guard content.expected == nil, let digest = content.content.digest else { return nil }
            return [
                "element": .string(content.kind.rawValue), "identity": content.identity.json,
                "digest": .string(digest.description),
            ]
        }
        if !contents.isEmpty { json["contents"] = .array(contents) }
        return json
    }
}
