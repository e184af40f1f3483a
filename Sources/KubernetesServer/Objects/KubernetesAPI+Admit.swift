// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore

extension KubernetesAPI {
    /// An object as it will be stored, completed by what the server knows; throws `APIStatus` when it may not be.
    func admit(_ change: ObjectChange, _ context: RequestContext) async throws -> KubernetesObject {
        if change.isCreation {
            try checkNamespace(change)
            try DefinitionAdmission(self).checkCreation(change.resource)
        }
        if change.resource.kind.group == "rbac.authorization.k8s.io" {
            try EscalationCheck(access.authorizer, context.user).check(change.new, old: change.old)
        }
        switch change.resourceName {
        case "apiextensions.k8s.io/customresourcedefinitions": return try DefinitionAdmission(self).admitted(change)
        case "/services": return try addresses.assigned(change)
        case "/pods" where change.isCreation: return try PodAdmission.admitted(change)
        default: return change.new
        }
    }

    /// Whether an object may be deleted at all.
    func admitDeletion(of object: KubernetesObject, _ resource: ServedResource, _ context: RequestContext) throws {
        guard resource.plural == "namespaces", resource.kind.group.isEmpty else { return }
        guard !Self.lasting.contains(object.name) else {
            throw APIStatus.forbidden(resource.groupResource, object.name, "this namespace may not be deleted")
        }
    }

    /// The namespaces that are always there.
    static let lasting: Set<String> = ["default", "kube-system", "kube-public", "kube-node-lease"]

    private static let namespaces = GroupResource(group: "", resource: "namespaces")

    private func checkNamespace(_ change: ObjectChange) throws {
        guard change.resource.isNamespaced, let namespace = change.new.namespace else { return }
        guard let stored = try store.object(ObjectKey(Self.namespaces, ObjectName(nil, namespace))) else {
            throw APIStatus.notFound(Self.namespaces, namespace)
        }
        // Each creation comes along here, and hardly any namespace is being deleted.
        guard stored.mentions("deletionTimestamp"), try stored.object().isBeingDeleted else { return }
        var status = APIStatus.forbidden(
            change.resource.groupResource, change.new.name,
            "unable to create new content in namespace \(namespace) because it is being terminated")
        status.causes = [
            APIStatus.Cause(
                reason: "NamespaceTerminating", "namespace \(namespace) is being terminated",
                field: "metadata.namespace")
        ]
        throw status
    }
}

/// What new pods get.
private enum PodAdmission {
    static func admitted(_ change: ObjectChange) throws -> KubernetesObject {
        var pod = change.new
        guard var spec = pod.json["spec"], case .object = spec else { return pod }
        let account = spec["serviceAccountName"]?.string ?? spec["serviceAccount"]?.string ?? ""
        let name = JSON.string(account.isEmpty ? "default" : account)
        (spec["serviceAccountName"], spec["serviceAccount"]) = (name, name)
        if spec["priority"] == nil, spec["priorityClassName"]?.string?.isEmpty ?? true {
            (spec["priority"], spec["preemptionPolicy"]) = (0, spec["preemptionPolicy"] ?? "PreemptLowerPriority")
        }
        pod.json["spec"] = spec
        return pod
    }
}
