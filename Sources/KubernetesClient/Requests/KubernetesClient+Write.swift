// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
public import Kubernetes
internal import Web

extension KubernetesClient {
    /// Creates an object where its metadata says; returns it as the server has it. With `generateName` the server names
    /// it. Throws 409 `AlreadyExists` when the name is taken.
    public func create(
        _ object: KubernetesObject, in resource: GroupVersionResource, _ options: WriteOptions = WriteOptions()
    ) async throws -> KubernetesObject {
        var request = APIRequest(.post, try Self.path(resource, namespace: object.namespace))
        write(object.json, MediaType.json, options, to: &request)
        return try self.object(try await json(request), request)
    }

    /// Creates a subresource of an object, such as a `token`, an `eviction` or a `binding`.
    public func create(
        _ subresource: String, of name: ObjectName, in resource: GroupVersionResource, _ object: KubernetesObject,
        _ options: WriteOptions = WriteOptions()
    ) async throws -> KubernetesObject {
        var request = APIRequest(.post, try Self.path(resource, name, subresource))
        write(object.json, MediaType.json, options, to: &request)
        return try self.object(try await json(request), request)
    }

    /// Replaces an object, or a part of one such as its `status` or `scale`; with its `resourceVersion` only when nobody
    /// has changed it since, else 409 `Conflict` is thrown.
    public func update(
        _ object: KubernetesObject, in resource: GroupVersionResource, subresource: String? = nil,
        _ options: WriteOptions = WriteOptions()
    ) async throws -> KubernetesObject {
        var request = APIRequest(.put, try Self.path(resource, object.objectName, subresource))
        write(object.json, MediaType.json, options, to: &request)
        return try self.object(try await json(request), request)
    }

    /// Changes an object, or a part of one. Server-side apply creates an object that is not there, and throws 409
    /// `Conflict` with a cause for each field that another manager has set, unless it is forced.
    public func patch(
        _ resource: GroupVersionResource, _ name: ObjectName, _ patch: ObjectPatch, subresource: String? = nil,
        _ options: WriteOptions = WriteOptions()
    ) async throws -> KubernetesObject {
        var request = APIRequest(.patch, try Self.path(resource, name, subresource))
        write(patch.body, patch.mediaType, options, to: &request)
        if case .apply(_, let force) = patch {
            guard options.fieldManager ?? settings.fieldManager != nil else {
                throw Fault(.invalid, "server-side apply needs a field manager", fix: "name one in the options")
            }
            if force { request.ask("force", "true") }
        }
        return try object(try await json(request), request)
    }

    /// Applies an object under its own name; see `patch`.
    public func apply(
        _ object: KubernetesObject, to resource: GroupVersionResource, subresource: String? = nil, force: Bool = false,
        _ options: WriteOptions = WriteOptions()
    ) async throws -> KubernetesObject {
        var object = object
        // The server refuses what says who manages it already.
        object.setMetadata("managedFields", nil)
        return try await patch(
            resource, object.objectName, .apply(object.json, force: force), subresource: subresource, options)
    }

    /// Deletes an object. It may live on for a while, until finalizers let it go.
    public func delete(
        _ resource: GroupVersionResource, _ name: ObjectName, _ options: DeleteOptions = DeleteOptions()
    ) async throws -> DeletionResult {
        var request = APIRequest(.delete, try Self.path(resource, name))
        request.body = (MediaType.json, options.json.encoded())
        request.isRepeatable = options.isDryRun
        let json = try await json(request)
        if let status = APIStatus(json) { return .accepted(status) }
        return .object(try object(json, request))
    }

    /// Deletes all objects of a resource, or those that are selected.
    public func deleteCollection(
        _ resource: GroupVersionResource, namespace: String? = nil, labels: LabelSelector = .everything,
        fields: FieldSelector = .everything, _ options: DeleteOptions = DeleteOptions()
    ) async throws {
        var request = APIRequest(.delete, try Self.path(resource, namespace: namespace))
        request.ask("labelSelector", labels.description)
        request.ask("fieldSelector", fields.description)
        request.body = (MediaType.json, options.json.encoded())
        request.isRepeatable = options.isDryRun
        // The list of all that was there, which nobody reads.
        request.limit = settings.listBytes
        _ = try await json(request)
    }

    private func write(_ body: JSON, _ type: String, _ options: WriteOptions, to request: inout APIRequest) {
        request.body = (type, body.encoded())
        request.ask("fieldManager", options.fieldManager ?? settings.fieldManager)
        request.ask("fieldValidation", options.fieldValidation?.rawValue)
        if options.isDryRun {
            request.ask("dryRun", "All")
            request.isRepeatable = true
        }
    }
}
