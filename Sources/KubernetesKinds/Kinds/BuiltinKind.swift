// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Kubernetes

/// A kind of objects that the server knows without a definition, as discovery shows it.
public struct BuiltinKind: Sendable {
    /// Group, version and kind.
    public let kind: GroupVersionKind
    /// The name in paths: `deployments`.
    public let plural: String
    /// Whether its objects live in namespaces.
    public let isNamespaced: Bool
    /// What may be done with it, sorted: `create`, `delete`, `deletecollection`, `get`, `list`, `patch`, `update`,
    /// `watch`. Kinds that can only be created are answered and not stored.
    public let verbs: [String]
    /// Names that are quicker to type: `deploy`.
    public let shortNames: [String]
    /// Sets of kinds that are asked for together: `all`.
    public let categories: [String]
    /// What stands below one object in paths.
    public let subresources: [Subresource]
    /// The fields that lists can be narrowed by, after `metadata.name` and `metadata.namespace`.
    let moreFields: [SelectableField]

    /// The kind in lower case: `deployment`.
    public var singular: String { kind.kind.lowercased() }
    /// The type of its objects, as OpenAPI calls it.
    public var typeName: String { TypeTable.builtin.type(of: kind)?.name ?? "" }
    /// How its objects are stored; nil when they are stored as they are.
    public var form: StoredForm? { StoredForm.form(of: kind) }
    /// Whether objects of it are stored.
    public var isStored: Bool { verbs.contains("get") }
    /// The fields that lists can be narrowed by.
    public var selectableFields: [SelectableField] {
        let name = [SelectableField("metadata.name")]
        return name + (isNamespaced ? [SelectableField("metadata.namespace")] : []) + moreFields
    }
    /// Whether it has the subresource `status`, so that other writes leave the status alone.
    public var hasStatus: Bool { subresources.contains { $0.name == "status" } }

    init(
        _ package: String, _ kind: String, _ plural: String, _ scope: Scope, short: [String] = [],
        categories: [String] = [], subresources: [Subresource] = [], fields: [SelectableField] = [],
        verbs: [String] = BuiltinKind.storedVerbs
    ) {
        guard let home = TypePackage.all.first(where: { $0.alias == package }) else {
            preconditionFailure("no package \(package)")
        }
        let own = GroupVersionKind(home.group, home.version, kind)
        self.kind = own
        (self.plural, isNamespaced, self.verbs) = (plural, scope == .namespaced, verbs)
        (shortNames, self.categories, moreFields) = (short, categories, fields)
        // What is only named is a view of the object itself.
        self.subresources = subresources.map { subresource in
            subresource.kind.kind.isEmpty
                ? Subresource(name: subresource.name, kind: own, verbs: subresource.verbs) : subresource
        }
    }

    enum Scope { case namespaced, cluster }

    static let storedVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
}

/// A part of an object, or something to be done with it, that has a path of its own.
public struct Subresource: Sendable {
    /// The last part of the path: `status`.
    public let name: String
    /// The kind of what is sent and answered there.
    public let kind: GroupVersionKind
    /// What may be done there.
    public let verbs: [String]

    static let status = Subresource(name: "status", kind: ownKind, verbs: ["get", "patch", "update"])
    static let scale = Subresource(
        name: "scale", kind: GroupVersionKind("autoscaling", "v1", "Scale"),
        verbs: ["get", "patch", "update"])

    /// One that deals in the object's own kind.
    static func own(_ name: String, _ verbs: String...) -> Subresource {
        Subresource(name: name, kind: ownKind, verbs: verbs)
    }

    /// One that deals in another kind.
    static func other(_ name: String, _ apiVersion: String, _ kind: String, _ verbs: String...) -> Subresource {
        Subresource(name: name, kind: GroupVersionKind(apiVersion: apiVersion, kind: kind), verbs: verbs)
    }

    /// Stands for the kind of the object until that is known.
    private static let ownKind = GroupVersionKind("", "", "")
}
