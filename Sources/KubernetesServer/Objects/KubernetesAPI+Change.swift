// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesPatches
internal import KubernetesStore

/// What a request wants to make of an object.
struct ObjectEdit: Sendable {
    /// Which part of it is written.
    var part = ObjectPart.main
    /// The object that the request wants, given the one there is; with managed fields as the request leaves them.
    var edit: @Sendable (KubernetesObject) throws -> Edited
    /// What to create when there is no such object; nil where that is an error.
    var creation: (@Sendable () throws -> Edited)?

    /// What came out of an edit.
    struct Edited: Sendable {
        var json: JSON
        var repeatedFields: [String] = []
        /// Whether managed fields are up to date already, as after an apply.
        var isTracked = false
        /// Whether the version that the object says it has must be the one there is, even when it says none.
        var needsVersion = false
        /// Whether it came of a patch; what is wrong with it is then wrong with the patch.
        var isPatched = false
    }
}

extension KubernetesAPI {
    /// How often a change is tried again when others change the object meanwhile.
    private static let attempts = 30

    /// Changes an object; returns it as clients of the version see it, and whether it was created.
    ///
    /// What changes nothing is not stored. An object that is being deleted goes when its last finalizer does.
    func change(
        _ resource: ServedResource, namespace: String?, _ name: String, _ edit: ObjectEdit, _ options: WriteOptions,
        _ context: RequestContext
    ) async throws -> (object: KubernetesObject, isNew: Bool) {
        for attempt in 1... {
            guard let stored = try store.object(resource.key(namespace, name)) else {
                guard let creation = edit.creation else { throw APIStatus.notFound(resource.groupResource, name) }
                // Who may only change objects does not make them by another verb.
                try access.check(
                    RequestAttributes(
                        context.user, "create", group: resource.kind.group, version: resource.kind.version,
                        resource: resource.plural, namespace: namespace ?? "", name: name))
                do {
                    return (try await create(resource, namespace, name, creation(), options, context), true)
                } catch let status as APIStatus where status.reason == "AlreadyExists" && attempt < Self.attempts {
                    continue
                }
            }
            do {
                return (try await change(resource, stored, edit, options, context), false)
            } catch let conflict as StoreConflict {
                guard attempt < Self.attempts else { throw APIStatus.modified(resource.groupResource, name) }
                if conflict == .missing, edit.creation == nil { throw APIStatus.notFound(resource.groupResource, name) }
                await Task.yield()
            }
        }
        throw APIStatus.modified(resource.groupResource, name)
    }

    private func create(
        _ resource: ServedResource, _ namespace: String?, _ name: String, _ edited: ObjectEdit.Edited,
        _ options: WriteOptions, _ context: RequestContext
    ) async throws -> KubernetesObject {
        let (object, managed) = try read(edited, resource, name, options, context)
        if let uid = object.uid, !uid.isEmpty {
            throw APIStatus.conflict(
                resource.groupResource, name, "Precondition failed: UID in precondition: \(uid), UID in object meta: ")
        }
        let isTracked = edited.isTracked
        return try await create(resource, namespace: namespace, admitted: object, options, context) { object in
            var object = object
            object.managedFields = managed
            if isTracked { return object.json }
            return resource.tracking(.main).update(
                live: nil, new: object.json, manager: options.manager, at: self.clock()
            ).object
        }
    }

    /// The object that came out of an edit, in the form of its kind, and its managed fields.
    private func read(
        _ edited: ObjectEdit.Edited, _ resource: ServedResource, _ name: String, _ options: WriteOptions,
        _ context: RequestContext
    ) throws -> (KubernetesObject, managed: JSON?) {
        var json = edited.json
        try ObjectIdentity.checkKind(&json, resource.kind)
        if let problem = KubernetesObject(unchecked: json).problem { throw APIStatus.badRequest(problem) }
        let managed = KubernetesObject(unchecked: json).managedFields
        json["metadata"]?["managedFields"] = JSON?.none
        let admitted: (object: JSON, unknownFields: [String])
        do {
            admitted = try resource.strategy.admitted(json)
        } catch let fault as Fault {
            throw edited.isPatched
                ? APIStatus.invalidPatch(json, fault.message) : APIStatus.unhandled(resource.kind, fault.message)
        }
        try check(admitted.unknownFields, of: edited, json, resource, options, context)
        var object = KubernetesObject(unchecked: admitted.object)
        if object.name.isEmpty { object.name = name }
        guard object.name == name else {
            throw APIStatus.badRequest(
                "the name of the object (\(object.name.prefix(300))) does not match the name on the URL (\(name))")
        }
        return (object, managed)
    }

    private func check(
        _ unknown: [String], of edited: ObjectEdit.Edited, _ json: JSON, _ resource: ServedResource,
        _ options: WriteOptions, _ context: RequestContext
    ) throws {
        do {
            try context.check(
                unknown: unknown, repeated: edited.repeatedFields, options.fieldValidation, resource.kind)
        } catch let status as APIStatus {
            guard edited.isPatched, let start = status.message.firstRange(of: "strict decoding error: ") else {
                throw status
            }
            throw APIStatus.invalidPatch(json, String(status.message[start.lowerBound...]))
        }
    }

    /// One attempt; throws `StoreConflict` when others were faster and the request does not mind.
    private func change(
        _ resource: ServedResource, _ stored: StoredObject, _ edit: ObjectEdit, _ options: WriteOptions,
        _ context: RequestContext
    ) async throws -> KubernetesObject {
        let old = try resource.shown(stored)
        let edited = try edit.edit(old)
        var (object, managed) = try read(edited, resource, stored.key.name.name, options, context)
        try ObjectIdentity.checkNamespace(&object, stored.key.name.namespace, isNamespaced: resource.isNamespaced)
        try checkPreconditions(object, old, resource, edited)
        ObjectIdentity.keep(&object, of: old)
        object.managedFields = managed
        if edit.part == .main, resource.hasStatus { object.json["status"] = old.json["status"] }
        if edit.part == .status { object = Self.withStatus(of: object, in: old) }
        if !edited.isTracked {
            object.json =
                resource.tracking(edit.part).update(
                    live: old.json, new: object.json, manager: options.manager, at: clock()
                ).object
        }
        resource.strategy.prepare(&object.json, replacing: old.json)
        if edit.part == .main, resource.strategy.countsGenerations,
            Self.wants(object.json, resource) != Self.wants(old.json, resource)
        {
            object.generation = old.generation + 1
        }
        object.resourceVersion = old.resourceVersion
        if object.json == old.json { return old }
        object = try await admit(
            ObjectChange(resource: resource, part: edit.part, old: old, new: object, options: options), context)
        try check(object, old: old, resource, edit.part, context)
        if options.isDryRun { return object }
        return try await write(object, resource, stored)
    }

    /// Stores a changed object, or removes it when it was only waiting for its finalizers.
    func write(
        _ object: KubernetesObject, _ resource: ServedResource, _ stored: StoredObject
    ) async throws -> KubernetesObject {
        var object = object
        let form = KubernetesObject(unchecked: resource.strategy.stored(object.json))
        let isDone = object.isBeingDeleted && object.holders.isEmpty && !object.isEndingGracefully
        let kept =
            if isDone {
                try await store.remove(stored.key, last: form, if: .revision(stored.revision))
            } else {
                try await store.put(stored.key, form, if: .revision(stored.revision))
            }
        object.resourceVersion = "\(kept.revision)"
        try note(object, resource, isGone: isDone)
        return object
    }

    /// Refuses what is meant for another object, or another version of it. A request that says which version it means
    /// is refused when it is tried again on the next one.
    private func checkPreconditions(
        _ object: KubernetesObject, _ old: KubernetesObject, _ resource: ServedResource, _ edited: ObjectEdit.Edited
    ) throws {
        if let uid = object.uid, !uid.isEmpty, uid != old.uid {
            throw APIStatus.conflict(
                resource.groupResource, old.name,
                "Precondition failed: UID in precondition: \(uid.prefix(100)), UID in object meta: \(old.uid ?? "")")
        }
        guard let version = object.resourceVersion, version != "0" || edited.needsVersion else {
            guard !edited.needsVersion || resource.strategy.replacesUnconditionally else {
                throw APIStatus.invalid(
                    resource.kind, old.name,
                    [
                        FieldError(
                            .invalid, "metadata.resourceVersion", value: "", valueText: "0x0",
                            "must be specified for an update")
                    ])
            }
            return
        }
        guard version == old.resourceVersion else { throw APIStatus.modified(resource.groupResource, old.name) }
    }

    /// What of an object is wanted: all but metadata, and status where that is a part of its own.
    private static func wants(_ json: JSON, _ resource: ServedResource) -> JSON {
        var json = json
        json["metadata"] = JSON?.none
        if resource.hasStatus { json["status"] = JSON?.none }
        return json
    }

    private static func withStatus(of object: KubernetesObject, in old: KubernetesObject) -> KubernetesObject {
        var kept = old
        kept.json["status"] = object.json["status"]
        kept.managedFields = object.managedFields
        return kept
    }
}

extension KubernetesObject {
    /// Who must agree before the object may go: its finalizers, and those of a namespace's contents.
    var holders: [String] {
        guard kind == "Namespace", apiVersion == "v1" else { return finalizers }
        return finalizers + (json["spec"]?["finalizers"]?.array ?? []).compactMap(\.string)
    }

    /// Whether it has time to end by itself.
    var isEndingGracefully: Bool { (json["metadata"]?["deletionGracePeriodSeconds"]?.int ?? 0) > 0 }
}
