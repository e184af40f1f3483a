// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindTable {
    static let namespaces = KindTable(["Name", "Status", "Age"]) { object, now in
        [name(object), .string(object.text("status", "phase")), age(object, now)]
    }

    static let secrets = KindTable(["Name", "Type", "Data", "Age"]) { object, now in
        [name(object), .string(object.text("type")), .integer(object.members("data").count), age(object, now)]
    }

    static let configMaps = KindTable(["Name", "Data", "Age"]) { object, now in
        [name(object), .integer(object.members("data").count + object.members("binaryData").count), age(object, now)]
    }

    static let serviceAccounts = KindTable(["Name", "Secrets", "Age"]) { object, now in
        [name(object), .integer(object.items("secrets").count), age(object, now)]
    }

    static let leases = KindTable(["Name", "Holder", "Age"]) { object, now in
        [name(object), .string(object.text("spec", "holderIdentity")), age(object, now)]
    }

    static let priorityClasses = KindTable([
        "Name", "#Value", "?Global-Default", "Age", "PreemptionPolicy",
    ]) { object, now in
        [
            name(object), count(object.number("value")), .bool(object.flag("globalDefault")), age(object, now),
            .string(object.text("preemptionPolicy")),
        ]
    }

    static let disruptionBudgets = KindTable([
        "Name", "Min Available", "Max Unavailable", "#Allowed Disruptions", "Age",
    ]) { object, now in
        let bounds = ["minAvailable", "maxUnavailable"].map { key -> JSON in
            let value = object.at("spec", key)
            return .string(value?.string ?? value?.numberText ?? "N/A")
        }
        return [name(object)] + bounds + [count(object.number("status", "disruptionsAllowed")), age(object, now)]
    }

    static let bindings = KindTable([
        "Name", "Role", "Age", "+Users", "+Groups", "+ServiceAccounts",
    ]) { object, now in
        let subjects = object.items("subjects")
        func names(_ kind: String) -> [String] {
            subjects.filter { $0.text("kind") == kind }.map { subject in
                guard kind == "ServiceAccount", !subject.text("namespace").isEmpty else { return subject.text("name") }
                return "\(subject.text("namespace"))/\(subject.text("name"))"
            }
        }
        let role: JSON = "\(object.text("roleRef", "kind"))/\(object.text("roleRef", "name"))"
        return [name(object), role, age(object, now)]
            + ["User", "Group", "ServiceAccount"].map { .string(names($0).joined(separator: ", ")) }
    }

    static let quotas = KindTable(["Name", "Request", "Limit", "Age"]) { object, now in
        let used = object.members("status", "used")
        var (requests, limits): ([String], [String]) = ([], [])
        for (key, hard) in object.members("status", "hard").sorted(by: { LabelText.precedes($0.key, $1.key) }) {
            let text = "\(key): \(used[key]?.string ?? "0")/\(hard.string ?? "0")"
            if key.hasPrefix("limits.") { limits.append(text) } else { requests.append(text) }
        }
        return [
            name(object), .string(requests.joined(separator: ", ")), .string(limits.joined(separator: ", ")),
            age(object, now),
        ]
    }

    static let nodes = KindTable([
        "Name", "Status", "Roles", "Age", "Version", "+Internal-IP", "+External-IP", "+OS-Image", "+Kernel-Version",
        "+Container-Runtime",
    ]) { object, now in
        let ready = object.items("status", "conditions").last { $0.text("type") == "Ready" }
        let status = ready.map { $0.text("status") == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        func address(_ type: String) -> JSON {
            let addresses = object.items("status", "addresses")
            return .string(addresses.first { $0.text("type") == type }?.text("address") ?? "<none>")
        }
        let software = ["osImage", "kernelVersion", "containerRuntimeVersion"].map {
            cell(object.text("status", "nodeInfo", $0), or: "<unknown>")
        }
        return [
            name(object), .string(status + (object.flag("spec", "unschedulable") ? ",SchedulingDisabled" : "")),
            cell(roles(object)), age(object, now), .string(object.text("status", "nodeInfo", "kubeletVersion")),
            address("InternalIP"), address("ExternalIP"),
        ] + software
    }

    private static func roles(_ node: JSON) -> String {
        let prefix = "node-role.kubernetes.io/"
        let roles = node.members("metadata", "labels").compactMap { key, value -> String? in
            if key.hasPrefix(prefix) { return String(key.dropFirst(prefix.count)) }
            return key == "kubernetes.io/role" ? value.string : nil
        }
        return Set(roles).filter { !$0.isEmpty }.sorted(by: LabelText.precedes).joined(separator: ",")
    }

    static let scales = KindTable(["Name", "#Desired", "#Available", "Age"]) { object, now in
        [
            name(object), count(object.number("spec", "replicas")), count(object.number("status", "replicas")),
            age(object, now),
        ]
    }
}
