// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Kubernetes

/// A resource in one version, as clients see it: what discovery says of it, and how its objects are treated.
public final class ServedResource: Sendable {
    /// Group, version and kind of its objects.
    public let kind: GroupVersionKind
    /// The kind of its lists.
    public let listKind: String
    /// The name in paths: `deployments`.
    public let plural: String
    /// The name of one: `deployment`.
    public let singular: String
    /// Whether its objects live in namespaces.
    public let isNamespaced: Bool
    /// What may be done with it, sorted.
    public let verbs: [String]
    /// Names that are quicker to type.
    public let shortNames: [String]
    /// Sets of kinds that are asked for together: `all`.
    public let categories: [String]
    /// What stands below one object in paths.
    public let subresources: [Part]
    /// Where its objects are stored; several versions, and both groups of events, share one place.
    public let storage: GroupResource
    /// How its objects are treated.
    let strategy: any ResourceStrategy

    /// A part of an object, or something to be done with it, that has a path of its own.
    public struct Part: Sendable {
        /// The last part of the path: `status`.
        public let name: String
        /// The kind of what is sent and answered there.
        public let kind: GroupVersionKind
        /// What may be done there.
        public let verbs: [String]
    }

    init(
        kind: GroupVersionKind, listKind: String, plural: String, singular: String, isNamespaced: Bool,
        verbs: [String], shortNames: [String], categories: [String], subresources: [Part], storage: GroupResource,
        strategy: any ResourceStrategy
    ) {
        (self.kind, self.listKind, self.plural, self.singular) = (kind, listKind, plural, singular)
        (self.isNamespaced, self.verbs, self.shortNames) = (isNamespaced, verbs, shortNames)
        (self.categories, self.subresources, self.storage) = (categories, subresources, storage)
        self.strategy = strategy
    }

    /// Group and version.
    public var groupVersion: GroupVersion { kind.groupVersion }
    /// Group and plural name, as messages name the resource.
    public var groupResource: GroupResource { GroupResource(group: kind.group, resource: plural) }
    /// The subresource of a name; nil when there is none.
    public func part(_ name: String) -> Part? { subresources.first { $0.name == name } }
    /// Whether other writes leave the status alone.
    var hasStatus: Bool { part("status") != nil }

    /// Where an object is stored.
    func key(_ namespace: String?, _ name: String) -> ObjectKey {
        ObjectKey(storage, ObjectName(isNamespaced ? namespace : nil, name))
    }
}
