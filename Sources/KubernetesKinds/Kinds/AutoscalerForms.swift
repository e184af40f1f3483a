// SPDX-License-Identifier: Apache-2.0

internal import Documents
internal import Kubernetes

/// An autoscaler as `autoscaling/v2`, which is stored, and as `autoscaling/v1`, which knows only one measure: the share of
/// processor time. What v1 has no field for stands in annotations, so that nothing is lost by a client that reads an
/// object and writes it back.
enum AutoscalerForms {
    static let stored = GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler")

    /// The annotations, as Kubernetes names them.
    enum Annotation {
        private static let prefix = "autoscaling.alpha.kubernetes.io/"
        static let metrics = prefix + "metrics"
        static let currentMetrics = prefix + "current-metrics"
        static let conditions = prefix + "conditions"
        static let behavior = prefix + "behavior"
        static let lists = [metrics, currentMetrics, conditions]
        static let all = lists + [behavior]
    }

    /// As v1 shows it.
    static func earlier(_ object: JSON) -> JSON {
        guard object.text("apiVersion") != "autoscaling/v1" else { return object }
        var result = object
        result["apiVersion"] = "autoscaling/v1"
        var kept: [(String, JSON)] = []
        result.change("spec") { spec in
            let metrics = spec.items("metrics")
            let others = metrics.filter { share($0, "target") == nil }
            if !others.isEmpty {
                kept.append((Annotation.metrics, .array(others.map { MetricForms.wanted.earlier($0) })))
            }
            if let behavior = spec.at("behavior") { kept.append((Annotation.behavior, behavior)) }
            spec["targetCPUUtilizationPercentage"] = metrics.lazy.compactMap { share($0, "target") }.first
            (spec["metrics"], spec["behavior"]) = (JSON?.none, JSON?.none)
        }
        result.change("status") { status in
            let metrics = status.items("currentMetrics")
            if !metrics.isEmpty {
                kept.append((Annotation.currentMetrics, .array(metrics.map { MetricForms.measured.earlier($0) })))
            }
            if let conditions = status.at("conditions") { kept.append((Annotation.conditions, conditions)) }
            status["currentCPUUtilizationPercentage"] = metrics.lazy.compactMap { share($0, "current") }.first
            (status["currentMetrics"], status["conditions"]) = (JSON?.none, JSON?.none)
        }
        guard !kept.isEmpty else { return result }
        var annotations = object.members("metadata", "annotations")
        for (name, value) in kept { annotations[name] = .string(String(decoding: value.encoded(), as: UTF8.self)) }
        result["metadata"] = result["metadata"] ?? [:]
        result["metadata"]?["annotations"] = .object(annotations)
        return result
    }

    /// As it is stored. Annotations that are not what they should be stay where they are; `KindValidation` refuses them.
    static func later(_ object: JSON) -> JSON {
        guard object.text("apiVersion") == "autoscaling/v1" else { return object }
        var result = object
        result["apiVersion"] = "autoscaling/v2"
        var annotations = object.members("metadata", "annotations")
        func take(_ name: String) -> JSON? {
            guard let value = value(of: name, in: annotations) else { return nil }
            annotations[name] = JSON?.none
            return value
        }
        let metrics = take(Annotation.metrics)?.array ?? [], measured = take(Annotation.currentMetrics)?.array ?? []
        let conditions = take(Annotation.conditions), behavior = take(Annotation.behavior)
        result.change("spec") { spec in
            var all = metrics.map { MetricForms.wanted.later($0) }
            if let share = spec.at("targetCPUUtilizationPercentage") {
                all.append(processor("target", ["type": "Utilization", "averageUtilization": share]))
            }
            spec["targetCPUUtilizationPercentage"] = JSON?.none
            spec["metrics"] = all.isEmpty ? JSON?.none : .array(all)
            spec["behavior"] = behavior
        }
        result.change("status") { status in
            var all = measured.map { MetricForms.measured.later($0) }
            if let used = status.at("currentCPUUtilizationPercentage"),
                !all.contains(where: { share($0, "current") != nil })
            {
                all.append(processor("current", ["averageUtilization": used]))
            }
            status["currentCPUUtilizationPercentage"] = JSON?.none
            status["currentMetrics"] = all.isEmpty ? JSON?.none : .array(all)
            status["conditions"] = conditions
        }
        if object.at("metadata", "annotations") != nil {
            result["metadata"]?["annotations"] = annotations.isEmpty ? JSON?.none : .object(annotations)
        }
        // What v1 leaves open is what v2 fills in when it is written.
        return KindDefaults.applied(to: result, of: stored)
    }

    /// The value of an annotation; nil where there is none, and for what is no list or object of JSON.
    static func value(of name: String, in annotations: JSONObject) -> JSON? {
        guard let text = annotations[name]?.string, let value = try? JSON(parsing: Array(text.utf8), source: name)
        else {
            return nil
        }
        switch value {
        case .array(let items) where Annotation.lists.contains(name) && items.allSatisfy({ $0.object != nil }):
            return value
        case .object where name == Annotation.behavior: return value
        default: return nil
        }
    }

    /// The share of processor time that a metric wants or measures, which v1 has a field for.
    private static func share(_ metric: JSON, _ part: String) -> JSON? {
        guard metric.text("type") == "Resource", metric.text("resource", "name") == "cpu" else { return nil }
        return metric.at("resource", part, "averageUtilization")
    }

    private static func processor(_ part: String, _ value: JSON) -> JSON {
        ["type": "Resource", "resource": .object(JSONObject([("name", "cpu"), (part, value)]))]
    }
}
