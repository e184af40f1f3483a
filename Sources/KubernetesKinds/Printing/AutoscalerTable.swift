// SPDX-License-Identifier: Apache-2.0

internal import Documents

extension KindTable {
    static let autoscalers = KindTable([
        "Name", "Reference", "Targets", "MinPods", "MaxPods", "Replicas", "Age",
    ]) { object, now in
        let target = object.at("spec", "scaleTargetRef") ?? [:]
        let least = object.number("spec", "minReplicas").map { "\($0)" }
        return [
            name(object), "\(target.text("kind"))/\(target.text("name"))",
            .string(targets(object.items("spec", "metrics"), object.items("status", "currentMetrics"))),
            .string(least ?? "<unset>"), count(object.number("spec", "maxReplicas")),
            count(object.number("status", "currentReplicas")), age(object, now),
        ]
    }

    /// The first two of the measured values, each with the one that is wanted.
    private static func targets(_ wanted: [JSON], _ measured: [JSON]) -> String {
        guard !wanted.isEmpty else { return "<none>" }
        let texts = wanted.enumerated().map { index, metric in
            target(metric, measured.indices.contains(index) ? measured[index] : [:])
        }
        return texts.prefix(2).joined(separator: ", ") + (texts.count > 2 ? " + \(texts.count - 2) more..." : "")
    }

    private static func target(_ wanted: JSON, _ measured: JSON) -> String {
        let kinds = [
            "External": "external", "Pods": "pods", "Object": "object", "Resource": "resource",
            "ContainerResource": "containerResource",
        ]
        guard let key = kinds[wanted.text("type")] else { return "<unknown type>" }
        let target = wanted.at(key, "target") ?? [:]
        func current(_ field: String) -> String { measured.at(key, "current", field)?.string ?? "<unknown>" }
        let average = target.at("averageValue")?.string
        switch key {
        case "pods": return "\(current("averageValue"))/\(average ?? "0")"
        case "external", "object":
            if let average { return "\(current("averageValue"))/\(average) (avg)" }
            return "\(current("value"))/\(target.at("value")?.string ?? "0")"
        default:
            let name = wanted.text(key, "name")
            if let average { return "\(name): \(current("averageValue"))/\(average)" }
            func percent(_ value: JSON?, _ absent: String) -> String { value?.int.map { "\($0)%" } ?? absent }
            let used = percent(measured.at(key, "current", "averageUtilization"), "<unknown>")
            return "\(name): \(used)/\(percent(target.at("averageUtilization"), "<auto>"))"
        }
    }
}
