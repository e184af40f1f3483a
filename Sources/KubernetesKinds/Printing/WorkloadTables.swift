// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents
internal import Kubernetes

extension KindTable {
    private static let podColumns = ["+Containers", "+Images", "+Selector"]

    /// The cells of `podColumns`, of a template with a selector beside it.
    private static func podCells(_ spec: JSON?) -> [JSON] {
        containers(spec?.at("template", "spec")) + [.string(LabelText.cell(spec?.at("selector")))]
    }

    static let replicationControllers = KindTable(
        ["Name", "#Desired", "#Current", "#Ready", "Age"] + podColumns
    ) { object, now in
        replicas(object, now) + containers(object.at("spec", "template", "spec"))
            + [.string(LabelText.labels(object.members("spec", "selector")))]
    }

    static let replicaSets = KindTable(
        ["Name", "#Desired", "#Current", "#Ready", "Age"] + podColumns
    ) { object, now in replicas(object, now) + podCells(object.at("spec")) }

    private static func replicas(_ object: JSON, _ now: Moment) -> [JSON] {
        [
            name(object), count(object.number("spec", "replicas")), count(object.number("status", "replicas")),
            count(object.number("status", "readyReplicas")), age(object, now),
        ]
    }

    private static func readiness(_ object: JSON) -> JSON {
        "\(object.number("status", "readyReplicas") ?? 0)/\(object.number("spec", "replicas") ?? 0)"
    }

    static let deployments = KindTable(
        ["Name", "Ready", "Up-to-date", "Available", "Age"] + podColumns
    ) { object, now in
        [
            name(object), readiness(object), count(object.number("status", "updatedReplicas")),
            count(object.number("status", "availableReplicas")), age(object, now),
        ] + containers(object.at("spec", "template", "spec"))
            + [.string(LabelText.selector(object.at("spec", "selector")) ?? "<invalid>")]
    }

    static let statefulSets = KindTable(["Name", "Ready", "Age", "+Containers", "+Images"]) { object, now in
        [name(object), readiness(object), age(object, now)] + containers(object.at("spec", "template", "spec"))
    }

    static let daemonSets = KindTable(
        ["Name", "#Desired", "#Current", "#Ready", "#Up-to-date", "#Available", "Node Selector", "Age"] + podColumns
    ) { object, now in
        let numbers = [
            "desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled",
            "numberAvailable",
        ].map { count(object.number("status", $0)) }
        let nodes = LabelText.labels(object.members("spec", "template", "spec", "nodeSelector"))
        return [name(object)] + numbers + [.string(nodes), age(object, now)] + podCells(object.at("spec"))
    }

    static let controllerRevisions = KindTable(["Name", "Controller", "Revision", "Age"]) { object, now in
        let owner = object.items("metadata", "ownerReferences").first { $0.flag("controller") }
        let controller = owner.map { owner in
            let kind = GroupVersionKind(apiVersion: owner.text("apiVersion"), kind: owner.text("kind"))
            let name = kind.group.isEmpty ? kind.kind : "\(kind.kind).\(kind.group)"
            return "\(name.lowercased())/\(owner.text("name"))"
        }
        return [name(object), cell(controller ?? ""), count(object.number("revision")), age(object, now)]
    }

    static let jobs = KindTable(["Name", "Status", "Completions", "Duration", "Age"] + podColumns) { job, now in
        [name(job), .string(status(of: job)), completions(of: job), .string(duration(of: job, now)), age(job, now)]
            + podCells(job.at("spec"))
    }

    private static func status(of job: JSON) -> String {
        if Condition.isTrue("Complete", of: job) { return "Complete" }
        if Condition.isTrue("Failed", of: job) { return "Failed" }
        if job.at("metadata", "deletionTimestamp") != nil { return "Terminating" }
        if Condition.isTrue("Suspended", of: job) { return "Suspended" }
        return Condition.isTrue("FailureTarget", of: job) ? "FailureTarget" : "Running"
    }

    private static func completions(of job: JSON) -> JSON {
        let done = job.number("status", "succeeded") ?? 0
        if let wanted = job.number("spec", "completions") { return "\(done)/\(wanted)" }
        let parallel = job.number("spec", "parallelism") ?? 0
        return parallel > 1 ? "\(done)/1 of \(parallel)" : "\(done)/1"
    }

    private static func duration(of job: JSON, _ now: Moment) -> String {
        guard let start = Moment(rfc3339: job.text("status", "startTime")) else { return "" }
        let end = Moment(rfc3339: job.text("status", "completionTime")) ?? now
        return HumanDuration.between(start, end).humanText
    }

    static let cronJobs = KindTable(
        ["Name", "Schedule", "Timezone", "?Suspend", "#Active", "Last Schedule", "Age"] + podColumns
    ) { object, now in
        let suspend = object.at("spec", "suspend")?.bool.map { $0 ? "True" : "False" }
        let last = object.at("status", "lastScheduleTime").map { HumanDuration.since($0, now: now) }
        return [
            name(object), .string(object.text("spec", "schedule")), cell(object.text("spec", "timeZone")),
            .string(suspend ?? "<unset>"), count(Int64(object.items("status", "active").count)), cell(last ?? ""),
            age(object, now),
        ] + podCells(object.at("spec", "jobTemplate", "spec"))
    }
}
