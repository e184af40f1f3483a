// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesClient
internal import Reconciling

/// A cluster as a client reaches it, for those who apply objects: nothing is answered out of a cache.
struct ClientCluster: ClusterApplying {
    let client: KubernetesClient
    let discovery: Discovery
    let cached: any ClusterReading

    func get(_ kind: GroupVersionKind, namespace: String?, name: String) async throws -> KubernetesObject? {
        try await cached.get(kind, namespace: namespace, name: name)
    }

    func list(_ kind: GroupVersionKind, namespace: String?) async throws -> [KubernetesObject] {
        try await cached.list(kind, namespace: namespace)
    }

    func isNamespaced(_ kind: GroupVersionKind) async throws -> Bool? {
        try await found { try await discovery.resource(of: kind) }?.isNamespaced
    }

    func preferred(group: String, kind: String) async throws -> GroupVersionKind? {
        try await found { try await discovery.preferred(group: group, kind: kind) }?.kind
    }

    func current(_ kind: GroupVersionKind, namespace: String?, name: String) async throws -> KubernetesObject? {
        let resource = try await discovery.resource(of: kind)
        let address = ObjectName(resource.isNamespaced ? namespace : nil, name)
        return try await found { try await told("get", resource) { try await client.get(resource.resource, address) } }
    }

    func live(_ kind: GroupVersionKind, namespace: String?, selector: String) async throws -> [KubernetesObject] {
        let resource = try await discovery.resource(of: kind)
        var options = ListOptions()
        options.labels = try LabelSelector(selector)
        let selection = options
        return try await told("list", resource) {
            try await client.listAll(resource.resource, namespace: resource.isNamespaced ? namespace : nil, selection)
                .objects
        }
    }

    func apply(_ object: KubernetesObject, manager: String) async throws -> KubernetesObject {
        guard let kind = object.groupVersionKind else {
            throw Fault(.invalid, "“\(object.apiVersion.prefix(80))” is no API version")
        }
        let resource = try await discovery.resource(of: kind)
        return try await told("patch", resource) {
            try await client.apply(object, to: resource.resource, force: true, WriteOptions(fieldManager: manager))
        }
    }

    func delete(_ object: KubernetesObject) async throws {
        guard let kind = object.groupVersionKind else { return }
        let resource = try await discovery.resource(of: kind)
        _ = try await found {
            try await told("delete", resource) {
                try await client.delete(
                    resource.resource, object.objectName, DeleteOptions(.background, uid: object.uid))
            }
        }
    }

    func label(
        _ object: KubernetesObject, labels: [String: String?], annotations: [String: String?]
    ) async throws -> KubernetesObject {
        guard let kind = object.groupVersionKind else { return object }
        let resource = try await discovery.resource(of: kind)
        func members(_ texts: [String: String?]) -> JSON {
            .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, $0.value.map { .string($0) } ?? .null) }))
        }
        let patch: JSON = ["metadata": ["labels": members(labels), "annotations": members(annotations)]]
        return try await told("patch", resource) {
            try await client.patch(resource.resource, object.objectName, .merge(patch))
        }
    }

    /// Nil for what is not there.
    private func found<Value>(_ body: () async throws -> Value) async throws -> Value? {
        do { return try await body() } catch let fault as Fault where fault.code == .notFound { return nil }
    }

    /// Faults for refusals, with the right that is missing.
    private func told<Value>(
        _ verb: String, _ resource: APIResource, _ body: () async throws -> Value
    ) async throws -> Value {
        do { return try await body() } catch let status as APIStatus {
            guard status.code == 403 else { throw Fault(status) }
            let group = resource.resource.groupVersion.group
            throw Fault(
                .forbidden, status.message,
                fix: "give the service account of the controllers the verb \(verb) on \(resource.resource.resource)"
                    + (group.isEmpty ? "" : " in \(group)"), cause: status)
        }
    }
}
