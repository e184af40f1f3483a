// SPDX-License-Identifier: Apache-2.0

internal import Documents
public import Kubernetes

/// The roles and bindings that users expect to find in every cluster, for the kinds that are served here.
public enum DefaultRoles {
    /// The objects, ready to be created. Aggregated roles have the rules that are gathered for them.
    public static let objects: [KubernetesObject] = {
        var objects = roles + bindings
        for role in RBACAuthorizer(objects).staleAggregations {
            if let place = objects.firstIndex(where: { $0.kind == role.kind && $0.name == role.name }) {
                objects[place] = role
            }
        }
        return objects
    }()

    private static let read = ["get", "list", "watch"]
    private static let write = ["create", "delete", "deletecollection", "patch", "update"]
    private static let aggregateLabel = "rbac.authorization.k8s.io/aggregate-to-"

    private static let roles = [
        role("cluster-admin", RoleRule.everything), gathered("admin"), gathered("edit", into: "admin"),
        gathered("view", into: "edit"), role("system:aggregate-to-admin", into: "admin", administration),
        role("system:aggregate-to-edit", into: "edit", editing),
        role("system:aggregate-to-view", into: "view", viewing),
        role(
            "system:basic-user",
            [
                RoleRule(
                    ["create"], groups: ["authorization.k8s.io"],
                    resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]),
                RoleRule(["create"], groups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"]),
            ]),
        role(
            "system:discovery",
            [
                RoleRule(
                    ["get"],
                    paths: [
                        "/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/openapi", "/openapi/*", "/readyz",
                        "/version", "/version/",
                    ])
            ]),
        role(
            "system:public-info-viewer",
            [RoleRule(["get"], paths: ["/healthz", "/livez", "/readyz", "/version", "/version/"])]),
    ]

    private static let bindings = [
        binding("cluster-admin", [UserInfo.mastersGroup]),
        binding("system:basic-user", [UserInfo.authenticatedGroup]),
        binding("system:discovery", [UserInfo.authenticatedGroup]),
        binding("system:public-info-viewer", [UserInfo.authenticatedGroup, UserInfo.unauthenticatedGroup]),
    ]

    private static let administration = [
        RoleRule(["create"], groups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"]),
        RoleRule(read + write, groups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"]),
    ]

    private static let editing = [
        RoleRule(
            read, groups: [""], resources: ["pods/attach", "pods/exec", "pods/portforward", "secrets"]),
        RoleRule(["impersonate"], groups: [""], resources: ["serviceaccounts"]),
        RoleRule(
            write, groups: [""], resources: ["pods", "pods/attach", "pods/exec", "pods/portforward"]),
        RoleRule(["create"], groups: [""], resources: ["pods/eviction"]),
        RoleRule(
            write, groups: [""],
            resources: [
                "configmaps", "events", "persistentvolumeclaims", "replicationcontrollers",
                "replicationcontrollers/scale", "secrets", "serviceaccounts", "services",
            ]),
        RoleRule(["create"], groups: [""], resources: ["serviceaccounts/token"]),
        RoleRule(
            write, groups: ["apps"],
            resources: [
                "daemonsets", "deployments", "deployments/scale", "replicasets", "replicasets/scale", "statefulsets",
                "statefulsets/scale",
            ]),
        RoleRule(write, groups: ["autoscaling"], resources: ["horizontalpodautoscalers"]),
        RoleRule(write, groups: ["batch"], resources: ["cronjobs", "jobs"]),
        RoleRule(write, groups: ["policy"], resources: ["poddisruptionbudgets"]),
        RoleRule(write, groups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"]),
        RoleRule(read + write, groups: ["coordination.k8s.io"], resources: ["leases"]),
    ]

    private static let viewing = [
        RoleRule(
            read, groups: [""],
            resources: [
                "configmaps", "endpoints", "persistentvolumeclaims", "persistentvolumeclaims/status", "pods",
                "replicationcontrollers", "replicationcontrollers/scale", "serviceaccounts", "services",
                "services/status",
            ]),
        RoleRule(
            read, groups: [""],
            resources: [
                "bindings", "events", "limitranges", "namespaces/status", "pods/log", "pods/status",
                "replicationcontrollers/status", "resourcequotas", "resourcequotas/status",
            ]),
        RoleRule(read, groups: [""], resources: ["namespaces"]),
        RoleRule(read, groups: ["discovery.k8s.io"], resources: ["endpointslices"]),
        RoleRule(
            read, groups: ["apps"],
            resources: [
                "controllerrevisions", "daemonsets", "daemonsets/status", "deployments", "deployments/scale",
                "deployments/status", "replicasets", "replicasets/scale", "replicasets/status", "statefulsets",
                "statefulsets/scale", "statefulsets/status",
            ]),
        RoleRule(
            read, groups: ["autoscaling"],
            resources: ["horizontalpodautoscalers", "horizontalpodautoscalers/status"]),
        RoleRule(read, groups: ["batch"], resources: ["cronjobs", "cronjobs/status", "jobs", "jobs/status"]),
        RoleRule(
            read, groups: ["policy"], resources: ["poddisruptionbudgets", "poddisruptionbudgets/status"]),
        RoleRule(
            read, groups: ["networking.k8s.io"], resources: ["ingresses", "ingresses/status", "networkpolicies"]),
    ]

    private static func role(_ name: String, into other: String? = nil, _ rules: [RoleRule]) -> KubernetesObject {
        var object = bootstrapped("ClusterRole", name)
        if let other { object[label: aggregateLabel + other] = "true" }
        object.json["rules"] = .array(rules.map(\.json))
        return object
    }

    private static func gathered(_ name: String, into other: String? = nil) -> KubernetesObject {
        var object = role(name, into: other, [])
        object.json["aggregationRule"] = [
            "clusterRoleSelectors": [["matchLabels": .object(JSONObject([(aggregateLabel + name, "true")]))]]
        ]
        return object
    }

    private static func binding(_ name: String, _ groups: [String]) -> KubernetesObject {
        var object = bootstrapped("ClusterRoleBinding", name)
        object.json["roleRef"] = [
            "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": .string(name),
        ]
        object.json["subjects"] = .array(
            groups.map { ["apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": .string($0)] })
        return object
    }

    private static func bootstrapped(_ kind: String, _ name: String) -> KubernetesObject {
        var object = KubernetesObject(GroupVersionKind("rbac.authorization.k8s.io", "v1", kind), name: name)
        object[label: "kubernetes.io/bootstrapping"] = "rbac-defaults"
        object[annotation: "rbac.authorization.kubernetes.io/autoupdate"] = "true"
        return object
    }
}
