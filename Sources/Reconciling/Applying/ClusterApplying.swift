// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// What a cluster offers to whom applies objects. Nothing of this is answered out of a cache that may be behind.
///
/// Faults carry `.forbidden` for what we may not do and `.notFound` for what is not there.
public protocol ClusterApplying: ClusterReading {
    /// Whether objects of a kind are in namespaces; nil for a kind that the cluster does not have.
    func isNamespaced(_ kind: GroupVersionKind) async throws -> Bool?
    /// The version of a kind that the cluster prefers; nil when it has none of it.
    func preferred(group: String, kind: String) async throws -> GroupVersionKind?
    /// An object as it is now; nil when there is none.
    func current(_ kind: GroupVersionKind, namespace: String?, name: String) async throws -> KubernetesObject?
    /// The objects of a kind, of one namespace or of all, that a label selector fits.
    func live(_ kind: GroupVersionKind, namespace: String?, selector: String) async throws -> [KubernetesObject]
    /// Applies an object on the server, taking over fields of others (`force`), and gives what it is then.
    func apply(_ object: KubernetesObject, manager: String) async throws -> KubernetesObject
    /// Deletes an object if it still has this `uid`. That it is gone already is no fault.
    func delete(_ object: KubernetesObject) async throws
    /// Sets labels and annotations of an object and leaves all others as they are; nil removes one.
    func label(
        _ object: KubernetesObject, labels: [String: String?], annotations: [String: String?]
    ) async throws -> KubernetesObject
}
