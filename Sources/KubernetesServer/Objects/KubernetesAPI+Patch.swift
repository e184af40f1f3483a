// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import Kubernetes
internal import KubernetesPatches

/// A patch in one of the forms that requests bring.
struct ObjectPatch: Sendable {
    enum Form: Sendable {
        case json(JSONPatch)
        case merge(JSON)
        case strategic(JSON)
        case apply(JSON)
    }
    let form: Form
    var repeatedFields: [String] = []

    static let mediaTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml", "application/apply-patch+cbor",
    ]

    /// Reads a patch; throws `APIStatus` for what is none.
    init(_ bytes: [UInt8], mediaType: String, _ resource: ServedResource) throws {
        switch mediaType {
        case "application/json-patch+json":
            do { form = .json(try JSONPatch(try BodyReading.json(bytes).json)) } catch let fault as Fault {
                if fault.code == .limitExceeded { throw APIStatus.tooLarge(fault.message) }
                throw APIStatus.badRequest(fault.message)
            }
        case "application/merge-patch+json":
            let reading = try BodyReading.json(bytes)
            (form, repeatedFields) = (.merge(reading.json), reading.repeatedFields)
        case "application/strategic-merge-patch+json" where resource.strategy.mergesStrategically:
            let reading = try BodyReading.json(bytes)
            (form, repeatedFields) = (.strategic(reading.json), reading.repeatedFields)
        case "application/apply-patch+yaml": form = .apply(try BodyReading.yaml(bytes))
        default:
            let known = Self.mediaTypes.dropLast().filter {
                resource.strategy.mergesStrategically || $0 != "application/strategic-merge-patch+json"
            }
            throw APIStatus.unsupportedMediaType(known.joined(separator: ", "))
        }
    }

    var isApply: Bool { if case .apply = form { true } else { false } }

    /// The options that go with the form, or why they do not.
    func check(_ options: WriteOptions) throws {
        if isApply {
            guard options.namesManager else {
                throw WriteOptions.invalid(
                    FieldError(.required, "fieldManager", value: nil, "is required for apply patch"), "PatchOptions")
            }
        } else if options.force != nil {
            throw WriteOptions.invalid(
                FieldError(.forbidden, "force", value: nil, "may not be specified for non-apply patch"), "PatchOptions")
        }
    }

    /// An object with the patch.
    func applied(to old: KubernetesObject, _ resource: ServedResource) throws -> JSON {
        do throws(Fault) {
            switch form {
            case .json(let patch): return try patch.applied(to: old.json)
            case .merge(let patch): return try JSONMergePatch.apply(patch, to: old.json)
            case .strategic(let patch):
                return try StrategicMergePatch(schema: resource.strategy.mergeSchema).apply(patch, to: old.json)
            case .apply: throw Fault(.internal, "an apply is no patch")
            }
        } catch {
            switch (form, error.code) {
            case (_, .limitExceeded): throw APIStatus.tooLarge(error.message)
            case (.json, _):
                throw APIStatus(
                    422, reason: "Invalid",
                    "the server rejected our request due to an error in our request: \(error.message)")
            default: throw APIStatus.badRequest(error.message)
            }
        }
    }
}

extension KubernetesAPI {
    /// Patches an object, or applies a configuration to it; returns whether it was created.
    func patch(
        _ resource: ServedResource, namespace: String?, _ name: String, _ part: ObjectPart, _ patch: ObjectPatch,
        _ options: WriteOptions, _ context: RequestContext
    ) async throws -> (object: KubernetesObject, isNew: Bool) {
        try patch.check(options)
        guard case .apply(let configuration) = patch.form else {
            let edit = ObjectEdit(part: part) { old in
                ObjectEdit.Edited(
                    json: try patch.applied(to: old, resource), repeatedFields: patch.repeatedFields, isPatched: true)
            }
            return try await change(resource, namespace: namespace, name, edit, options, context)
        }
        let tracking = resource.tracking(part), clock = clock
        let applied = { @Sendable (live: KubernetesObject?) throws -> ObjectEdit.Edited in
            try Self.checkApplied(configuration, live, name)
            let outcome = try APIStatus.ofApply { () throws(Fault) in
                try tracking.apply(
                    configuration, to: live?.json, manager: options.manager, force: options.force ?? false, at: clock())
            }
            return ObjectEdit.Edited(json: outcome.object, isTracked: true)
        }
        var edit = ObjectEdit(part: part) { try applied($0) }
        // Only objects are made by applying, not parts of them.
        if part == .main { edit.creation = { try applied(nil) } }
        if case .object = configuration {
            let unknown = (try? resource.strategy.admitted(configuration).unknownFields) ?? []
            if options.fieldValidation == .strict {
                try context.check(unknown: unknown, repeated: [], .strict, resource.kind)
            }
        }
        return try await change(resource, namespace: namespace, name, edit, options, context)
    }

    private static func checkApplied(_ configuration: JSON, _ live: KubernetesObject?, _ name: String) throws {
        guard case .object = configuration else { throw APIStatus.badRequest("error decoding YAML: no object") }
        let given = configuration["metadata"]?["name"]?.string
        guard given == nil || given == name else {
            throw APIStatus.badRequest(
                "the name of the object (\(given?.prefix(300) ?? "")) does not match the name on the URL (\(name))")
        }
    }
}

extension APIStatus {
    /// Runs an apply; conflicts and what cannot be applied become refusals.
    static func ofApply<Result>(_ body: () throws(Fault) -> Result) throws -> Result {
        do { return try body() } catch {
            if let conflicts = error.cause as? ApplyConflicts {
                var status = APIStatus(409, reason: "Conflict", conflicts.message)
                status.causes = conflicts.conflicts.map {
                    APIStatus.Cause(reason: $0.reason, $0.message, field: $0.field)
                }
                throw status
            }
            throw error.code == .invalid ? APIStatus.badRequest(error.message) : error
        }
    }
}
