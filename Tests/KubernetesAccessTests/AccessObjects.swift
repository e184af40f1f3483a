// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesAccess

/// Roles and bindings as tests write them.
enum AccessObjects {
    static func role(_ name: String, in namespace: String? = nil, _ rules: [RoleRule], labels: [String] = [])
        -> KubernetesObject
    {
        let kind = GroupVersionKind("rbac.authorization.k8s.io", "v1", namespace == nil ? "ClusterRole" : "Role")
        var object = KubernetesObject(kind, namespace: namespace, name: name)
        for label in labels { object[label: label] = "true" }
        object.json["rules"] = .array(rules.map(\.json))
        return object
    }

    static func aggregated(_ name: String, from labels: [String], labels own: [String] = []) -> KubernetesObject {
        var object = role(name, [], labels: own)
        object.json["aggregationRule"] = [
            "clusterRoleSelectors": .array(labels.map { ["matchLabels": .object(JSONObject([($0, "true")]))] })
        ]
        return object
    }

    /// Subjects are written `User:a`, `Group:g`, `ServiceAccount:a`, `ServiceAccount:a/namespace`.
    static func binding(
        _ name: String, in namespace: String? = nil, to role: String, kind: String = "ClusterRole", _ subjects: [String]
    ) -> KubernetesObject {
        let own = namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
        var object = KubernetesObject(
            GroupVersionKind("rbac.authorization.k8s.io", "v1", own), namespace: namespace, name: name)
        object.json["roleRef"] = [
            "apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(role),
        ]
        object.json["subjects"] = .array(
            subjects.map { text in
                let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
                var json: JSON = ["kind": .string(parts[0])]
                let names = parts[0] == "ServiceAccount" ? parts[1].split(separator: "/").map(String.init) : [parts[1]]
                json["name"] = .string(names[0])
                if names.count == 2 { json["namespace"] = .string(names[1]) }
                return json
            })
        return object
    }
}
