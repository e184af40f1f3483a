// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesStore
internal import WebServer

/// How an object is to be deleted.
struct DeleteOptions: Sendable {
    enum Propagation: String, Sendable { case orphan = "Orphan", background = "Background", foreground = "Foreground" }
    var propagation: Propagation?
    var gracePeriodSeconds: Int64?
    var uid: String?
    var resourceVersion: String?
    var isDryRun = false

    static let foregroundFinalizer = "foregroundDeletion"
    static let orphanFinalizer = "orphan"

    init() {}

    /// Options of the query, and those of the body, which count more.
    init(_ query: QueryValues, body: JSON?) throws {
        isDryRun = try WriteOptions.dryRun(
            query.query.values(for: "dryRun") + (body?["dryRun"]?.array ?? []).compactMap(\.string), "DeleteOptions")
        gracePeriodSeconds = try body?["gracePeriodSeconds"]?.int ?? query.number("gracePeriodSeconds")
        uid = body?["preconditions"]?["uid"]?.string
        resourceVersion = body?["preconditions"]?["resourceVersion"]?.string
        let orphans = try body?["orphanDependents"]?.bool ?? query.flag("orphanDependents")
        if let text = body?["propagationPolicy"]?.string ?? query.text("propagationPolicy"), !text.isEmpty {
            guard let known = Propagation(rawValue: text) else {
                throw WriteOptions.invalid(
                    FieldError(
                        .notSupported, "propagationPolicy", value: .string(String(text.prefix(100))),
                        "supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\""), "DeleteOptions")
            }
            guard orphans == nil else {
                throw WriteOptions.invalid(
                    FieldError(
                        .invalid, "propagationPolicy", value: .string(text),
                        "orphanDependents and deletionPropagation cannot be both set"), "DeleteOptions")
            }
            propagation = known
        } else if let orphans {
            propagation = orphans ? .orphan : .background
        }
    }
}

/// What came of a deletion.
enum Deletion: Sendable {
    /// The object is gone; it was this.
    case gone(KubernetesObject)
    /// It is being deleted; finalizers, contents or processes keep it.
    case pending(KubernetesObject)
}

extension KubernetesAPI {
    /// Deletes an object, or begins to.
    func delete(
        _ resource: ServedResource, namespace: String?, _ name: String, _ options: DeleteOptions,
        _ context: RequestContext
    ) async throws -> Deletion {
        for attempt in 1... {
            let stored = try storedObject(resource, namespace, name)
            let old = try resource.shown(stored)
            try Self.check(options, old, resource)
            try admitDeletion(of: old, resource, context)
            let object = deleting(old, options)
            let isGone = object.holders.isEmpty && !object.isEndingGracefully
            if options.isDryRun { return isGone ? .gone(old) : .pending(object) }
            if !isGone, object.json == old.json { return .pending(old) }
            do {
                if isGone {
                    let last = KubernetesObject(unchecked: resource.strategy.stored(old.json))
                    let removed = try await store.remove(stored.key, last: last, if: .revision(stored.revision))
                    try note(old, resource, isGone: true)
                    var gone = old
                    gone.resourceVersion = "\(removed.revision)"
                    return .gone(gone)
                }
                return .pending(try await write(object, resource, stored))
            } catch is StoreConflict where attempt < 30 {
                await Task.yield()
            }
        }
        throw APIStatus.modified(resource.groupResource, name)
    }

    private static func check(_ options: DeleteOptions, _ old: KubernetesObject, _ resource: ServedResource) throws {
        if let uid = options.uid, uid != old.uid {
            throw APIStatus.conflict(
                resource.groupResource, old.name,
                "the UID in the precondition (\(uid.prefix(100))) does not match the UID in record (\(old.uid ?? "")). "
                    + "The object might have been deleted and then recreated")
        }
        if let version = options.resourceVersion, version != old.resourceVersion {
            throw APIStatus.conflict(
                resource.groupResource, old.name,
                "the ResourceVersion in the precondition (\(version.prefix(100))) does not match the ResourceVersion in "
                    + "record (\(old.resourceVersion ?? "")). The object might have been modified")
        }
    }

    /// The object as it is while something keeps it.
    private func deleting(_ old: KubernetesObject, _ options: DeleteOptions) -> KubernetesObject {
        var object = old
        if let propagation = options.propagation {
            var finalizers = old.finalizers.filter {
                $0 != DeleteOptions.foregroundFinalizer && $0 != DeleteOptions.orphanFinalizer
            }
            if propagation == .foreground { finalizers.append(DeleteOptions.foregroundFinalizer) }
            if propagation == .orphan { finalizers.append(DeleteOptions.orphanFinalizer) }
            if Set(finalizers) != Set(old.finalizers) { object.finalizers = finalizers }
        }
        let grace = Self.gracePeriod(of: old, options)
        guard !old.isBeingDeleted else {
            // Time to end gets shorter, never longer.
            if grace < (old.json["metadata"]?["deletionGracePeriodSeconds"]?.int ?? 0) {
                object.setMetadata("deletionGracePeriodSeconds", .number(JSONNumber(grace)))
            }
            return object
        }
        object[metadata: "deletionTimestamp"] = "\(Timestamp(seconds: clock().seconds + grace))"
        object.setMetadata("deletionGracePeriodSeconds", .number(JSONNumber(grace)))
        if old.json["metadata"]?["generation"] != nil { object.generation = old.generation + 1 }
        if old.kind == "Namespace", old.apiVersion == "v1" {
            object.setMetadata("deletionGracePeriodSeconds", JSON?.none)
            object.json["status"] = old.json["status"] ?? [:]
            object.json["status"]?["phase"] = "Terminating"
        }
        return object
    }

    /// Pods that run somewhere have time to end; nothing else has.
    private static func gracePeriod(of object: KubernetesObject, _ options: DeleteOptions) -> Int64 {
        guard object.kind == "Pod", object.apiVersion == "v1" else { return 0 }
        let phase = object.json["status"]?["phase"]?.string
        guard object.json["spec"]?["nodeName"]?.string?.isEmpty == false, phase != "Succeeded", phase != "Failed"
        else { return 0 }
        return options.gracePeriodSeconds ?? object.json["spec"]?["terminationGracePeriodSeconds"]?.int ?? 30
    }
}
