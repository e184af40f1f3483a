// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// The kinds of the group `delivery.ocm.software`, version `v1alpha1`.
public enum DeliveryKind: String, Sendable, CaseIterable {
    /// Where component versions are.
    case repository = "Repository"
    /// One component, of which a version is chosen and verified.
    case component = "Component"
    /// One resource of a component version.
    case resource = "Resource"
    /// What applies a resource's manifests to the cluster.
    case deployer = "Deployer"
    /// What carries the versions of a Component into another Repository.
    case replication = "Replication"

    /// Group and version of all of them.
    public static let groupVersion = GroupVersion(group: "delivery.ocm.software", version: "v1alpha1")

    /// The kind as objects name it.
    public var groupVersionKind: GroupVersionKind { Self.groupVersion.kind(rawValue) }
    /// The plural name, as paths have it.
    public var plural: String { self == .repository ? "repositories" : "\(rawValue.lowercased())s" }
    /// The resource as paths have it.
    public var resource: GroupVersionResource { Self.groupVersion.resource(plural) }
    /// Whether its objects are in namespaces.
    public var isNamespaced: Bool { self != .deployer }

    /// What keeps an object until its controller has undone its work.
    public var finalizers: [String] {
        switch self {
        case .repository, .component, .resource, .replication: ["finalizers.ocm.software/\(rawValue.lowercased())"]
        // The first is one that the first implementation sets; taking it off lets its objects go too.
        case .deployer: ["delivery.ocm.software/watch", "delivery.ocm.software/applyset-prune"]
        }
    }

    /// The kind of an object of the group; nil for all others.
    public init?(_ object: KubernetesObject) {
        guard object.apiVersion == Self.groupVersion.description else { return nil }
        self.init(rawValue: object.kind)
    }
}
