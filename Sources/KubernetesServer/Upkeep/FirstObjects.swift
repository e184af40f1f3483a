// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore

/// The objects that every cluster has.
struct FirstObjects {
    private let api: KubernetesAPI

    init(_ api: KubernetesAPI) { self.api = api }

    /// Creates those that are missing.
    func create() async throws {
        for name in KubernetesAPI.lasting.sorted() {
            try await create(KubernetesObject(KubernetesAPI.namespaceKind, name: name))
        }
        var service = KubernetesObject(
            GroupVersionKind("", "v1", "Service"), namespace: "default", name: "kubernetes")
        service[label: "component"] = "apiserver"
        service[label: "provider"] = "kubernetes"
        service.json["spec"] = [
            "type": "ClusterIP", "clusterIP": "10.43.0.1",
            "ports": [["name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443]],
        ]
        try await create(service)
        for object in DefaultRoles.objects { try await create(object) }
    }

    func create(_ object: KubernetesObject) async throws {
        guard let kind = object.groupVersionKind, let resource = api.catalogue.resource(of: kind),
            try api.store.object(resource.key(object.namespace, object.name)) == nil
        else { return }
        _ = try await api.create(
            resource, namespace: object.namespace, BodyReading(json: object.json), WriteOptions(), .server)
    }
}
