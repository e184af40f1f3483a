// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Chronology
internal import Documents
internal import Kubernetes
internal import KubernetesKinds
internal import KubernetesPatches

/// How objects of the kinds are treated that the server knows without a definition.
struct BuiltinStrategy: ResourceStrategy {
    let builtin: BuiltinKind
    let mergeSchema: MergeSchema
    let versions: ObjectVersions
    let emptyObject: JSON
    let selectableFields: Set<String>
    var showsAsStored: Bool { form == nil }
    private let form: StoredForm?
    private let table: KindTable

    init(_ builtin: BuiltinKind) {
        self.builtin = builtin
        let name = builtin.typeName
        mergeSchema = Self.mergeSchema(of: builtin)
        versions = Self.versions(of: builtin, mergeSchema)
        var empty = TypeTable.builtin.type(named: name).map { EmptyObject.make($0) } ?? [:]
        (empty["apiVersion"], empty["kind"]) = (.string(builtin.kind.apiVersion), .string(builtin.kind.kind))
        emptyObject = empty
        selectableFields = Set(builtin.selectableFields.map(\.label))
        form = builtin.form
        table = KindTable.table(of: builtin.kind)
    }

    private static func mergeSchema(of builtin: BuiltinKind) -> MergeSchema {
        MergeSchema(openAPI: TypeTable.builtin.schema(named: builtin.typeName) ?? [:]) {
            TypeTable.builtin.schema(named: $0)
        }
    }

    /// The kinds as which clients may have set fields of the same objects.
    private static func versions(of builtin: BuiltinKind, _ own: MergeSchema) -> ObjectVersions {
        let stored = builtin.form?.kind ?? builtin.kind
        let kinds = BuiltinKinds.all.filter { ($0.form?.kind ?? $0.kind) == stored }
        guard kinds.count > 1 else { return ObjectVersions(builtin.kind.apiVersion, own) }
        let forms = Dictionary(uniqueKeysWithValues: kinds.map { ($0.kind.apiVersion, $0.form) })
        let schemas = Dictionary(uniqueKeysWithValues: kinds.map { ($0.kind.apiVersion, mergeSchema(of: $0)) })
        return ObjectVersions(schemas) { object, apiVersion in
            let form = object["apiVersion"]?.string.flatMap { forms[$0] ?? nil }
            let stored = form?.stored(object) ?? object
            return (forms[apiVersion] ?? nil)?.shown(stored) ?? stored
        }
    }

    func admitted(_ json: JSON) throws -> (object: JSON, unknownFields: [String]) {
        let reading = try ObjectReading(json, as: builtin.kind)
        var object = reading.object
        if builtin.kind.kind == "Secret" { SecretText.move(in: &object) }
        return (KindDefaults.applied(to: object, of: builtin.kind), reading.unknownFields)
    }

    func prepareNew(_ object: inout JSON) {
        switch (builtin.kind.group, builtin.kind.kind) {
        case ("", "Namespace"):
            object["spec"] = ["finalizers": ["kubernetes"]]
            object["status"] = ["phase": "Active"]
        case ("", "Pod"): object["status"] = ["phase": "Pending", "qosClass": .string(PodQuality.of(object))]
        case ("", "PersistentVolumeClaim"), ("", "PersistentVolume"): object["status"] = ["phase": "Pending"]
        case ("", "Service"): object["status"] = ["loadBalancer": [:]]
        case ("batch", "Job"):
            object = JobSelector.generated(for: object)
            object["status"] = [:]
        case ("", "Event"), ("events.k8s.io", "Event"): break
        default: if builtin.hasStatus { object["status"] = builtin.kind.group == "policy" ? ObjectStatus.budget : [:] }
        }
    }

    func prepare(_ object: inout JSON, replacing old: JSON) {
        // Only its own endpoint lets a namespace go.
        if builtin.kind.kind == "Namespace" { object["spec"] = old["spec"] }
        if builtin.kind.kind == "ServiceAccount", object["secrets"] == nil, let secrets = old["secrets"] {
            object["secrets"] = secrets
        }
    }

    func problems(of object: JSON, old: JSON?, part: ObjectPart) -> ObjectProblems {
        ObjectProblems(errors: KindValidation.problems(of: object, builtin.kind, old: old))
    }

    func shown(_ stored: JSON) throws -> JSON { form?.shown(stored) ?? stored }
    func stored(_ shown: JSON) -> JSON { form?.stored(shown) ?? shown }

    var mergesStrategically: Bool { true }
    var replacesUnconditionally: Bool { !Self.conditional.contains(builtin.plural) }
    var createsByPut: Bool { Self.creating.contains(builtin.plural) }
    var countsGenerations: Bool { Self.counting.contains(builtin.plural) }

    func selectableValue(_ field: String, in object: JSON) -> String? {
        builtin.selectableFields.first { $0.label == field }?.value(in: object)
    }

    var columns: [JSON] { table.columns.map(\.definition) }
    func cells(of object: JSON, now: Moment) -> [JSON] { table.cells(of: stored(object), now: now) }
    func rowConditions(of object: JSON) -> [JSON] { KindTable.rowConditions(of: object, builtin.kind) }

    func scale(of object: JSON) -> JSON? { WorkloadScale.scale(of: object) }
    var scaleFields: ScaleFields? {
        let path = FieldPath(fields: "spec", "replicas"), version = builtin.kind.apiVersion
        return ScaleFields(paths: [version: path], apiVersion: version)
    }
    func applied(scale: JSON, to object: JSON) -> JSON { WorkloadScale.applied(scale, to: object) }
    var deprecationWarning: String? { nil }

    /// As the strategies of Kubernetes 1.32 have it (`AllowUnconditionalUpdate`, `AllowCreateOnUpdate`).
    private static let conditional: Set<String> = [
        "customresourcedefinitions", "leases", "priorityclasses",
    ]
    private static let creating: Set<String> = [
        "leases", "events", "endpoints", "limitranges", "roles", "rolebindings", "clusterroles", "clusterrolebindings",
        "priorityclasses",
    ]
    private static let counting: Set<String> = [
        "customresourcedefinitions", "deployments", "replicasets", "statefulsets", "daemonsets",
        "replicationcontrollers", "jobs", "cronjobs", "ingresses", "ingressclasses", "networkpolicies",
        "poddisruptionbudgets", "priorityclasses", "podtemplates",
    ]
}

/// What a status is before anybody has written it.
enum ObjectStatus {
    static let budget: JSON = ["currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0]
}

/// The texts of a secret: `stringData` is written and never read.
enum SecretText {
    static func move(in object: inout JSON) {
        guard case .object(let texts)? = object["stringData"] else { return }
        object["stringData"] = JSON?.none
        guard !texts.isEmpty else { return }
        var data = object["data"]?.object ?? JSONObject()
        for (key, text) in texts { data[key] = .string(Array((text.string ?? "").utf8).base64) }
        object["data"] = .object(data)
    }
}
