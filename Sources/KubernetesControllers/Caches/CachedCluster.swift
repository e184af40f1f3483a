// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes
public import KubernetesClient
public import Reconciling

/// A cluster as reconcilers read it: some kinds out of caches, all others by asking.
public final class CachedCluster: ClusterReading {
    private let client: KubernetesClient
    private let discovery: Discovery
    private let caches: [GroupVersionKind: ObjectCache]

    /// Reads these kinds out of caches that somebody runs.
    public init(_ client: KubernetesClient, _ discovery: Discovery, caches: [ObjectCache]) {
        (self.client, self.discovery) = (client, discovery)
        self.caches = Dictionary(caches.map { ($0.kind, $0) }) { one, _ in one }
    }

    /// The cache of a kind; nil when it is not cached.
    public func cache(of kind: GroupVersionKind) -> ObjectCache? { caches[kind] }

    public func get(
        _ kind: GroupVersionKind, namespace: String?, name: String
    ) async throws -> KubernetesObject? {
        if let cache = caches[kind] {
            guard await cache.waitUntilSynced() else { throw CancellationError() }
            return cache[ObjectName(namespace, name)]
        }
        let resource = try await discovery.resource(of: kind)
        do {
            return try await client.get(
                resource.resource, ObjectName(resource.isNamespaced ? namespace : nil, name))
        } catch let status as APIStatus where status.code == 404 { return nil }
    }

    public func list(_ kind: GroupVersionKind, namespace: String?) async throws -> [KubernetesObject] {
        if let cache = caches[kind] {
            guard await cache.waitUntilSynced() else { throw CancellationError() }
            return cache.objects(in: namespace)
        }
        let resource = try await discovery.resource(of: kind)
        return try await client.listAll(resource.resource, namespace: resource.isNamespaced ? namespace : nil).objects
    }
}
