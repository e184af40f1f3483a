// SPDX-License-Identifier: Apache-2.0

public import Documents

/// The subresource `scale` of workloads: how many pods they want and have, as an `autoscaling/v1` Scale.
public enum WorkloadScale {
    /// The scale of a Deployment, ReplicaSet, StatefulSet or ReplicationController.
    public static func scale(of object: JSON) -> JSON {
        var metadata = JSONObject()
        for key in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            if let value = object.at("metadata", key) { metadata[key] = value }
        }
        var status: JSON = ["replicas": .integer(object.number("status", "replicas") ?? 0)]
        if let selector = selector(object.at("spec", "selector")), !selector.isEmpty {
            status["selector"] = .string(selector)
        }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata),
            "spec": ["replicas": .integer(object.number("spec", "replicas") ?? 0)], "status": status,
        ]
    }

    /// The object with the number of pods that a scale wants; without one, it wants none.
    public static func applied(_ scale: JSON, to object: JSON) -> JSON {
        var object = object
        object.fill("spec", [:])
        object.change("spec") { $0["replicas"] = .integer(scale.number("spec", "replicas") ?? 0) }
        return object
    }

    /// A selector as it is typed; that of a ReplicationController is a map of labels.
    private static func selector(_ selector: JSON?) -> String? {
        let isMap = selector?.at("matchLabels") == nil && selector?.at("matchExpressions") == nil
        return isMap ? LabelText.selector(selector.map { ["matchLabels": $0] }) : LabelText.selector(selector)
    }
}
