// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Empties namespaces that are being deleted, and gives living ones what every namespace has.
actor NamespaceUpkeep {
    private let api: KubernetesAPI
    private let authority: String?
    private var ending: Set<String> = []
    private var isEmptying: Set<String> = []

    init(_ api: KubernetesAPI, authority: String?) { (self.api, self.authority) = (api, authority) }

    func observe(_ stored: StoredObject, isGone: Bool) async {
        let name = stored.key.name
        switch stored.key.resource.resource {
        case "namespaces":
            guard !isGone, let object = try? stored.object() else {
                ending.remove(name.name)
                return
            }
            if object.isBeingDeleted {
                ending.insert(name.name)
                begin(name.name)
            } else {
                await complete(name.name)
            }
        case "serviceaccounts" where isGone && name.name == "default",
            "configmaps" where isGone && name.name == Self.authorities:
            if let namespace = name.namespace { await complete(namespace) }
        default: break
        }
    }

    /// Looks again at what is not done.
    func retry() async { for name in ending { begin(name) } }

    static let authorities = "kube-root-ca.crt"

    /// The account that pods have which name none, and the certificates that they trust.
    private func complete(_ namespace: String) async {
        let account = KubernetesObject(
            GroupVersionKind("", "v1", "ServiceAccount"), namespace: namespace, name: "default")
        await create(account)
        guard let authority else { return }
        var trusted = KubernetesObject(
            GroupVersionKind("", "v1", "ConfigMap"), namespace: namespace, name: Self.authorities)
        trusted.json["data"] = ["ca.crt": .string(authority)]
        await create(trusted)
    }

    private func create(_ object: KubernetesObject) async {
        guard let kind = object.groupVersionKind, let resource = api.catalogue.resource(of: kind),
            (try? api.store.object(resource.key(object.namespace, object.name))) == nil
        else { return }
        // A namespace that ends meanwhile refuses it, which is right.
        _ = try? await api.create(
            resource, namespace: object.namespace, BodyReading(json: object.json), WriteOptions(), .server)
    }

    private func begin(_ name: String) {
        guard isEmptying.insert(name).inserted else { return }
        Task {
            await empty(name)
            isEmptying.remove(name)
        }
    }

    /// Deletes what is in a namespace until nothing is left; then the namespace may go.
    private func empty(_ name: String) async {
        var pause = Duration.milliseconds(20)
        for _ in 0..<12 {
            do {
                let left = try await deleteContents(of: name)
                guard !left.isEmpty else {
                    _ = try await api.finalize(namespace: name, finalizers: [], .server)
                    return
                }
                try await report(left, in: name)
                try await Task.sleep(for: pause)
                pause = min(pause * 2, .seconds(1))
            } catch { return }
        }
    }

    /// What is still there afterwards, by resource.
    private func deleteContents(of name: String) async throws -> [(
        resource: GroupResource, objects: [KubernetesObject]
    )] {
        var left: [(resource: GroupResource, objects: [KubernetesObject])] = []
        for resource in api.catalogue.stored where resource.isNamespaced {
            var keys: [KubernetesObject] = []
            try await api.forEach(resource, namespace: name) { keys.append($0) }
            for object in keys where !object.isBeingDeleted {
                var options = DeleteOptions()
                options.uid = object.uid
                do { _ = try await api.delete(resource, namespace: name, object.name, options, .server) } catch let
                    status as APIStatus
                { guard status.code == 404 || status.code == 409 else { throw status } }
            }
            var rest: [KubernetesObject] = []
            try await api.forEach(resource, namespace: name) { rest.append($0) }
            if !rest.isEmpty { left.append((resource.groupResource, rest)) }
        }
        return left
    }

    /// Says in the namespace's status what keeps it.
    private func report(_ left: [(resource: GroupResource, objects: [KubernetesObject])], in name: String) async throws
    {
        let conditions = NamespaceConditions.make(left, at: api.now)
        guard let resource = api.catalogue.resource(of: KubernetesAPI.namespaceKind) else { return }
        let edit = ObjectEdit(part: .status) { old in
            var json = old.json
            let isSame = old.conditions.map { [$0.type, $0.message] } == conditions.map { [$0.type, $0.message] }
            if !isSame {
                json["status"] = json["status"] ?? [:]
                json["status"]?["conditions"] = .array(conditions.map(\.json))
            }
            return ObjectEdit.Edited(json: json)
        }
        _ = try await api.change(resource, namespace: nil, name, edit, WriteOptions(), .server)
    }
}
