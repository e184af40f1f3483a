// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// The kinds that the server knows without a definition, as Kubernetes 1.32 serves them.
public enum BuiltinKinds {
    /// All kinds, group by group, in the order in which discovery shows the groups.
    public static let all: [BuiltinKind] =
        core + workloads + [
            BuiltinKind("events", "Event", "events", .namespaced, short: ["ev"], fields: eventFields("regarding"))
        ] + access + scaling + jobs + networking + [
            BuiltinKind(
                "policy", "PodDisruptionBudget", "poddisruptionbudgets", .namespaced, short: ["pdb"],
                subresources: [.status]),
            BuiltinKind("storage", "StorageClass", "storageclasses", .cluster, short: ["sc"]),
            BuiltinKind(
                "extensions", "CustomResourceDefinition", "customresourcedefinitions", .cluster,
                short: ["crd", "crds"], categories: ["api-extensions"], subresources: [.status]),
            BuiltinKind("scheduling", "PriorityClass", "priorityclasses", .cluster, short: ["pc"]),
            BuiltinKind("coordination", "Lease", "leases", .namespaced),
            BuiltinKind("discovery", "EndpointSlice", "endpointslices", .namespaced),
        ]

    /// The kind of a group version and plural name.
    public static func kind(group: String, version: String, plural: String) -> BuiltinKind? {
        all.first { $0.plural == plural && $0.kind.group == group && $0.kind.version == version }
    }

    /// The kind of objects of this kind.
    public static func kind(_ kind: GroupVersionKind) -> BuiltinKind? { all.first { $0.kind == kind } }

    private static let workloads = [
        BuiltinKind("apps", "ControllerRevision", "controllerrevisions", .namespaced),
        BuiltinKind(
            "apps", "DaemonSet", "daemonsets", .namespaced, short: ["ds"], categories: ["all"],
            subresources: [.status]),
        BuiltinKind(
            "apps", "Deployment", "deployments", .namespaced, short: ["deploy"], categories: ["all"],
            subresources: [.scale, .status]),
        BuiltinKind(
            "apps", "ReplicaSet", "replicasets", .namespaced, short: ["rs"], categories: ["all"],
            subresources: [.scale, .status]),
        BuiltinKind(
            "apps", "StatefulSet", "statefulsets", .namespaced, short: ["sts"], categories: ["all"],
            subresources: [.scale, .status]),
    ]

    private static let access = [
        BuiltinKind("authentication", "SelfSubjectReview", "selfsubjectreviews", .cluster, verbs: ["create"]),
        BuiltinKind("authentication", "TokenReview", "tokenreviews", .cluster, verbs: ["create"]),
        BuiltinKind(
            "authorization", "LocalSubjectAccessReview", "localsubjectaccessreviews", .namespaced, verbs: ["create"]),
        BuiltinKind(
            "authorization", "SelfSubjectAccessReview", "selfsubjectaccessreviews", .cluster, verbs: ["create"]),
        BuiltinKind("authorization", "SelfSubjectRulesReview", "selfsubjectrulesreviews", .cluster, verbs: ["create"]),
        BuiltinKind("authorization", "SubjectAccessReview", "subjectaccessreviews", .cluster, verbs: ["create"]),
        BuiltinKind("rbac", "ClusterRoleBinding", "clusterrolebindings", .cluster),
        BuiltinKind("rbac", "ClusterRole", "clusterroles", .cluster),
        BuiltinKind("rbac", "RoleBinding", "rolebindings", .namespaced),
        BuiltinKind("rbac", "Role", "roles", .namespaced),
    ]

    private static let scaling = [
        BuiltinKind(
            "autoscaling", "HorizontalPodAutoscaler", "horizontalpodautoscalers", .namespaced, short: ["hpa"],
            categories: ["all"], subresources: [.status]),
        BuiltinKind(
            "autoscalingv1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", .namespaced, short: ["hpa"],
            categories: ["all"], subresources: [.status]),
    ]

    private static let jobs = [
        BuiltinKind(
            "batch", "CronJob", "cronjobs", .namespaced, short: ["cj"], categories: ["all"], subresources: [.status]),
        BuiltinKind(
            "batch", "Job", "jobs", .namespaced, categories: ["all"], subresources: [.status],
            fields: [SelectableField("status.successful", at: ["status.succeeded"], absent: "0")]),
    ]

    private static let networking = [
        BuiltinKind("networking", "IngressClass", "ingressclasses", .cluster),
        BuiltinKind(
            "networking", "Ingress", "ingresses", .namespaced, short: ["ing"], subresources: [.status]),
        BuiltinKind("networking", "NetworkPolicy", "networkpolicies", .namespaced, short: ["netpol"]),
    ]
}
