// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Deletes the objects of definitions that are being deleted, and lets the definitions go afterwards.
actor DefinitionUpkeep {
    private let api: KubernetesAPI
    private var ending: Set<String> = []

    init(_ api: KubernetesAPI) { self.api = api }

    func observe(_ stored: StoredObject, isGone: Bool) async {
        let name = stored.key.name.name
        if isGone {
            ending.remove(name)
        } else if stored.mentions("deletionTimestamp"), (try? stored.object())?.isBeingDeleted == true {
            ending.insert(name)
            await clean(name)
        }
        try? api.refreshDefinitions()
        await settleNames()
    }

    /// Leaves what is not done.
    func end() { ending = [] }

    /// Looks again at what is not done.
    func retry() async { for name in ending { await clean(name) } }

    private func clean(_ name: String) async {
        let key = ObjectKey(DefinitionAdmission.resource, ObjectName(nil, name))
        do {
            guard let object = try api.store.object(key)?.object(), object.isBeingDeleted,
                object.finalizers.contains(DefinitionAdmission.finalizer)
            else { return }
            let group = object.json["spec"]?["group"]?.string ?? ""
            let plural = object.json["spec"]?["names"]?["plural"]?.string ?? ""
            try await report(name)
            if let resource = api.catalogue.resource(storing: GroupResource(group: group, resource: plural)) {
                guard try await deleteAll(resource) else { return again(name) }
            }
            guard let definitions else { return }
            let edit = ObjectEdit(part: .whole) { old in
                var object = old
                object.finalizers.removeAll { $0 == DefinitionAdmission.finalizer }
                return ObjectEdit.Edited(json: object.json)
            }
            _ = try await api.change(definitions, namespace: nil, name, edit, WriteOptions(), .server)
        } catch { again(name) }
    }

    private var definitions: ServedResource? {
        api.catalogue.resource(of: GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition"))
    }

    /// Says in a definition's status that its objects are being deleted.
    private func report(_ name: String) async throws {
        guard let definitions else { return }
        let condition = Condition(
            "Terminating", .yes, reason: "InstanceDeletionInProgress", "CustomResource deletion is in progress",
            lastTransition: api.now)
        let edit = ObjectEdit(part: .status) { old in
            var json = old.json
            if !old.isTrue("Terminating") {
                let others = (json["status"]?["conditions"]?.array ?? []).filter { $0["type"] != "Terminating" }
                json["status"] = json["status"] ?? [:]
                json["status"]?["conditions"] = .array(others + [condition.json])
            }
            return ObjectEdit.Edited(json: json)
        }
        _ = try await api.change(definitions, namespace: nil, name, edit, WriteOptions(), .server)
    }

    /// Serves definitions that waited for names which nobody has any more.
    private func settleNames() async {
        guard let definitions else { return }
        try? await api.forEach(definitions) { object in
            guard !object.isTrue("Established"), !object.isBeingDeleted else { return }
            let change = ObjectChange(
                resource: definitions, part: .main, old: object, new: object, options: WriteOptions())
            guard let settled = try? DefinitionAdmission(api).admitted(change), settled.isTrue("Established"),
                let stored = try? api.storedObject(definitions, nil, object.name)
            else { return }
            // Whoever was faster wrote the definition, and it is looked at again.
            _ = try? await api.write(settled, definitions, stored)
        }
    }

    /// Whether no object is left.
    private func deleteAll(_ resource: ServedResource) async throws -> Bool {
        var objects: [KubernetesObject] = []
        try await api.forEach(resource) { objects.append($0) }
        for object in objects where !object.isBeingDeleted {
            do {
                _ = try await api.delete(resource, namespace: object.namespace, object.name, DeleteOptions(), .server)
            } catch let status as APIStatus { guard status.code == 404 else { throw status } }
        }
        var isEmpty = true
        try await api.forEach(resource) { _ in isEmpty = false }
        return isEmpty
    }

    private func again(_ name: String) {
        guard ending.contains(name) else { return }
        Task {
            try? await Task.sleep(for: .milliseconds(250))
            if ending.contains(name) { await clean(name) }
        }
    }
}
