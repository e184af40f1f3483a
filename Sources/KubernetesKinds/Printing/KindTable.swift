// SPDX-License-Identifier: Apache-2.0

public import Chronology
public import Documents
public import Kubernetes

/// How objects of a kind are shown in the rows of a `Table`, as Kubernetes 1.32 shows them.
public struct KindTable: Sendable {
    /// One column.
    public struct Column: Sendable {
        /// The heading.
        public let name: String
        /// `string`, `integer`, `boolean` or `date`.
        public let type: String
        /// `name` for the name of the object, else empty.
        public let format: String
        /// What the column shows.
        public let summary: String
        /// 0 is always shown, 1 only in wide tables.
        public let priority: Int

        /// The element of `columnDefinitions`.
        public var definition: JSON {
            [
                "name": .string(name), "type": .string(type), "format": .string(format),
                "description": .string(summary), "priority": .integer(priority),
            ]
        }
    }

    /// Makes the cells of an object.
    typealias Cells = @Sendable (_ object: JSON, _ now: Moment) -> [JSON]

    /// The columns in their order.
    public let columns: [Column]
    private let makeCells: Cells

    /// - Parameter columns: names; `+` before one means only in wide tables, `#` whole numbers, `?` true or false.
    init(_ columns: [String], cells: @escaping Cells) {
        self.columns = columns.map { Column(notation: $0) }
        makeCells = cells
    }

    /// The table of a kind; that of kinds without one of their own has name and time of creation.
    public static func table(of kind: GroupVersionKind) -> KindTable {
        byKind["\(kind.group)/\(kind.kind)"] ?? plain
    }

    /// The cells of an object: one for each column, also for those of wide tables.
    public func cells(of object: JSON, now: Moment) -> [JSON] { makeCells(object, now) }

    /// The `conditions` of the row of an object: pods that are done say so, for clients that hide them.
    public static func rowConditions(of object: JSON, _ kind: GroupVersionKind) -> [JSON] {
        guard kind.kind == "Pod", kind.group.isEmpty else { return [] }
        let phase = object.text("status", "phase")
        guard phase == "Succeeded" || phase == "Failed" else { return [] }
        let message = phase == "Failed" ? "The pod has failed." : "The pod is done."
        return [["type": "Completed", "status": "True", "reason": .string(phase), "message": .string(message)]]
    }

    /// By group and kind.
    private static let byKind: [String: KindTable] = [
        "/Pod": pods, "/PodTemplate": podTemplates, "/ReplicationController": replicationControllers,
        "apps/ReplicaSet": replicaSets, "apps/Deployment": deployments, "apps/StatefulSet": statefulSets,
        "apps/DaemonSet": daemonSets, "apps/ControllerRevision": controllerRevisions, "batch/Job": jobs,
        "batch/CronJob": cronJobs, "/Service": services, "/Endpoints": endpoints,
        "discovery.k8s.io/EndpointSlice": endpointSlices, "networking.k8s.io/Ingress": ingresses,
        "networking.k8s.io/IngressClass": ingressClasses, "networking.k8s.io/NetworkPolicy": networkPolicies,
        "/Node": nodes, "/Event": events, "events.k8s.io/Event": events, "/Namespace": namespaces,
        "/Secret": secrets, "/ConfigMap": configMaps, "/ServiceAccount": serviceAccounts,
        "/PersistentVolume": volumes, "/PersistentVolumeClaim": claims, "/ResourceQuota": quotas,
        "storage.k8s.io/StorageClass": storageClasses, "scheduling.k8s.io/PriorityClass": priorityClasses,
        "policy/PodDisruptionBudget": disruptionBudgets, "coordination.k8s.io/Lease": leases,
        "autoscaling/HorizontalPodAutoscaler": autoscalers, "autoscaling/Scale": scales,
        "rbac.authorization.k8s.io/RoleBinding": bindings, "rbac.authorization.k8s.io/ClusterRoleBinding": bindings,
    ]

    /// What kinds without a table of their own have.
    private static let plain = KindTable(["Name", "@Created At"]) { object, _ in
        [name(object), .string(object.text("metadata", "creationTimestamp"))]
    }

    /// The cell with the name.
    static func name(_ object: JSON) -> JSON { .string(object.text("metadata", "name")) }

    /// The cell with the age.
    static func age(_ object: JSON, _ now: Moment) -> JSON {
        .string(HumanDuration.since(object.at("metadata", "creationTimestamp"), now: now))
    }

    /// A cell with a text, or with another where there is none.
    static func cell(_ text: String, or absent: String = "<none>") -> JSON { .string(text.isEmpty ? absent : text) }

    /// A cell with a whole number; 0 where there is none.
    static func count(_ number: Int64?) -> JSON { .integer(number ?? 0) }

    /// The cells with the names and images of the containers of a pod's description.
    static func containers(_ podSpec: JSON?) -> [JSON] {
        let containers = podSpec?.items("containers") ?? []
        return ["name", "image"].map { key in .string(containers.map { $0.text(key) }.joined(separator: ",")) }
    }
}

extension KindTable.Column {
    fileprivate init(notation: String) {
        var name = notation[...]
        var priority = 0
        var type = "string"
        while let mark = name.first, let meaning = Self.marks[mark] {
            if mark == "+" { priority = 1 } else { type = meaning }
            name = name.dropFirst()
        }
        // Every table has the name of the object in one column.
        self.init(
            name: String(name), type: type, format: name == "Name" ? "name" : "",
            summary: Self.summaries[String(name)] ?? "", priority: priority)
    }

    private static let marks: [Character: String] = ["+": "", "#": "integer", "?": "boolean", "@": "date"]

    private static let summaries = [
        "Name": "Name of the object.", "Age": "Time since the object was made.",
        "Created At": "When the object was made.", "Ready": "How many of the wanted pods or containers are ready.",
        "Status": "What state the object is in.", "Restarts": "How often containers were started again.",
        "IP": "Address of the pod.", "Node": "Node that the pod runs on.", "Desired": "How many pods are wanted.",
        "Current": "How many pods there are.", "Up-to-date": "How many pods follow the last description.",
        "Available": "How many pods can be used.", "Containers": "Names of the containers.",
        "Images": "Images of the containers.", "Selector": "Labels of the pods.", "Type": "Type of the object.",
        "Cluster-IP": "Address inside the cluster.", "External-IP": "Addresses outside the cluster.",
        "Port(s)": "Ports with their protocols.", "Data": "Number of keys.", "Hosts": "Hosts of the rules.",
        "Schedule": "When jobs are made.", "Completions": "How many pods have succeeded.",
        "Last Seen": "Time since it happened last.", "Message": "What happened.", "Reason": "Why.",
    ]
}
