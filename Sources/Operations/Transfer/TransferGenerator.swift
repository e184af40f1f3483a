// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
public import Documents
internal import Orchestration
internal import Repositories
public import Transfer

/// Writes a transfer plan as a specification of operations, in the form of the OCM command line.
///
/// `environment` holds the descriptors as they were read, and under `transfer` what the plan was made from, so that
/// who runs the specification later can tell whether the sources are still the same. Nothing of a descriptor stands
/// where an expression would be evaluated.
public struct TransferGenerator: Sendable {
    private let plan: TransferPlan
    private let packing: PackingRecord?
    let publishes: Bool
    var names = OperationNames()
    private var environment = JSONObject()
    private var operations: [JSON] = []
    private var bases: [ComponentVersionIdentity: String] = [:]
    /// The operations that read contents, so that several targets share them.
    var readings: [ContentKey: String] = [:]
    /// The resources that operations read which are given an access alone, by id.
    var origins: [String: ContentOrigin] = [:]
    /// How many bytes operations move, by id.
    public internal(set) var weights: [String: Int64] = [:]

    /// Repositories as operations name them, each once.
    private var repositories: [RepositoryLocator: JSON] = [:]

    struct ContentKey: Hashable {
        let identity: ComponentVersionIdentity
        let kind: PlannedContent.Kind
        let index: Int
    }

    /// A generator.
    ///
    /// - Parameters:
    ///   - publishesArtifacts: whether OCI artifacts become images of their own in registries.
    ///   - packing: how archives are written; nil for whole ones.
    public init(_ plan: TransferPlan, publishesArtifacts: Bool = false, packing: PackingRecord? = nil) {
        (self.plan, publishes, self.packing) = (plan, publishesArtifacts, packing)
    }

    /// The specification. Each target that can be written to gets its own operations; reading is shared.
    public mutating func specification() -> JSON {
        for target in plan.targets where target.failure == nil {
            for version in target.versions where bases[version.identity] == nil && !version.action.isSkip {
                let base = names.name(of: version.identity)
                bases[version.identity] = base
                environment[base] = version.version.descriptor.json
            }
        }
        var writers: [(id: String, version: PlannedVersion)] = []
        for (number, target) in plan.targets.enumerated() where target.failure == nil {
            // Targets are told apart where there are several.
            let suffix = plan.targets.count > 1 ? "T\(number)" : ""
            var written: [ComponentVersionIdentity: String] = [:]
            for version in target.versions {
                guard let base = bases[version.identity] else { continue }
                guard let id = write(version, base, suffix, target, written) else { continue }
                written[version.identity] = id
                writers.append((id, version))
            }
        }
        environment[TransferRecord.name] = TransferRecord.json(
            plan, written: writers, read: origins, packing: packing, bases: bases)
        return ["environment": .object(environment), "transformations": .array(operations)]
    }

    /// Adds the operations for one version in one target; gives the id of the last.
    private mutating func write(
        _ version: PlannedVersion, _ base: String, _ suffix: String, _ target: TargetPlan,
        _ written: [ComponentVersionIdentity: String]
    ) -> String? {
        var descriptor: JSON
        let children = version.version.descriptor.references.compactMap { (try? $0.target).flatMap { written[$0] } }
        switch version.action {
        case .skip: return nil
        case .update(let merged, _):
            let name = names.unique(base + suffix + "Updated")
            environment[name] = merged.json
            descriptor = Self.rebuilt(merged.json, name, resources: [:], sources: [:], after: children)
        case .copy:
            var resources: [Int: String] = [:], sources: [Int: String] = [:]
            for content in version.contents {
                let placed = place(content, version, base, suffix, target)
                switch content.kind {
                case .resource: resources[content.index] = "\(placed).output.resource"
                case .source: sources[content.index] = "\(placed).output.resource"
                }
            }
            descriptor = Self.rebuilt(
                version.version.descriptor.json, base, resources: resources, sources: sources, after: children)
        }
        let id = names.unique(base + suffix + "Upload")
        add(
            id, "\(Self.prefix(of: target.repository))AddComponentVersion",
            ["repository": repository(target.locator), "descriptor": descriptor])
        return id
    }

    /// A repository as operations name it.
    mutating func repository(_ locator: RepositoryLocator) -> JSON {
        if let known = repositories[locator] { return known }
        let place = JSON.literal(locator.json)
        repositories[locator] = place
        return place
    }

    mutating func add(_ id: String, _ type: String, _ specification: JSON) {
        operations.append(["id": .string(id), "type": .string("\(type)/v1alpha1"), "spec": specification])
    }

    /// How an expression reads a member.
    static func member(_ key: String, of parent: String) -> String {
        // Other names may be none that a selection takes.
        knownFields.contains(key) ? "\(parent).\(key)" : "dyn(\(parent))[\(JSON.celText(key))]"
    }

    private static let knownFields: Set<String> = [
        "type", "relation", "access", "digest", "extraIdentity", "srcRefs", "meta", "component", "signatures",
        "nestedDigests", "name", "version", "provider", "labels", "creationTime",
        "repositoryContexts", "resources", "sources", "componentReferences",
    ]

    /// A descriptor whose every field comes from the environment, but for elements that have a new access.
    ///
    /// - Parameter children: operations that come first; one field reads them without taking anything from them.
    private static func rebuilt(
        _ descriptor: JSON, _ name: String, resources: [Int: String], sources: [Int: String], after children: [String]
    ) -> JSON {
        if resources.isEmpty && sources.isEmpty && children.isEmpty { return .string("${environment.\(name)}") }
        var rebuilt = JSONObject()
        for (key, value) in descriptor.object ?? [:] {
            let parent = member(key, of: "environment.\(name)")
            guard key == "component" else {
                rebuilt[key] = .string("${\(parent)}")
                continue
            }
            var component = JSONObject()
            for (key, value) in value.object ?? [:] {
                let path = member(key, of: parent)
                let moved = key == "resources" ? resources : key == "sources" ? sources : [:]
                if key == "version", !children.isEmpty {
                    let others = children.map { "\($0).output.descriptor.component.version" }
                    component[key] = .string(
                        "${[\(path), \(others.joined(separator: ", "))][0]}")
                } else if !moved.isEmpty {
                    component[key] = .array(
                        (value.array ?? []).indices.map { number in
                            moved[number].map { .string("${\($0)}") } ?? .string("${\(path)[\(number)]}")
                        })
                } else {
                    component[key] = .string("${\(path)}")
                }
            }
            rebuilt[key] = .object(component)
        }
        return .object(rebuilt)
    }

    /// How the kinds of operations on a repository begin; nil for one that they do not know.
    static func kind(of repository: any ComponentVersionRepository) -> String? {
        switch repository.locator.kind {
        case .registry: "OCI"
        case .archive: "CTF"
        case .componentArchive: nil
        }
    }

    static func prefix(of repository: any ComponentVersionRepository) -> String {
        kind(of: repository) ?? "CTF"
    }
}
