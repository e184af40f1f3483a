// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
internal import KubernetesKinds
internal import KubernetesSchemas

/// All resources that are served at a moment. It never changes; a definition that comes or goes makes another one.
public final class Catalogue: Sendable {
    /// The versions with their resources: first the built-in ones in the order of discovery, then those of definitions
    /// by their names.
    let groups: [ServedGroup]
    private let resources: [GroupVersion: [String: ServedResource]]
    /// The definitions behind what is not built in.
    let definitions: [CustomResourceDefinition]
    /// The documents about it, made when they are asked for.
    let documents: CatalogueDocuments

    /// The built-in kinds, and those of definitions.
    init(_ definitions: [CustomResourceDefinition] = []) {
        self.definitions = definitions
        let custom = definitions.flatMap { definition in
            definition.versions.filter(\.isServed).map { ServedResource(definition, $0) }
        }
        let all = Self.builtin + custom
        var resources: [GroupVersion: [String: ServedResource]] = [:]
        // A definition cannot take a built-in resource's place.
        for resource in all where resources[resource.groupVersion]?[resource.plural] == nil {
            resources[resource.groupVersion, default: [:]][resource.plural] = resource
        }
        self.resources = resources
        groups = ServedGroup.groups(of: all)
        documents = CatalogueDocuments(groups)
        var seen: Set<GroupResource> = []
        stored = groups.flatMap(\.versions).flatMap(\.resources)
            .filter { $0.verbs.contains("list") && seen.insert($0.storage).inserted }
        byStorage = Dictionary(stored.map { ($0.storage, $0) }) { one, _ in one }
    }

    /// The resource of a name in a version; nil when there is none.
    public func resource(_ groupVersion: GroupVersion, _ plural: String) -> ServedResource? {
        resources[groupVersion]?[plural]
    }

    /// The resource of a kind; nil when there is none.
    public func resource(of kind: GroupVersionKind) -> ServedResource? {
        resources[kind.groupVersion]?.values.first { $0.kind.kind == kind.kind && $0.verbs.contains("get") }
            ?? resources[kind.groupVersion]?.values.first { $0.kind.kind == kind.kind }
    }

    /// The resource whose objects are stored in a place, in one of its versions.
    func resource(storing storage: GroupResource) -> ServedResource? { byStorage[storage] }

    /// Every resource whose objects are stored, in one of its versions.
    let stored: [ServedResource]
    private let byStorage: [GroupResource: ServedResource]

    private static let builtin = BuiltinKinds.all.map { ServedResource($0) }
}

/// A group with its versions, the preferred one first.
struct ServedGroup: Sendable {
    let name: String
    let versions: [Version]

    struct Version: Sendable {
        let groupVersion: GroupVersion
        let resources: [ServedResource]
    }

    static func groups(of resources: [ServedResource]) -> [ServedGroup] {
        var order: [String] = []
        var versions: [String: [GroupVersion]] = [:]
        var members: [GroupVersion: [ServedResource]] = [:]
        for resource in resources {
            let groupVersion = resource.groupVersion
            if versions[groupVersion.group] == nil { order.append(groupVersion.group) }
            if versions[groupVersion.group]?.contains(groupVersion) != true {
                versions[groupVersion.group, default: []].append(groupVersion)
            }
            members[groupVersion, default: []].append(resource)
        }
        return order.map { group in
            let sorted = (versions[group] ?? []).sorted { APIVersionOrder.precedes($0.version, $1.version) }
            return ServedGroup(
                name: group, versions: sorted.map { Version(groupVersion: $0, resources: members[$0] ?? []) })
        }
    }
}

extension ServedResource {
    convenience init(_ builtin: BuiltinKind) {
        self.init(
            kind: builtin.kind, listKind: "\(builtin.kind.kind)List", plural: builtin.plural,
            singular: builtin.singular, isNamespaced: builtin.isNamespaced, verbs: builtin.verbs,
            shortNames: builtin.shortNames, categories: builtin.categories,
            subresources: builtin.subresources.map { Part(name: $0.name, kind: $0.kind, verbs: $0.verbs) },
            storage: GroupResource(group: (builtin.form?.kind ?? builtin.kind).group, resource: builtin.plural),
            strategy: BuiltinStrategy(builtin))
    }

    convenience init(_ definition: CustomResourceDefinition, _ version: CustomResourceDefinition.Version) {
        let kind = GroupVersionKind(definition.group, version.name, definition.names.kind)
        let changes = ["get", "patch", "update"]
        var parts: [Part] = []
        if version.hasStatus { parts.append(Part(name: "status", kind: kind, verbs: changes)) }
        if version.scale != nil {
            parts.append(Part(name: "scale", kind: GroupVersionKind("autoscaling", "v1", "Scale"), verbs: changes))
        }
        self.init(
            kind: kind, listKind: definition.names.listKind, plural: definition.names.plural,
            singular: definition.names.singular, isNamespaced: definition.isNamespaced,
            verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            shortNames: definition.names.shortNames, categories: definition.names.categories, subresources: parts,
            storage: GroupResource(group: definition.group, resource: definition.names.plural),
            strategy: CustomStrategy(definition, version))
    }
}
