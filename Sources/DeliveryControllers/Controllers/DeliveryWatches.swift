// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Kubernetes
public import Reconciling

/// Which objects are to be reconciled when something changes that they refer to, or that refers to them.
public struct DeliveryWatches: Sendable {
    private let cluster: any ClusterReading

    /// Knows the objects of a cluster.
    public init(_ cluster: any ClusterReading) { self.cluster = cluster }

    /// The objects of this group that a change of another object concerns, beside the object itself.
    ///
    /// - What refers to it, by the reference of its specification.
    /// - What it refers to, while that is being deleted: it may go when the last that uses it is gone.
    /// - For a Secret or ConfigMap, what has it in its configuration, or a key in it.
    /// - For an applied object, its deployer.
    public func affected(by object: KubernetesObject) async throws -> Set<ObjectAddress> {
        switch DeliveryKind(object) {
        case .repository:
            return try await users(of: object, .component, "repositoryRef")
                .union(users(of: object, .replication, "targetRepositoryRef"))
        case .component:
            return try await users(of: object, .resource, "componentRef")
                .union(users(of: object, .replication, "componentRef"))
                .union(deleted(.repository, object, "repositoryRef"))
        case .resource:
            return try await users(of: object, .deployer, "resourceRef")
                .union(deleted(.component, object, "componentRef"))
        case .deployer: return try await deleted(.resource, object, "resourceRef")
        case .replication: return []
        case nil: break
        }
        if object.apiVersion == "v1", ["Secret", "ConfigMap"].contains(object.kind) {
            return try await configured(by: object).union(deployers(of: object))
        }
        return deployers(of: object)
    }

    private func users(
        of object: KubernetesObject, _ kind: DeliveryKind, _ field: String
    ) async throws -> Set<ObjectAddress> {
        let namespace = kind.isNamespaced ? object.namespace : nil
        let users = try await cluster.list(kind.groupVersionKind, namespace: namespace).filter { user in
            let reference = user.json["spec"]?[field]
            return reference?["name"]?.string == object.name
                && (kind.isNamespaced || reference?["namespace"]?.string == object.namespace)
        }
        return Set(users.map { ObjectAddress(kind.groupVersionKind, $0.objectName) })
    }

    private func deleted(
        _ kind: DeliveryKind, _ user: KubernetesObject, _ field: String
    ) async throws -> Set<ObjectAddress> {
        let reference = user.json["spec"]?[field]
        guard let name = reference?["name"]?.string,
            let used = try await cluster.get(
                kind.groupVersionKind, namespace: user.namespace ?? reference?["namespace"]?.string, name: name),
            used.isBeingDeleted
        else { return [] }
        return [ObjectAddress(kind.groupVersionKind, used.objectName)]
    }

    private func configured(by object: KubernetesObject) async throws -> Set<ObjectAddress> {
        var affected: Set<ObjectAddress> = []
        for kind in DeliveryKind.allCases {
            for user in try await cluster.list(kind.groupVersionKind, namespace: nil) where Self.uses(user, object) {
                affected.insert(ObjectAddress(kind.groupVersionKind, user.objectName))
            }
        }
        return affected
    }

    private static func uses(_ user: KubernetesObject, _ object: KubernetesObject) -> Bool {
        var references = user.effectiveConfiguration
        for item in user.json["spec"]?["ocmConfig"]?.array ?? [] {
            if let reference = try? ConfigurationReference(item, path: "spec.ocmConfig") {
                references.append(reference)
            }
        }
        let isConfigured = references.contains {
            $0.kind == object.kind && $0.name == object.name && ($0.namespace ?? user.namespace) == object.namespace
        }
        if isConfigured { return true }
        guard object.kind == "Secret", user.namespace == object.namespace else { return false }
        return (user.json["spec"]?["verify"]?.array ?? []).contains {
            $0["secretRef"]?["name"]?.string == object.name
        }
    }

    private func deployers(of object: KubernetesObject) -> Set<ObjectAddress> {
        let owners = object.ownerReferences.filter {
            $0.kind == DeliveryKind.deployer.rawValue && $0.apiVersion == DeliveryKind.groupVersion.description
        }
        return Set(owners.map { ObjectAddress(DeliveryKind.deployer.groupVersionKind, ObjectName(nil, $0.name)) })
    }
}
