// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore

/// Deletes objects whose owners are all gone, and waits for dependents, or lets go of them, where a deletion asks for
/// that.
///
/// An owner is the object with the reference's uid; another one of the same name is not. Owners live in the namespace of
/// their dependents or in none. What cannot be found out (a kind that is not served) keeps the dependent.
actor GarbageCollector {
    /// The finalizers that are its own.
    private static let finalizers: Set<String> = [DeleteOptions.foregroundFinalizer, DeleteOptions.orphanFinalizer]
    private let api: KubernetesAPI
    /// The owners that an object names.
    private var owners: [ObjectKey: [OwnerReference]] = [:]
    /// Who names an owner, by its uid.
    private var dependents: [String: Set<ObjectKey>] = [:]
    /// Objects that wait for their dependents to go, or to be let go.
    private var waiting: Set<ObjectKey> = []
    /// Objects whose owners have to be looked at again.
    private var unsettled: Set<ObjectKey> = []

    init(_ api: KubernetesAPI) { self.api = api }

    /// Takes note of what happened to an object, and does what follows.
    func observe(_ stored: StoredObject, isGone: Bool) async {
        let key = stored.key
        // Most objects have no owners and are not being deleted: their text says so without being read.
        let isRelevant = !isGone && (stored.mentions("ownerReferences") || stored.mentions("deletionTimestamp"))
        let object = isRelevant ? try? stored.object() : nil
        note(key, isGone ? [] : object?.ownerReferences ?? [])
        if isGone {
            waiting.remove(key)
            for dependent in dependents[stored.uid] ?? [] { await settle(dependent) }
            return await proceedWithAll()
        }
        guard let object else { return }
        if object.isBeingDeleted, !Self.finalizers.isDisjoint(with: object.finalizers) {
            waiting.insert(key)
            await proceed(key)
        }
        if !object.ownerReferences.isEmpty { await settle(key) }
    }

    /// Looks again at what could not be settled.
    func retry() async {
        for key in unsettled { await settle(key) }
        for key in waiting { await proceed(key) }
    }

    private func note(_ key: ObjectKey, _ references: [OwnerReference]) {
        for old in owners[key] ?? [] {
            dependents[old.uid]?.remove(key)
            if dependents[old.uid]?.isEmpty == true { dependents[old.uid] = nil }
        }
        owners[key] = references.isEmpty ? nil : references
        for reference in references { dependents[reference.uid, default: []].insert(key) }
        if references.isEmpty { unsettled.remove(key) }
    }

    /// What became of the object that a reference means.
    private enum Owner { case there, waitingForDependents, gone, unknown }

    private func owner(_ reference: OwnerReference, of key: ObjectKey) -> Owner {
        let kind = GroupVersionKind(apiVersion: reference.apiVersion, kind: reference.kind)
        guard let resource = api.catalogue.resource(of: kind) else { return .unknown }
        // An object without a namespace cannot have an owner in one.
        if resource.isNamespaced, key.name.namespace == nil { return .unknown }
        do {
            guard let stored = try api.store.object(resource.key(key.name.namespace, reference.name)),
                stored.uid == reference.uid
            else { return .gone }
            guard stored.mentions(DeleteOptions.foregroundFinalizer) else { return .there }
            let object = try stored.object()
            let waits = object.isBeingDeleted && object.finalizers.contains(DeleteOptions.foregroundFinalizer)
            return waits ? .waitingForDependents : .there
        } catch { return .unknown }
    }

    /// Deletes an object whose owners are all gone or wait for it; drops references to owners that are gone while others
    /// are there.
    private func settle(_ key: ObjectKey) async {
        guard let references = owners[key], !references.isEmpty else { return }
        unsettled.remove(key)
        let states = references.map { owner($0, of: key) }
        guard !states.contains(.unknown) else {
            unsettled.insert(key)
            return
        }
        guard let resource = servedResource(key) else { return }
        do {
            if states.contains(.there) {
                let lost = zip(references, states).filter { $0.1 != .there }.map(\.0.uid)
                if !lost.isEmpty { try await drop(owners: Set(lost), of: key, resource) }
                return
            }
            guard let stored = try api.store.object(key) else { return }
            let object = try stored.object()
            guard !object.isBeingDeleted else { return }
            var options = DeleteOptions()
            (options.uid, options.resourceVersion) = (object.uid, object.resourceVersion)
            // A dependent that its owner waits for lets its own dependents go first as well.
            let isWaitedFor = states.contains(.waitingForDependents) && dependents[object.uid ?? ""] != nil
            options.propagation = isWaitedFor ? .foreground : .background
            if object.finalizers.contains(DeleteOptions.orphanFinalizer) { options.propagation = .orphan }
            _ = try await api.delete(resource, namespace: key.name.namespace, key.name.name, options, .server)
        } catch let status as APIStatus where status.reason == "NotFound" {
        } catch {
            unsettled.insert(key)
        }
    }

    /// Tells owners that wait for their dependents that one is gone.
    private func proceedWithAll() async {
        for key in waiting { await proceed(key) }
    }

    /// Goes on with an object that waits for its dependents.
    private func proceed(_ key: ObjectKey) async {
        do {
            guard let resource = servedResource(key), let stored = try api.store.object(key) else {
                waiting.remove(key)
                return
            }
            let object = try stored.object()
            guard object.isBeingDeleted else { return }
            let uid = object.uid ?? ""
            if object.finalizers.contains(DeleteOptions.orphanFinalizer) {
                for dependent in dependents[uid] ?? [] {
                    guard let other = servedResource(dependent) else { continue }
                    try await drop(owners: [uid], of: dependent, other)
                }
                try await removeFinalizer(DeleteOptions.orphanFinalizer, key, resource)
            } else if object.finalizers.contains(DeleteOptions.foregroundFinalizer) {
                for dependent in dependents[uid] ?? [] { await settle(dependent) }
                let blocking = (dependents[uid] ?? []).filter { dependent in
                    owners[dependent]?.contains { $0.uid == uid && $0.blocksOwnerDeletion } ?? false
                        && (try? api.store.object(dependent)) != nil
                }
                guard blocking.isEmpty else { return }
                try await removeFinalizer(DeleteOptions.foregroundFinalizer, key, resource)
            }
            waiting.remove(key)
        } catch let status as APIStatus where status.reason == "NotFound" {
            waiting.remove(key)
        } catch {}
    }

    private func drop(owners uids: Set<String>, of key: ObjectKey, _ resource: ServedResource) async throws {
        try await change(key, resource) { object in
            let kept = (object.json["metadata"]?["ownerReferences"]?.array ?? []).filter {
                !uids.contains($0["uid"]?.string ?? "")
            }
            object.setMetadata("ownerReferences", kept.isEmpty ? JSON?.none : .array(kept))
        }
    }

    private func removeFinalizer(_ name: String, _ key: ObjectKey, _ resource: ServedResource) async throws {
        try await change(key, resource) { $0.finalizers.removeAll { $0 == name } }
    }

    private func change(
        _ key: ObjectKey, _ resource: ServedResource, _ edit: @escaping @Sendable (inout KubernetesObject) -> Void
    ) async throws {
        let change = ObjectEdit(part: .whole) { old in
            var object = old
            edit(&object)
            return ObjectEdit.Edited(json: object.json)
        }
        var options = WriteOptions()
        options.fieldValidation = .ignore
        _ = try await api.change(resource, namespace: key.name.namespace, key.name.name, change, options, .server)
    }

    private func servedResource(_ key: ObjectKey) -> ServedResource? { api.catalogue.resource(storing: key.resource) }
}
