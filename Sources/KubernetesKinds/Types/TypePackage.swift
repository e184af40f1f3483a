// SPDX-License-Identifier: Apache-2.0

/// Where types are at home: a short name in the notation, the start of their names, the group version of their kinds.
struct TypePackage: Sendable {
    let alias: String
    let prefix: String
    let group: String
    let version: String

    static let all: [TypePackage] = [
        TypePackage("meta", "io.k8s.apimachinery.pkg.apis.meta.v1", ""),
        TypePackage("core", "io.k8s.api.core.v1", ""),
        TypePackage("apps", "io.k8s.api.apps.v1", "apps"),
        TypePackage("batch", "io.k8s.api.batch.v1", "batch"),
        TypePackage("networking", "io.k8s.api.networking.v1", "networking.k8s.io"),
        TypePackage("discovery", "io.k8s.api.discovery.v1", "discovery.k8s.io"),
        TypePackage("rbac", "io.k8s.api.rbac.v1", "rbac.authorization.k8s.io"),
        TypePackage("authorization", "io.k8s.api.authorization.v1", "authorization.k8s.io"),
        TypePackage("authentication", "io.k8s.api.authentication.v1", "authentication.k8s.io"),
        TypePackage("policy", "io.k8s.api.policy.v1", "policy"),
        TypePackage("coordination", "io.k8s.api.coordination.v1", "coordination.k8s.io"),
        TypePackage("events", "io.k8s.api.events.v1", "events.k8s.io"),
        TypePackage("scheduling", "io.k8s.api.scheduling.v1", "scheduling.k8s.io"),
        TypePackage("storage", "io.k8s.api.storage.v1", "storage.k8s.io"),
        TypePackage("autoscaling", "io.k8s.api.autoscaling.v2", "autoscaling", version: "v2"),
        TypePackage("autoscalingv1", "io.k8s.api.autoscaling.v1", "autoscaling"),
        TypePackage(
            "extensions", "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1", "apiextensions.k8s.io"),
    ]

    private init(_ alias: String, _ prefix: String, _ group: String, version: String = "v1") {
        (self.alias, self.prefix, self.group, self.version) = (alias, prefix, group, version)
    }
}
