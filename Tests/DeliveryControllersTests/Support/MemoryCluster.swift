// SPDX-License-Identifier: Apache-2.0

import Basics
import DeliveryControllers
import Documents
import Kubernetes
import Reconciling

/// The objects of a cluster in memory, with what was asked of it.
actor MemoryCluster: ClusterApplying {
    private var objects: [String: KubernetesObject] = [:]
    private var kinds: [String: (kind: GroupVersionKind, isNamespaced: Bool)] = [:]
    private var count = 0
    /// Faults by what is done and to whom: `apply ConfigMap demo/a`.
    private var faults: [String: Fault] = [:]
    private(set) var calls: [String] = []

    init(_ objects: [KubernetesObject] = []) {
        for (group, kinds) in [("", ["ConfigMap", "Secret", "Service"]), ("apps", ["Deployment"])] {
            for kind in kinds { self.kinds["\(group)/\(kind)"] = (GroupVersionKind(group, "v1", kind), true) }
        }
        kinds["/Namespace"] = (GroupVersionKind("", "v1", "Namespace"), false)
        let definition = GroupVersionKind("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
        kinds["apiextensions.k8s.io/CustomResourceDefinition"] = (definition, false)
        for kind in DeliveryKind.allCases {
            kinds["delivery.ocm.software/\(kind.rawValue)"] = (kind.groupVersionKind, kind.isNamespaced)
        }
        for object in objects { self.objects[Self.key(object)] = object }
    }

    private static func key(_ kind: GroupVersionKind, _ name: ObjectName) -> String {
        "\(kind.group)/\(kind.kind) \(name)"
    }
    private static func key(_ object: KubernetesObject) -> String {
        key(object.groupVersionKind ?? GroupVersionKind("", "", ""), object.objectName)
    }

    func put(_ object: KubernetesObject) { objects[Self.key(object)] = object }
    /// What drivers write of an object: finalizers and status, and all of one that is new or has another specification.
    func write(_ object: KubernetesObject) {
        guard var known = objects[Self.key(object)], known.generation == object.generation else { return put(object) }
        known.finalizers = object.finalizers
        known.json["spec"] = object.json["spec"]
        known[metadata: "deletionTimestamp"] = object[metadata: "deletionTimestamp"]
        known.json["status"] = object.json["status"]
        put(known)
    }
    func remove(_ object: KubernetesObject) { objects[Self.key(object)] = nil }
    func fail(_ call: String, _ fault: Fault?) { faults[call] = fault }
    func forget(_ group: String, _ kind: String) { kinds["\(group)/\(kind)"] = nil }
    func know(_ group: String, _ version: String, _ kind: String, isNamespaced: Bool) {
        kinds["\(group)/\(kind)"] = (GroupVersionKind(group, version, kind), isNamespaced)
    }
    func clearCalls() { calls = [] }
    var all: [KubernetesObject] { objects.values.sorted { Self.key($0) < Self.key($1) } }

    private func note(_ call: String) throws {
        calls.append(call)
        if let fault = faults[call] { throw fault }
    }

    func get(_ kind: GroupVersionKind, namespace: String?, name: String) throws -> KubernetesObject? {
        objects[Self.key(kind, ObjectName(namespace, name))]
    }
    func current(_ kind: GroupVersionKind, namespace: String?, name: String) throws -> KubernetesObject? {
        try get(kind, namespace: namespace, name: name)
    }
    func list(_ kind: GroupVersionKind, namespace: String?) throws -> [KubernetesObject] {
        all.filter {
            $0.groupVersionKind?.group == kind.group && $0.kind == kind.kind
                && (namespace == nil || $0.namespace == namespace)
        }
    }
    func isNamespaced(_ kind: GroupVersionKind) throws -> Bool? {
        guard let known = kinds["\(kind.group)/\(kind.kind)"], known.kind == kind else { return nil }
        return known.isNamespaced
    }
    func preferred(group: String, kind: String) throws -> GroupVersionKind? { kinds["\(group)/\(kind)"]?.kind }
    func live(_ kind: GroupVersionKind, namespace: String?, selector: String) throws -> [KubernetesObject] {
        try note("list \(kind.kind) \(namespace ?? "-")")
        let selector = try LabelSelector(selector)
        return try list(kind, namespace: namespace).filter { selector.matches($0) }
    }
    func apply(_ object: KubernetesObject, manager: String) throws -> KubernetesObject {
        try note("apply \(object.kind) \(object.objectName)")
        var object = object
        count += 1
        object.uid = objects[Self.key(object)]?.uid ?? "uid-\(count)"
        object.resourceVersion = "\(count)"
        if object.kind == "CustomResourceDefinition", let spec = object.json["spec"],
            let group = spec["group"]?.string, let kind = spec["names"]?["kind"]?.string,
            let version = spec["versions"]?[0]?["name"]?.string
        {
            kinds["\(group)/\(kind)"] = (GroupVersionKind(group, version, kind), spec["scope"] == "Namespaced")
        }
        objects[Self.key(object)] = object
        return object
    }
    func delete(_ object: KubernetesObject) throws {
        try note("delete \(object.kind) \(object.objectName)")
        guard var known = objects[Self.key(object)], known.uid == object.uid else { return }
        if known.finalizers.isEmpty {
            objects[Self.key(object)] = nil
        } else {
            known[metadata: "deletionTimestamp"] = "2026-01-01T00:00:00Z"
            objects[Self.key(object)] = known
        }
    }
    func label(
        _ object: KubernetesObject, labels: [String: String?], annotations: [String: String?]
    ) throws -> KubernetesObject {
        let key = ApplySetIdentity.kindsAnnotation
        try note("label \(object.kind) \(object.objectName) \(annotations[key].flatMap { $0 } ?? "")")
        var known = objects[Self.key(object)] ?? object
        for (key, value) in labels { known[label: key] = value }
        for (key, value) in annotations { known[annotation: key] = value }
        objects[Self.key(object)] = known
        return known
    }
}
