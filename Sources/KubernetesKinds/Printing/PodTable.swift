// SPDX-License-Identifier: Apache-2.0

internal import Chronology
internal import Documents
internal import Kubernetes

extension KindTable {
    static let pods = KindTable([
        "Name", "Ready", "Status", "Restarts", "Age", "+IP", "+Node", "+Nominated Node", "+Readiness Gates",
    ]) { pod, now in
        let state = PodState(pod)
        var restarts = "\(state.restarts)"
        if state.restarts != 0, let moment = state.lastRestart {
            restarts += " (\(HumanDuration.between(moment, now).humanText) ago)"
        }
        return [
            name(pod), "\(state.ready)/\(state.total)", .string(state.reason), .string(restarts), age(pod, now),
            cell(pod.at("status", "podIPs")?[0]?.text("ip") ?? ""), cell(pod.text("spec", "nodeName")),
            cell(pod.text("status", "nominatedNodeName")), .string(readinessGates(pod)),
        ]
    }

    private static func readinessGates(_ pod: JSON) -> String {
        let gates = pod.items("spec", "readinessGates")
        guard !gates.isEmpty else { return "<none>" }
        let isOpen = gates.count { Condition.isTrue($0.text("conditionType"), of: pod) }
        return "\(isOpen)/\(gates.count)"
    }

    static let podTemplates = KindTable(["Name", "Containers", "Images", "Pod Labels"]) { object, _ in
        [name(object)] + containers(object.at("template", "spec"))
            + [.string(LabelText.labels(object.members("template", "metadata", "labels")))]
    }
}

/// Conditions in the status of an object.
enum Condition {
    /// Whether the first condition of a type is true.
    static func isTrue(_ type: String, of object: JSON) -> Bool {
        object.items("status", "conditions").first { $0.text("type") == type }?.text("status") == "True"
    }
}
