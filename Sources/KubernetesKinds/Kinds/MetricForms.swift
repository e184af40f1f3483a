// SPDX-License-Identifier: Apache-2.0

internal import Documents

/// What an autoscaler wants or has measured, as `autoscaling/v2` and as `autoscaling/v1` name the fields.
struct MetricForms {
    /// Where v2 keeps the values of a metric.
    private let values: String
    /// The fields of v1 by the kind of metric: the name there, and that among the values of v2.
    private let fields: [String: [(earlier: String, later: String)]]
    /// Whether the values say of which type they are.
    private let hasType: Bool

    static let wanted = MetricForms(
        values: "target",
        fields: [
            "object": [("targetValue", "value"), ("averageValue", "averageValue")],
            "pods": [("targetAverageValue", "averageValue")],
            "resource": [("targetAverageUtilization", "averageUtilization"), ("targetAverageValue", "averageValue")],
            "containerResource": [
                ("targetAverageUtilization", "averageUtilization"), ("targetAverageValue", "averageValue"),
            ],
            "external": [("targetValue", "value"), ("targetAverageValue", "averageValue")],
        ], hasType: true)

    static let measured = MetricForms(
        values: "current",
        fields: [
            "object": [("currentValue", "value"), ("averageValue", "averageValue")],
            "pods": [("currentAverageValue", "averageValue")],
            "resource": [("currentAverageUtilization", "averageUtilization"), ("currentAverageValue", "averageValue")],
            "containerResource": [
                ("currentAverageUtilization", "averageUtilization"), ("currentAverageValue", "averageValue"),
            ],
            "external": [("currentValue", "value"), ("currentAverageValue", "averageValue")],
        ], hasType: false)

    func earlier(_ metric: JSON) -> JSON { changed(metric, earlier) }
    func later(_ metric: JSON) -> JSON { changed(metric, later) }

    private func changed(_ metric: JSON, _ change: (String, JSON) -> JSON) -> JSON {
        var result = metric
        for key in fields.keys where metric.at(key) != nil { result.change(key) { $0 = change(key, $0) } }
        return result
    }

    private func earlier(_ kind: String, _ source: JSON) -> JSON {
        var result: JSON = [:]
        result["target"] = source.at("describedObject")
        result["metricName"] = source.at("metric", "name")
        result[Self.selector(kind)] = source.at("metric", "selector")
        (result["name"], result["container"]) = (source.at("name"), source.at("container"))
        for (earlier, later) in fields[kind] ?? [] { result[earlier] = source.at(values, later) }
        return result
    }

    private func later(_ kind: String, _ source: JSON) -> JSON {
        var (result, numbers, metric): (JSON, JSON, JSON) = ([:], [:], [:])
        for (earlier, later) in fields[kind] ?? [] { numbers[later] = source.at(earlier) }
        if hasType { numbers["type"] = .string(Self.type(of: numbers)) }
        (metric["name"], metric["selector"]) = (source.at("metricName"), source.at(Self.selector(kind)))
        result["describedObject"] = source.at("target")
        (result["name"], result["container"]) = (source.at("name"), source.at("container"))
        if !metric.isEmptyObject { result["metric"] = metric }
        result[values] = numbers
        return result
    }

    private static func selector(_ kind: String) -> String { kind == "external" ? "metricSelector" : "selector" }

    private static func type(of numbers: JSON) -> String {
        if numbers.at("averageUtilization") != nil { return "Utilization" }
        return numbers.at("averageValue") != nil ? "AverageValue" : "Value"
    }
}

extension JSON {
    fileprivate var isEmptyObject: Bool { object?.isEmpty ?? false }
}
