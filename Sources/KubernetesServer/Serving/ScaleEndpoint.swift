// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesKinds
internal import KubernetesPatches
internal import Web
internal import WebServer

/// One request about how many replicas of an object are wanted: read and written as a `Scale` of it.
struct ScaleEndpoint: Sendable {
    let endpoint: ResourceEndpoint
    let verb: RequestVerb
    static let kind = GroupVersionKind("autoscaling", "v1", "Scale")

    func answer() async throws -> ServerResponse {
        let (api, resource, name) = (endpoint.api, endpoint.resource, endpoint.path.name ?? "")
        if verb == .get {
            return respond(
                try Self.scale(
                    of: try resource.shown(try api.storedObject(resource, endpoint.namespace, name)), resource))
        }
        let options = try endpoint.options()
        let write = try await write(options)
        let edit = ObjectEdit { old in try write.edited(old) }
        let result = try await api.change(
            resource, namespace: endpoint.namespace, name, edit, options, endpoint.context)
        return respond(try Self.scale(of: result.object, resource))
    }

    private func write(_ options: WriteOptions) async throws -> ScaleWrite {
        let (resource, clock) = (endpoint.resource, endpoint.api.clock)
        guard verb != .update else {
            var json = try await endpoint.body(expecting: Self.kind).json
            try ObjectIdentity.checkKind(&json, Self.kind)
            return ScaleWrite(resource: resource, form: .replaced(json), options: options, clock: clock)
        }
        let bytes = try await endpoint.request.body.collect(limit: BodyReading.bytes)
        let type = BodyReading.mediaType(endpoint.request.headers["Content-Type"])
        let patch = try ObjectPatch(bytes, mediaType: type, resource)
        try patch.check(options)
        return ScaleWrite(resource: resource, form: .patched(patch), options: options, clock: clock)
    }

    private func respond(_ scale: JSON) -> ServerResponse {
        ServerResponse(
            status: 200, headers: ["Content-Type": "application/json"], body: .bytes(scale.encoded() + [0x0A]))
    }

    static func scale(of object: KubernetesObject, _ resource: ServedResource) throws -> JSON {
        guard let scale = resource.strategy.scale(of: object.json) else { throw APIStatus.noResource() }
        return scale
    }
}

/// What a request makes of the number of replicas.
private struct ScaleWrite: Sendable {
    enum Form: Sendable { case replaced(JSON), patched(ObjectPatch) }
    let resource: ServedResource
    let form: Form
    let options: WriteOptions
    let clock: @Sendable () -> Timestamp

    /// The object with the number, and with who set it: a Scale shows of the managed fields those of the number.
    func edited(_ old: KubernetesObject) throws -> ObjectEdit.Edited {
        let places = resource.strategy.scaleFields
        let stored = (try? ManagedFields(of: old.json)) ?? ManagedFields()
        let owners = places?.scaleFields(of: stored) ?? ManagedFields()
        let live = owners.written(into: try ScaleEndpoint.scale(of: old, resource))
        let scale = try changed(live)
        if let problem = Self.problem(of: scale, named: old.name) { throw problem }
        var object = resource.strategy.applied(scale: scale, to: old.json)
        object["metadata"]?["resourceVersion"] = scale["metadata"]?["resourceVersion"]
        if let uid = scale["metadata"]?["uid"] { object["metadata"]?["uid"] = uid }
        if let places, let after = try? ManagedFields(of: scale) {
            object = places.objectFields(stored, scale: after).written(into: object)
        }
        return ObjectEdit.Edited(json: object, isTracked: true)
    }

    private func changed(_ live: JSON) throws -> JSON {
        let tracking = FieldTracking(
            versions: ObjectVersions(ScaleFields.apiVersion, Self.schema), apiVersion: ScaleFields.apiVersion,
            kind: "Scale", subresource: "scale", filter: .only(FieldSet([FieldPath(fields: "spec")])))
        var new: JSON
        switch form {
        case .replaced(let json): new = json
        case .patched(let patch):
            if case .apply(let configuration) = patch.form {
                return try APIStatus.ofApply { () throws(Fault) in
                    try tracking.apply(
                        configuration, to: live, manager: options.manager, force: options.force ?? false, at: clock())
                }.object
            }
            new = try patch.applied(to: KubernetesObject(unchecked: live), resource)
        }
        // A client that sends no identity means the object of the path.
        if let managed = live["metadata"]?["managedFields"] {
            new["metadata"] = new["metadata"] ?? [:]
            new["metadata"]?["managedFields"] = managed
        }
        return tracking.update(live: live, new: new, manager: options.manager, at: clock()).object
    }

    private static let schema = MergeSchema(
        openAPI: TypeTable.builtin.schema(named: "io.k8s.api.autoscaling.v1.Scale") ?? [:]
    ) { TypeTable.builtin.schema(named: $0) }

    private static func problem(of scale: JSON, named name: String) -> APIStatus? {
        guard let replicas = scale["spec"]?["replicas"] else { return nil }
        guard let count = replicas.int, (0...Int64(Int32.max)).contains(count) else {
            return APIStatus.invalid(
                ScaleEndpoint.kind, name,
                [FieldError(.invalid, "spec.replicas", value: replicas, "must be greater than or equal to 0")])
        }
        return nil
    }
}
