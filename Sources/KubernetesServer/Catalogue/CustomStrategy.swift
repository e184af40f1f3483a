// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesKinds
internal import KubernetesPatches
internal import KubernetesSchemas

/// How objects of a kind are treated that a CustomResourceDefinition brought.
struct CustomStrategy: ResourceStrategy {
    let definition: CustomResourceDefinition
    let version: CustomResourceDefinition.Version
    let mergeSchema: MergeSchema
    let versions: ObjectVersions
    let emptyObject: JSON

    init(_ definition: CustomResourceDefinition, _ version: CustomResourceDefinition.Version) {
        (self.definition, self.version) = (definition, version)
        var schemas: [String: MergeSchema] = [:]
        for other in definition.versions {
            schemas["\(definition.group)/\(other.name)"] = MergeSchema(resource: other.schema.source)
        }
        let apiVersion = "\(definition.group)/\(version.name)"
        mergeSchema = schemas[apiVersion] ?? MergeSchema(resource: version.schema.source)
        versions = ObjectVersions(schemas)
        emptyObject = ["apiVersion": .string(apiVersion), "kind": .string(definition.names.kind)]
    }

    private var apiVersion: String { "\(definition.group)/\(version.name)" }
    private var storageVersion: String { "\(definition.group)/\(definition.storageVersion.name)" }

    func admitted(_ json: JSON) throws -> (object: JSON, unknownFields: [String]) {
        let metadata = try ObjectReading.metadata(of: json)
        var json = json
        json["metadata"] = metadata.object
        let admitted = try version.schema.admitted(json)
        return (admitted.object, metadata.unknownFields + admitted.unknownFields)
    }

    func prepareNew(_ object: inout JSON) { if version.hasStatus { object["status"] = JSON?.none } }
    func prepare(_ object: inout JSON, replacing old: JSON) {}

    func problems(of object: JSON, old: JSON?, part: ObjectPart) -> ObjectProblems {
        var errors = MetadataValidation.problems(of: object, isNamespaced: definition.isNamespaced, old: old)
        let result =
            if part == .status, let old { version.schema.validateStatus(object, old: old) } else {
                version.schema.validate(object, old: old)
            }
        errors += result.errors
        if let scale = version.scale { errors += scale.errors(in: object, onlyStatus: part == .status) }
        return ObjectProblems(errors: errors, warnings: result.warnings.map(\.description))
    }

    func shown(_ stored: JSON) throws -> JSON {
        var object = stored
        if stored["apiVersion"]?.string != apiVersion { object["apiVersion"] = .string(apiVersion) }
        // Fields that the schema got since then have their defaults.
        return try version.schema.defaulted(object)
    }

    func stored(_ shown: JSON) -> JSON {
        var object = shown
        if shown["apiVersion"]?.string != storageVersion { object["apiVersion"] = .string(storageVersion) }
        return object
    }

    var showsAsStored: Bool { false }
    var mergesStrategically: Bool { false }
    var replacesUnconditionally: Bool { false }
    var createsByPut: Bool { false }
    var countsGenerations: Bool { true }

    var selectableFields: Set<String> {
        Set(["metadata.name"] + (definition.isNamespaced ? ["metadata.namespace"] : []))
            .union(version.selectableFields.map(\.name))
    }

    func selectableValue(_ field: String, in object: JSON) -> String? {
        switch field {
        case "metadata.name": return object["metadata"]?["name"]?.string ?? ""
        case "metadata.namespace": return object["metadata"]?["namespace"]?.string ?? ""
        default: return version.selectableFields.first { $0.name == field }?.value(in: object)
        }
    }

    var columns: [JSON] { version.columns.tableDefinitions }
    func cells(of object: JSON, now: Moment) -> [JSON] { version.columns.cells(of: object, now: now) }
    func rowConditions(of object: JSON) -> [JSON] { [] }
    var deprecationWarning: String? {
        version.deprecationWarning.map { $0.isEmpty ? "\(apiVersion) \(definition.names.kind) is deprecated" : $0 }
    }

    func scale(of object: JSON) -> JSON? {
        guard let paths = version.scale else { return nil }
        let count = { (path: String) in JSON.number(JSONNumber(ScalePaths.value(at: path, in: object)?.int ?? 0)) }
        var metadata = JSONObject()
        for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[key] = object["metadata"]?[key]
        }
        var status: JSON = ["replicas": count(paths.statusReplicas)]
        if let path = paths.labelSelector, let selector = ScalePaths.value(at: path, in: object)?.string {
            status["selector"] = .string(selector)
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": ["replicas": count(paths.specReplicas)], "status": status,
        ]
    }

    var scaleFields: ScaleFields? {
        var paths: [String: FieldPath?] = [:]
        for version in definition.versions {
            let names = version.scale?.specReplicas.split(separator: ".").map { PathElement.field(String($0)) }
            paths.updateValue(names.map { FieldPath($0) }, forKey: "\(definition.group)/\(version.name)")
        }
        return ScaleFields(paths: paths, apiVersion: apiVersion)
    }

    func applied(scale: JSON, to object: JSON) -> JSON {
        guard let paths = version.scale else { return object }
        let count = scale["spec"]?["replicas"]?.int ?? 0
        return ScalePaths.set(.number(JSONNumber(count)), at: paths.specReplicas, in: object)
    }
}
