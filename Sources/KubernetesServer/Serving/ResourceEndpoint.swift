// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes
internal import KubernetesStore
internal import Web
internal import WebServer

/// One request about a resource, one of its objects, or a part of one.
struct ResourceEndpoint: Sendable {
    let api: KubernetesAPI
    let resource: ServedResource
    let path: ResourcePath
    let request: ServerRequest
    let context: RequestContext

    var query: QueryValues { QueryValues(query: request.query) }
    /// The namespace in the path; a namespace itself is in none.
    var namespace: String? { resource.isNamespaced ? path.namespace : nil }

    func answer() async throws -> ServerResponse {
        guard path.rest.isEmpty, resource.isNamespaced || path.namespace == nil || resource.plural == "namespaces"
        else {
            throw APIStatus.noResource()
        }
        let isWatch = try query.flag("watch") ?? false
        guard let verb = RequestVerb(request.method, hasName: path.name != nil, isWatch: isWatch) else {
            throw APIStatus.methodNotAllowed()
        }
        if let warning = resource.strategy.deprecationWarning { context.warn(warning) }
        if let subresource = path.subresource {
            guard let part = resource.part(subresource) else { throw APIStatus.noResource() }
            guard part.verbs.contains(verb.rawValue) else { throw APIStatus.methodNotAllowed() }
            return try await PartEndpoint(endpoint: self, part: part, verb: verb).answer()
        }
        guard !resource.isNamespaced || path.namespace != nil || path.name == nil else { throw APIStatus.noResource() }
        guard resource.verbs.contains(verb.rawValue), isPossible(verb) else { throw APIStatus.methodNotAllowed() }
        switch verb {
        case .get: return try get()
        case .list, .watch: return try list()
        case .create: return try await create()
        case .update: return try await update(.main)
        case .patch: return try await patch(.main)
        case .delete: return try await delete()
        case .deletecollection: return try await deleteCollection()
        }
    }

    /// Over all namespaces objects can only be listed and watched; what is created has no path yet, what is changed has.
    private func isPossible(_ verb: RequestVerb) -> Bool {
        switch verb {
        case .list, .watch: true
        case .create: path.name == nil && hasHome
        case .update, .patch: path.name != nil && hasHome
        case .get, .delete, .deletecollection: hasHome
        }
    }

    private var hasHome: Bool { !resource.isNamespaced || path.namespace != nil }

    private var name: String { path.name ?? "" }

    func form(shapes: Bool = true) throws -> AnswerForm { try AnswerForm(request.headers, shapes: shapes) }

    func writing(_ form: AnswerForm) throws -> ObjectWriting {
        var writing = ObjectWriting(resource: resource, form: form, now: api.now)
        if let text = query.text("includeObject") {
            guard let included = ObjectWriting.IncludedObject(rawValue: text) else {
                throw APIStatus.badRequest("unrecognized includeObject value: \"\(text.prefix(50))\"")
            }
            writing.included = included
        }
        return writing
    }

    func respond(_ object: KubernetesObject, status: Int = 200) throws -> ServerResponse {
        let form = try form()
        return ServerResponse(
            status: status, headers: ["Content-Type": form.mediaType], body: .bytes(try writing(form).bytes(of: object))
        )
    }

    private func get() throws -> ServerResponse {
        let form = try form()
        let stored = try api.storedObject(resource, namespace, name)
        let writing = try writing(form)
        let bytes = writing.passesBytes ? stored.bytes : writing.bytes(of: try resource.shown(stored))
        return ServerResponse(status: 200, headers: ["Content-Type": form.mediaType], body: .bytes(bytes))
    }

    private func list() throws -> ServerResponse {
        let options = try ListOptions(query, resource)
        let writing = try writing(try form())
        return options.isWatch
            ? try WatchAnswer.make(api, resource, namespace: namespace, options, writing)
            : try ListAnswer.make(api, resource, namespace: namespace, options, writing)
    }

    /// The body, in any form that objects come in.
    func body(expecting kind: GroupVersionKind? = nil) async throws -> BodyReading {
        let bytes = try await request.body.collect(limit: BodyReading.bytes)
        let type = BodyReading.mediaType(request.headers["Content-Type"])
        return try BodyReading(bytes, mediaType: type, expecting: kind ?? resource.kind)
    }

    func options() throws -> WriteOptions {
        let kind =
            switch request.method {
            case .post: "CreateOptions"
            case .put: "UpdateOptions"
            default: "PatchOptions"
            }
        return try WriteOptions(query, userAgent: request.headers["User-Agent"], kind: kind)
    }

    private func create() async throws -> ServerResponse {
        let (form, options) = (try form(), try options())
        _ = form
        let object = try await api.create(resource, namespace: namespace, try await body(), options, context)
        context.note(created: object)
        return try respond(object, status: 201)
    }

    func update(_ part: ObjectPart) async throws -> ServerResponse {
        let options = try options()
        let body = try await body()
        let edited = ObjectEdit.Edited(json: body.json, repeatedFields: body.repeatedFields, needsVersion: true)
        var edit = ObjectEdit(part: part) { _ in edited }
        if part == .main, resource.strategy.createsByPut { edit.creation = { edited } }
        let result = try await api.change(resource, namespace: namespace, name, edit, options, context)
        return try respond(result.object, status: result.isNew ? 201 : 200)
    }

    func patch(_ part: ObjectPart) async throws -> ServerResponse {
        let options = try options()
        let bytes = try await request.body.collect(limit: BodyReading.bytes)
        let type = BodyReading.mediaType(request.headers["Content-Type"])
        let patch = try ObjectPatch(bytes, mediaType: type, resource)
        let result = try await api.patch(resource, namespace: namespace, name, part, patch, options, context)
        return try respond(result.object, status: result.isNew ? 201 : 200)
    }

    /// The options of a deletion, which stand in the query or in the body.
    private func deleteOptions() async throws -> DeleteOptions {
        let bytes = try await request.body.collect(limit: BodyReading.bytes)
        guard !bytes.isEmpty else { return try DeleteOptions(query, body: nil) }
        let type = BodyReading.mediaType(request.headers["Content-Type"])
        let kind = GroupVersionKind("", "v1", "DeleteOptions")
        return try DeleteOptions(query, body: try BodyReading(bytes, mediaType: type, expecting: kind).json)
    }

    private func delete() async throws -> ServerResponse {
        let options = try await deleteOptions()
        switch try await api.delete(resource, namespace: namespace, name, options, context) {
        case .pending(let object): return try respond(object)
        case .gone(let object):
            var status = APIStatus(200, reason: "", "")
            (status.name, status.kind, status.uid) = (object.name, resource.plural, object.uid)
            status.group = resource.kind.group.isEmpty ? nil : resource.kind.group
            return RequestHandler.response(status)
        }
    }

    private func deleteCollection() async throws -> ServerResponse {
        let options = try await deleteOptions(), selection = try ListOptions(query, resource)
        var deleted: [JSON] = []
        var position: ObjectPage.Position?
        repeat {
            let list = try selection.telling {
                try api.list(
                    resource, namespace: namespace, selection, from: position, limit: KubernetesAPI.pageSize)
            }
            for stored in list.objects {
                do {
                    switch try await api.delete(
                        resource, namespace: stored.key.name.namespace, stored.key.name.name, options, context)
                    {
                    case .gone(let object), .pending(let object): deleted.append(object.json)
                    }
                } catch let status as APIStatus where status.reason == "NotFound" {}
            }
            position = list.next
        } while position != nil
        let json: JSON = [
            "kind": .string(resource.listKind), "apiVersion": .string(resource.kind.apiVersion),
            "metadata": ["resourceVersion": .string("\(api.store.revision)")], "items": .array(deleted),
        ]
        return ServerResponse(status: 200, headers: ["Content-Type": "application/json"], body: .bytes(json.encoded()))
    }
}
