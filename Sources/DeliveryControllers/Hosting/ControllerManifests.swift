// SPDX-License-Identifier: Apache-2.0

public import Documents
internal import Kubernetes

/// What a cluster needs to run the controllers in: a namespace, an account with its rights, and a Deployment.
public struct ControllerManifests: Sendable {
    private let namespace: String
    private let image: String
    private let isAdministrator: Bool
    /// What the controllers are called: their Deployment and roles, and whoever reports their events.
    static let name = "sovereign-controllers"
    private static let account = "ocm-k8s-toolkit-controller-manager"

    /// - Parameter isAdministrator: whether the controllers may do everything; else what deployers apply needs a role of
    ///   its own.
    public init(namespace: String, image: String, isAdministrator: Bool) {
        (self.namespace, self.image, self.isAdministrator) = (namespace, image, isAdministrator)
    }

    /// All of them, in the order in which they are applied.
    public var all: [JSON] {
        [
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]],
            ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata(Self.account)],
            role, binding(Self.name, "ClusterRole", Self.name), leaseRole, leaseBinding,
            deployment,
        ] + (isAdministrator ? [binding("\(Self.name)-admin", "ClusterRole", "cluster-admin")] : [])
    }

    private func metadata(_ name: String) -> JSON { ["name": .string(name), "namespace": .string(namespace)] }

    private static func rule(_ groups: JSON, _ resources: JSON, _ verbs: JSON) -> JSON {
        ["apiGroups": groups, "resources": resources, "verbs": verbs]
    }

    private var role: JSON {
        let kinds = DeliveryKind.allCases.map(\.plural)
        let group: JSON = [.string(DeliveryKind.groupVersion.group)]
        return [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
            "metadata": ["name": .string(Self.name)],
            "rules": [
                Self.rule(group, .array(kinds.map { .string($0) }), ["get", "list", "watch", "update", "patch"]),
                Self.rule(group, .array(kinds.map { .string("\($0)/status") }), ["get", "update", "patch"]),
                Self.rule(group, .array(kinds.map { .string("\($0)/finalizers") }), ["update"]),
                Self.rule([""], ["secrets", "configmaps", "serviceaccounts"], ["get", "list", "watch"]),
                Self.rule([""], ["events"], ["create", "patch"]),
            ],
        ]
    }

    private var leaseRole: JSON {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": metadata(Self.name),
            "rules": [Self.rule(["coordination.k8s.io"], ["leases"], ["get", "create", "update"])],
        ]
    }

    private var subject: JSON {
        [["kind": "ServiceAccount", "name": .string(Self.account), "namespace": .string(namespace)]]
    }

    private var leaseBinding: JSON {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
            "metadata": metadata(Self.name),
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": .string(Self.name)],
            "subjects": subject,
        ]
    }

    private func binding(_ name: String, _ kind: String, _ role: String) -> JSON {
        [
            "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding",
            "metadata": ["name": .string(name)],
            "roleRef": ["apiGroup": "rbac.authorization.k8s.io", "kind": .string(kind), "name": .string(role)],
            "subjects": subject,
        ]
    }

    private var deployment: JSON {
        let labels: JSON = ["app.kubernetes.io/name": .string(Self.name)]
        let probe = { (path: String) -> JSON in
            ["httpGet": ["path": .string(path), "port": "health"], "periodSeconds": 10]
        }
        let container: JSON = [
            "name": "controllers", "image": .string(image),
            "args": [
                "controllers", "--leader-elect", "--lease", .string("\(namespace)/\(Self.name)"), "--health",
                "0.0.0.0:8081", "--log", "json",
            ],
            "ports": [["name": "health", "containerPort": 8081]], "livenessProbe": probe("/healthz"),
            "readinessProbe": probe("/readyz"),
            "resources": ["requests": ["cpu": "50m", "memory": "64Mi"], "limits": ["memory": "256Mi"]],
            "securityContext": [
                "allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]], "readOnlyRootFilesystem": true,
                "runAsNonRoot": true, "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "volumeMounts": [["name": "work", "mountPath": "/tmp"]],
        ]
        return [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(Self.name),
            "spec": [
                "replicas": 2, "selector": ["matchLabels": labels],
                "template": [
                    "metadata": ["labels": labels],
                    "spec": [
                        "serviceAccountName": .string(Self.account), "containers": [container],
                        "volumes": [["name": "work", "emptyDir": [:]]],
                    ],
                ],
            ],
        ]
    }
}
