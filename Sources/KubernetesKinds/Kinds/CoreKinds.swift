// SPDX-License-Identifier: Apache-2.0

extension BuiltinKinds {
    /// The kinds of the core group.
    static let core = [
        BuiltinKind("core", "Binding", "bindings", .namespaced, verbs: ["create"]),
        BuiltinKind("core", "ConfigMap", "configmaps", .namespaced, short: ["cm"]),
        BuiltinKind("core", "Endpoints", "endpoints", .namespaced, short: ["ep"]),
        BuiltinKind("core", "Event", "events", .namespaced, short: ["ev"], fields: eventFields("involvedObject")),
        BuiltinKind("core", "LimitRange", "limitranges", .namespaced, short: ["limits"]),
        BuiltinKind(
            "core", "Namespace", "namespaces", .cluster, short: ["ns"],
            subresources: [.own("finalize", "update"), .status], fields: [SelectableField("status.phase")],
            verbs: BuiltinKind.storedVerbs.filter { $0 != "deletecollection" }),
        BuiltinKind(
            "core", "Node", "nodes", .cluster, short: ["no"], subresources: [.status],
            fields: [SelectableField("spec.unschedulable", absent: "false")]),
        BuiltinKind(
            "core", "PersistentVolumeClaim", "persistentvolumeclaims", .namespaced, short: ["pvc"],
            subresources: [.status]),
        BuiltinKind(
            "core", "PersistentVolume", "persistentvolumes", .cluster, short: ["pv"], subresources: [.status]),
        BuiltinKind(
            "core", "Pod", "pods", .namespaced, short: ["po"], categories: ["all"],
            subresources: [
                .other("attach", "v1", "PodAttachOptions", "create", "get"),
                .other("binding", "v1", "Binding", "create"),
                .own("ephemeralcontainers", "get", "patch", "update"),
                .other("eviction", "policy/v1", "Eviction", "create"),
                .other("exec", "v1", "PodExecOptions", "create", "get"), .own("log", "get"),
                .other("portforward", "v1", "PodPortForwardOptions", "create", "get"), .status,
            ],
            fields: [
                SelectableField("spec.nodeName"), SelectableField("spec.restartPolicy"),
                SelectableField("spec.schedulerName"), SelectableField("spec.serviceAccountName"),
                SelectableField("spec.hostNetwork", absent: "false"), SelectableField("status.phase"),
                SelectableField("status.podIP", at: ["status.podIPs.0.ip", "status.podIP"]),
                SelectableField("status.nominatedNodeName"),
            ]),
        BuiltinKind("core", "PodTemplate", "podtemplates", .namespaced),
        BuiltinKind(
            "core", "ReplicationController", "replicationcontrollers", .namespaced, short: ["rc"],
            categories: ["all"], subresources: [.scale, .status],
            fields: [SelectableField("status.replicas", absent: "0")]),
        BuiltinKind(
            "core", "ResourceQuota", "resourcequotas", .namespaced, short: ["quota"], subresources: [.status]),
        BuiltinKind("core", "Secret", "secrets", .namespaced, fields: [SelectableField("type")]),
        BuiltinKind(
            "core", "ServiceAccount", "serviceaccounts", .namespaced, short: ["sa"],
            subresources: [.other("token", "authentication.k8s.io/v1", "TokenRequest", "create")]),
        BuiltinKind(
            "core", "Service", "services", .namespaced, short: ["svc"], categories: ["all"],
            subresources: [.status],
            fields: [SelectableField("spec.clusterIP"), SelectableField("spec.type")]),
    ]

    /// The fields of events, which stand in the object the same way whichever of the two groups shows it.
    /// - Parameter subject: what the group calls the object of the event.
    static func eventFields(_ subject: String) -> [SelectableField] {
        let isCore = subject == "involvedObject"
        let parts = ["kind", "namespace", "name", "uid", "apiVersion", "resourceVersion", "fieldPath"]
        let subjectFields = parts.map {
            SelectableField("\(subject).\($0)", at: ["involvedObject.\($0)", "regarding.\($0)"])
        }
        let reporter = SelectableField(
            isCore ? "reportingComponent" : "reportingController",
            at: ["reportingComponent", "reportingController", "source.component", "deprecatedSource.component"])
        let source = SelectableField("source", at: ["source.component", "deprecatedSource.component"])
        return subjectFields + [SelectableField("reason"), reporter] + (isCore ? [source] : [])
            + [SelectableField("type")]
    }
}
