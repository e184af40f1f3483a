// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// Objects of a cluster as reconcilers see them, usually out of a cache that is kept by watches.
public protocol ClusterReading: Sendable {
    /// An object; nil when there is none.
    func get(_ kind: GroupVersionKind, namespace: String?, name: String) async throws -> KubernetesObject?
    /// All objects of a kind, of one namespace or of all.
    func list(_ kind: GroupVersionKind, namespace: String?) async throws -> [KubernetesObject]
}

/// Names an object that somebody wants to be told of, or that is to be reconciled.
public struct ObjectAddress: Hashable, Sendable, CustomStringConvertible {
    /// Its kind, in the version in which it is read.
    public let kind: GroupVersionKind
    /// Namespace and name.
    public let name: ObjectName

    /// Both parts, unchecked.
    public init(_ kind: GroupVersionKind, _ name: ObjectName) { (self.kind, self.name) = (kind, name) }

    /// The address of an object; nil when its `apiVersion` is none.
    public init?(of object: KubernetesObject) {
        guard let kind = object.groupVersionKind else { return nil }
        self.init(kind, object.objectName)
    }

    /// `Component demo/app`.
    public var description: String { "\(kind.kind) \(name)" }
}
