// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesPatches
internal import KubernetesStore

extension KubernetesAPI {
    /// How often a name is made again when an object has it.
    private static let namings = 8

    /// Creates an object; returns it as clients of the version see it.
    ///
    /// Throws `APIStatus`: 400 for what is no such object, 403 where nothing may be created, 409 for a name that is
    /// taken, 422 for what is wrong with it.
    func create(
        _ resource: ServedResource, namespace: String?, _ body: BodyReading, _ options: WriteOptions,
        _ context: RequestContext
    ) async throws -> KubernetesObject {
        var json = body.json
        try ObjectIdentity.checkKind(&json, resource.kind)
        if let problem = KubernetesObject(unchecked: json).problem { throw APIStatus.badRequest(problem) }
        let managed = KubernetesObject(unchecked: json).managedFields
        json["metadata"]?["managedFields"] = JSON?.none
        let admitted = try resource.admitted(json)
        try context.check(
            unknown: admitted.unknownFields, repeated: body.repeatedFields, options.fieldValidation, resource.kind)
        var object = KubernetesObject(unchecked: admitted.object)
        object.managedFields = managed
        return try await create(resource, namespace: namespace, admitted: object, options, context) {
            resource.tracking(.main).update(live: nil, new: $0.json, manager: options.manager, at: self.clock()).object
        }
    }

    /// Creates an object whose fields are known to be those of its kind.
    ///
    /// - Parameter track: gives it its managed fields.
    func create(
        _ resource: ServedResource, namespace: String?, admitted: KubernetesObject, _ options: WriteOptions,
        _ context: RequestContext, track: (KubernetesObject) throws -> JSON
    ) async throws -> KubernetesObject {
        var object = admitted
        try ObjectIdentity.checkNamespace(&object, namespace, isNamespaced: resource.isNamespaced)
        if object.resourceVersion != nil {
            throw APIStatus.badRequest("resourceVersion should not be set on objects to be created")
        }
        ObjectIdentity.assign(&object, at: clock())
        object.setMetadata("generation", resource.strategy.countsGenerations ? 1 : JSON?.none)
        object = KubernetesObject(unchecked: try track(object))
        let generated = object.name.isEmpty ? object.generateName : nil
        for attempt in 1... {
            if let generated { object.name = Self.generatedName(generated) }
            resource.strategy.prepareNew(&object.json)
            let change = ObjectChange(resource: resource, part: .main, old: nil, new: object, options: options)
            object = try await admit(change, context)
            try check(object, old: nil, resource, .main, context)
            if options.isDryRun {
                guard try store.object(resource.key(namespace, object.name)) == nil else {
                    throw APIStatus.alreadyExists(resource.groupResource, object.name)
                }
                return object
            }
            do {
                let stored = KubernetesObject(unchecked: resource.strategy.stored(object.json))
                let kept = try await store.put(resource.key(namespace, object.name), stored, if: .absent)
                object.resourceVersion = "\(kept.revision)"
                try note(object, resource)
                return object
            } catch StoreConflict.exists {
                guard generated != nil, attempt < Self.namings else {
                    throw APIStatus.alreadyExists(resource.groupResource, object.name)
                }
            }
        }
        throw APIStatus.alreadyExists(resource.groupResource, object.name)
    }

    private static func generatedName(_ start: String) -> String {
        var generator = SystemRandomNumberGenerator()
        return GeneratedName.make(from: start, using: &generator)
    }

    /// Refuses an object that its kind's rules refuse.
    func check(
        _ object: KubernetesObject, old: KubernetesObject?, _ resource: ServedResource, _ part: ObjectPart,
        _ context: RequestContext
    ) throws {
        let problems = resource.strategy.problems(of: object.json, old: old?.json, part: part)
        problems.warnings.forEach(context.warn)
        guard problems.errors.isEmpty else { throw APIStatus.invalid(resource.kind, object.name, problems.errors) }
    }
}

extension ServedResource {
    /// An object as its kind has it; what is no such object is answered with 400.
    func admitted(_ json: JSON) throws -> (object: JSON, unknownFields: [String]) {
        do { return try strategy.admitted(json) } catch let fault as Fault {
            throw APIStatus.unhandled(kind, fault.message)
        }
    }
}

extension APIStatus {
    /// 400 for a body that is no object of its kind.
    static func unhandled(_ kind: GroupVersionKind, as expected: String? = nil, _ why: String) -> APIStatus {
        .badRequest(
            "\(kind.kind) in version \"\(kind.version)\" cannot be handled as a \(expected ?? kind.kind): \(why)")
    }

    /// 422 for a patch that makes of an object what is none, or is not understood in full.
    static func invalidPatch(_ result: JSON, _ why: String) -> APIStatus {
        let shown = String(decoding: result.encoded().prefix(4096), as: UTF8.self)
        let error = FieldError(.invalid, "patch", value: .string(shown), why)
        return APIStatus(422, reason: "Invalid", " \"\" is invalid: \(error)", [error])
    }

    private init(_ code: Int, reason: String, _ message: String, _ errors: [FieldError]) {
        self.init(code, reason: reason, message)
        causes = errors.map { Cause(reason: $0.reason.rawValue, $0.message, field: $0.field) }
    }

    /// 422 with what is wrong with fields.
    static func invalid(_ kind: GroupVersionKind, _ name: String, _ errors: [FieldError]) -> APIStatus {
        var seen: Set<FieldError> = []
        let once = errors.filter { seen.insert($0).inserted }
        return .invalid(
            kind, name, once.map { Cause(reason: $0.reason.rawValue, $0.message, field: $0.field) })
    }
}
