// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesPatches
internal import Web
internal import WebServer

/// One request about a part of an object.
struct PartEndpoint: Sendable {
    let endpoint: ResourceEndpoint
    let part: ServedResource.Part
    let verb: RequestVerb

    private var api: KubernetesAPI { endpoint.api }
    private var resource: ServedResource { endpoint.resource }
    private var name: String { endpoint.path.name ?? "" }

    func answer() async throws -> ServerResponse {
        switch part.name {
        case "status": return try await object(.status)
        case "scale": return try await ScaleEndpoint(endpoint: endpoint, verb: verb).answer()
        case "finalize": return try await finalize()
        case "ephemeralcontainers": return try await object(.main)
        case "binding": return try await bind()
        case "eviction": return try await evict()
        case "log", "exec", "attach", "portforward": return try stream()
        default: throw APIStatus.noResource()
        }
    }

    private func object(_ part: ObjectPart) async throws -> ServerResponse {
        switch verb {
        case .get:
            return try endpoint.respond(
                try resource.shown(try api.storedObject(resource, endpoint.namespace, name)))
        case .update: return try await endpoint.update(part)
        default: return try await endpoint.patch(part)
        }
    }

    /// Lets a namespace go whose contents are gone.
    private func finalize() async throws -> ServerResponse {
        let body = try await endpoint.body()
        let finalizers = body.json["spec"]?["finalizers"] ?? []
        let object = try await api.finalize(namespace: name, finalizers: finalizers, endpoint.context)
        return try endpoint.respond(object)
    }

    /// Gives a pod its node.
    private func bind() async throws -> ServerResponse {
        let node = try await endpoint.body(expecting: part.kind).json["target"]?["name"]?.string ?? ""
        guard !node.isEmpty else { throw APIStatus.badRequest("the binding names no target") }
        let (resource, name, now) = (resource, name, api.now)
        let edit = ObjectEdit(part: .whole) { pod in
            guard pod.json["spec"]?["nodeName"]?.string?.isEmpty ?? true else {
                throw APIStatus.conflict(
                    GroupResource(group: "", resource: "pods/binding"), name,
                    "pod \(name) is already assigned to node "
                        + "\"\(pod.json["spec"]?["nodeName"]?.string ?? "")\"")
            }
            var json = pod.json
            json["spec"]?["nodeName"] = .string(node)
            let scheduled = Condition("PodScheduled", .yes, reason: "", "", lastTransition: now)
            var condition = scheduled.json
            for key in ["reason", "message"] { condition[key] = JSON?.none }
            let others = (json["status"]?["conditions"]?.array ?? []).filter { $0["type"] != "PodScheduled" }
            json["status"] = json["status"] ?? [:]
            json["status"]?["conditions"] = .array(others + [condition])
            return ObjectEdit.Edited(json: json)
        }
        _ = try await api.change(
            resource, namespace: endpoint.namespace, name, edit, try endpoint.options(), endpoint.context)
        return RequestHandler.response(APIStatus(201, reason: "", ""))
    }

    /// Deletes a pod, unless a budget forbids it.
    private func evict() async throws -> ServerResponse {
        let body = try await endpoint.body(expecting: part.kind).json
        let pod = try resource.shown(try api.storedObject(resource, endpoint.namespace, name))
        try await api.checkBudgets(of: pod)
        let options = try DeleteOptions(endpoint.query, body: body["deleteOptions"])
        _ = try await api.delete(resource, namespace: endpoint.namespace, name, options, endpoint.context)
        return RequestHandler.response(APIStatus(201, reason: "", ""))
    }

    /// Streams need a process that the pod runs in.
    private func stream() throws -> ServerResponse {
        let pod = try resource.shown(try api.storedObject(resource, endpoint.namespace, name))
        guard pod.json["spec"]?["nodeName"]?.string?.isEmpty == false else {
            throw APIStatus.badRequest("pod \(name) does not have a host assigned")
        }
        throw APIStatus(501, reason: "NotImplemented", "no node of this server runs pod \(name)")
    }
}
