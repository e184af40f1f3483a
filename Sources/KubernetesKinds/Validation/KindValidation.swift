// SPDX-License-Identifier: Apache-2.0

public import Documents
public import Kubernetes

/// The rules of the built-in kinds beyond their types, as Kubernetes 1.32 enforces them for the fields people use.
public enum KindValidation {
    /// What is wrong with an object that is to be stored; empty when nothing is.
    ///
    /// - Parameters:
    ///   - object: the object with its defaults.
    ///   - old: the object as it was; nil when it is new.
    public static func problems(of object: JSON, _ kind: GroupVersionKind, old: JSON? = nil) -> [FieldError] {
        guard let type = TypeTable.builtin.type(of: kind) else { return [] }
        var validator = ObjectValidator()
        if let builtin = BuiltinKinds.kind(kind), builtin.isStored {
            validator.metadata(object, kind, isNamespaced: builtin.isNamespaced, old: old)
        }
        let key = "\(kind.group)/\(kind.kind)"
        rules[key]?(&validator, object)
        if let old { updateRules[key]?(&validator, object, old) }
        validator.enumerations(object, type, FieldPlace(""))
        var seen: Set<FieldError> = []
        return validator.problems.filter { seen.insert($0).inserted }
    }

    typealias Rule = @Sendable (inout ObjectValidator, _ object: JSON) -> Void
    typealias UpdateRule = @Sendable (inout ObjectValidator, _ object: JSON, _ old: JSON) -> Void

    /// By group and kind.
    private static let rules: [String: Rule] = [
        "/Pod": { $0.podSpec($1.at("spec") ?? [:], FieldPlace("spec")) },
        "/PodTemplate": { $0.template($1.at("template"), FieldPlace("template")) },
        "/ReplicationController": { $0.replicationController($1) }, "apps/Deployment": { $0.deployment($1) },
        "apps/ReplicaSet": { $0.replicaSet($1) }, "apps/StatefulSet": { $0.statefulSet($1) },
        "apps/DaemonSet": { $0.daemonSet($1) }, "batch/Job": { $0.job($1.at("spec") ?? [:], FieldPlace("spec")) },
        "batch/CronJob": { $0.cronJob($1) }, "/Service": { $0.service($1) }, "/ConfigMap": { $0.configMap($1) },
        "/Secret": { $0.secret($1) }, "/PersistentVolumeClaim": { $0.claim($1) },
        "/PersistentVolume": { $0.volume($1) },
        "/ResourceQuota": { $0.amounts($1.at("spec", "hard"), FieldPlace("spec.hard")) },
        "networking.k8s.io/Ingress": { $0.ingress($1) }, "networking.k8s.io/NetworkPolicy": { $0.networkPolicy($1) },
        "rbac.authorization.k8s.io/Role": { $0.role($1, isNamespaced: true) },
        "rbac.authorization.k8s.io/ClusterRole": { $0.role($1, isNamespaced: false) },
        "rbac.authorization.k8s.io/RoleBinding": { $0.binding($1, isNamespaced: true) },
        "rbac.authorization.k8s.io/ClusterRoleBinding": { $0.binding($1, isNamespaced: false) },
        "policy/PodDisruptionBudget": { $0.disruptionBudget($1) }, "coordination.k8s.io/Lease": { $0.lease($1) },
        "scheduling.k8s.io/PriorityClass": { $0.priorityClass($1) },
        "storage.k8s.io/StorageClass": { $0.needs($1, "provisioner", FieldPlace("")) },
        "autoscaling/HorizontalPodAutoscaler": { $0.autoscaler($1) },
        "autoscaling/Scale": { $0.notNegative($1.at("spec") ?? [:], ["replicas"], FieldPlace("spec")) },
        "authentication.k8s.io/TokenRequest": { $0.tokenRequest($1) },
    ]

    private static let updateRules: [String: UpdateRule] = [
        "/Pod": { $0.podUpdate($1, $2) }, "apps/Deployment": { $0.selectorUpdate($1, $2) },
        "apps/ReplicaSet": { $0.selectorUpdate($1, $2) }, "apps/DaemonSet": { $0.selectorUpdate($1, $2) },
        "apps/StatefulSet": { $0.statefulSetUpdate($1, $2) }, "batch/Job": { $0.jobUpdate($1, $2) },
        "/Service": { $0.serviceUpdate($1, $2) }, "/ConfigMap": { $0.dataUpdate($1, $2, ["data", "binaryData"]) },
        "/Secret": { $0.secretUpdate($1, $2) }, "/PersistentVolumeClaim": { $0.claimUpdate($1, $2) },
        "rbac.authorization.k8s.io/RoleBinding": { $0.bindingUpdate($1, $2) },
        "rbac.authorization.k8s.io/ClusterRoleBinding": { $0.bindingUpdate($1, $2) },
        "scheduling.k8s.io/PriorityClass": { $0.priorityClassUpdate($1, $2) },
        "storage.k8s.io/StorageClass": { $0.storageClassUpdate($1, $2) },
    ]
}

extension ObjectValidator {
    /// Strings that are not in the set of their field; what a status says is left alone.
    mutating func enumerations(_ object: JSON, _ type: ObjectType, _ place: FieldPlace) {
        guard case .object(let members) = object, !type.isUnion else { return }
        for field in TypeTable.builtin.jsonFields(of: type) {
            guard let value = members[field.name], !(place.text.isEmpty && field.name == "status") else { continue }
            enumeration(value, field.type, place[field.name])
        }
    }

    private mutating func enumeration(_ value: JSON, _ type: FieldType, _ place: FieldPlace) {
        switch (type, value) {
        case (.enumeration(let values), .string(let text)):
            // An empty text is one that is not given; whether it has to be, other rules say.
            if !text.isEmpty && !values.contains(text) { notSupported(place, text, values.filter { !$0.isEmpty }) }
        case (.list(let item), .array(let items)):
            guard item.mayHaveEnumeration else { return }
            for (index, value) in items.enumerated() { enumeration(value, item, place[index]) }
        case (.map(let item), .object(let members)):
            guard item.mayHaveEnumeration else { return }
            for (key, value) in members { enumeration(value, item, place.key(key)) }
        case (.object(let name), .object):
            if let type = TypeTable.builtin.type(named: name) { enumerations(value, type, place) }
        default: break
        }
    }
}

extension FieldType {
    fileprivate var mayHaveEnumeration: Bool { if case .scalar = self { false } else { true } }
}
