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
    /// The resources that operations read by their access alone, by id.
    let read: [String: ContentOrigin]
    let packing: PackingRecord
}

extension TransferRecord {
    /// Records a plan.
    ///
    /// - Parameters:
    ///   - written: which version each writing operation is for, and what it does with it.
    ///   - packing: how archives are written.
    ///   - read: which resource of which version an operation reads by its access alone.
    static func json(
        _ plan: TransferPlan, written: [(id: String, version: PlannedVersion)], read: [String: ContentOrigin],
        packing: PackingRecord?, bases: [ComponentVersionIdentity: String]
    ) -> JSON {
        var versions: [JSON] = [], seen: Set<ComponentVersionIdentity> = []
        for version in plan.targets.flatMap(\.versions)
        where !version.action.isSkip && seen.insert(version.identity).inserted {
            versions.append(record(version, base: bases[version.identity] ?? ""))
        }
        var json: JSON = [
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
        if let packing = packing?.json { json["packing"] = packing }
        if !read.isEmpty {
            json["read"] = .object(
                JSONObject(
                    read.sorted { $0.key < $1.key }.map { id, origin in
                        var item = names(origin.version)
                        item["resource"] = origin.resource.json
                        return (id, item)
                    }))
        }
        return json
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
