// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesStore

extension KubernetesAPI {
    static let namespaceKind = GroupVersionKind("", "v1", "Namespace")

    /// Sets who still keeps a namespace; with nobody left, one that is being deleted is gone.
    func finalize(
        namespace name: String, finalizers: JSON, _ context: RequestContext
    ) async throws -> KubernetesObject {
        guard let resource = catalogue.resource(of: Self.namespaceKind) else { throw APIStatus.noResource() }
        for attempt in 1... {
            let stored = try storedObject(resource, nil, name)
            var object = try stored.object()
            object.json["spec"] = object.json["spec"] ?? [:]
            let isEmpty = finalizers.array?.isEmpty ?? true
            object.json["spec"]?["finalizers"] = isEmpty ? JSON?.none : finalizers
            do { return try await write(object, resource, stored) } catch is StoreConflict where attempt < 30 {
                await Task.yield()
            }
        }
        throw APIStatus.modified(resource.groupResource, name)
    }

    /// Throws 429 when a budget does not allow that a pod goes.
    func checkBudgets(of pod: KubernetesObject) async throws {
        let kind = GroupVersionKind("policy", "v1", "PodDisruptionBudget")
        guard let budgets = catalogue.resource(of: kind), pod.json["status"]?["phase"] == "Running" else { return }
        try await forEach(budgets, namespace: pod.namespace) { budget in
            guard let selector = budget.json["spec"]?["selector"], let parsed = try? LabelSelector(selector),
                parsed.matches(pod), budget.json["status"]?["disruptionsAllowed"]?.int ?? 0 < 1
            else { return }
            throw APIStatus.tooManyRequests(
                "Cannot evict pod as it would violate the pod's disruption budget.", after: 10)
        }
    }
}
