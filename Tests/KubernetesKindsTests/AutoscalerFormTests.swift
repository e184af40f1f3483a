// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("Autoscalers of both versions")
struct AutoscalerFormTests {
    private let form: StoredForm

    init() throws {
        form = try #require(
            BuiltinKinds.kind(GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler"))?.form)
    }

    private static func object(
        _ version: String, _ spec: JSON, _ status: JSON? = nil, annotations: JSON? = nil
    ) -> JSON {
        var metadata: JSON = ["name": "a"]
        metadata["annotations"] = annotations
        var json: JSON = [
            "apiVersion": .string("autoscaling/\(version)"), "kind": "HorizontalPodAutoscaler", "metadata": metadata,
            "spec": spec,
        ]
        json["status"] = status
        return json
    }

    private static func processor(_ share: Int64) -> JSON {
        [
            "type": "Resource",
            "resource": [
                "name": "cpu",
                "target": ["type": "Utilization", "averageUtilization": .number(JSONNumber(share))],
            ],
        ]
    }

    @Test("the share of processor time is a field of one and a metric of the other")
    func convertsShare() {
        let earlier = Self.object("v1", ["minReplicas": 2, "maxReplicas": 3, "targetCPUUtilizationPercentage": 70])
        let stored = form.stored(earlier)
        #expect(stored["apiVersion"] == "autoscaling/v2")
        #expect(stored["spec"]?["metrics"] == [Self.processor(70)])
        #expect(stored["spec"]?["targetCPUUtilizationPercentage"] == nil)
        #expect(form.shown(stored) == earlier)
        #expect(form.stored(stored) == stored)
    }

    @Test("without a share, both want 80 percent")
    func fillsShare() {
        let stored = form.stored(Self.object("v1", ["maxReplicas": 3]))
        #expect(stored["spec"]?["metrics"] == [Self.processor(80)])
        #expect(
            form.shown(stored)["spec"] == ["maxReplicas": 3, "minReplicas": 1, "targetCPUUtilizationPercentage": 80])
    }

    @Test("what v1 has no field for stands in annotations and comes back from there", arguments: metrics)
    func keepsMetrics(later: JSON, earlier: JSON) throws {
        let object = Self.object(
            "v2", ["minReplicas": 1, "maxReplicas": 3, "metrics": [later, Self.processor(50)]],
            annotations: ["own": "b"])
        let shown = form.shown(object)
        let text = try #require(
            shown["metadata"]?["annotations"]?["autoscaling.alpha.kubernetes.io/metrics"]?.string)
        #expect(try JSON(parsing: Array(text.utf8), source: "an annotation") == [earlier])
        #expect(shown["spec"]?["targetCPUUtilizationPercentage"] == 50)
        #expect(form.stored(shown) == object)
    }

    static let metrics: [(JSON, JSON)] = [
        (
            [
                "type": "Resource",
                "resource": ["name": "memory", "target": ["type": "AverageValue", "averageValue": "1Gi"]],
            ],
            ["type": "Resource", "resource": ["name": "memory", "targetAverageValue": "1Gi"]]
        ),
        (
            [
                "type": "ContainerResource",
                "containerResource": [
                    "name": "cpu", "container": "app", "target": ["type": "Utilization", "averageUtilization": 60],
                ],
            ],
            [
                "type": "ContainerResource",
                "containerResource": ["name": "cpu", "container": "app", "targetAverageUtilization": 60],
            ]
        ),
        (
            [
                "type": "Pods",
                "pods": [
                    "metric": ["name": "requests", "selector": ["matchLabels": ["a": "b"]]],
                    "target": ["type": "AverageValue", "averageValue": "10"],
                ],
            ],
            [
                "type": "Pods",
                "pods": [
                    "metricName": "requests", "selector": ["matchLabels": ["a": "b"]], "targetAverageValue": "10",
                ],
            ]
        ),
        (
            [
                "type": "Object",
                "object": [
                    "describedObject": ["kind": "Ingress", "name": "i"], "metric": ["name": "hits"],
                    "target": ["type": "Value", "value": "2k"],
                ],
            ],
            [
                "type": "Object",
                "object": ["target": ["kind": "Ingress", "name": "i"], "metricName": "hits", "targetValue": "2k"],
            ]
        ),
        (
            [
                "type": "External",
                "external": [
                    "metric": ["name": "depth", "selector": ["matchLabels": ["queue": "q"]]],
                    "target": ["type": "AverageValue", "averageValue": "30"],
                ],
            ],
            [
                "type": "External",
                "external": [
                    "metricName": "depth", "metricSelector": ["matchLabels": ["queue": "q"]],
                    "targetAverageValue": "30",
                ],
            ]
        ),
    ]

    @Test("behaviour, conditions and what was measured survive a client that knows only v1")
    func keepsTheRest() {
        let spec: JSON = [
            "minReplicas": 1, "maxReplicas": 3, "metrics": [Self.processor(50)],
            "behavior": [
                "scaleUp": [
                    "stabilizationWindowSeconds": 0, "selectPolicy": "Max",
                    "policies": [["type": "Pods", "value": 1, "periodSeconds": 15]],
                ],
                "scaleDown": [
                    "selectPolicy": "Max", "policies": [["type": "Percent", "value": 100, "periodSeconds": 15]],
                ],
            ],
        ]
        let status: JSON = [
            "currentReplicas": 2, "desiredReplicas": 2,
            "currentMetrics": [
                [
                    "type": "Resource",
                    "resource": ["name": "cpu", "current": ["averageUtilization": 41, "averageValue": "12m"]],
                ]
            ],
            "conditions": [["type": "AbleToScale", "status": "True"]],
        ]
        let object = Self.object("v2", spec, status)
        let shown = form.shown(object)
        #expect(shown["status"] == ["currentReplicas": 2, "desiredReplicas": 2, "currentCPUUtilizationPercentage": 41])
        #expect(form.stored(shown) == object)
    }

    @Test("an annotation that cannot become a field is refused", arguments: ["", "{", "{}", "[1]", "\"a\""])
    func refuses(text: String) {
        let object = Self.object(
            "v1", ["maxReplicas": 3, "scaleTargetRef": ["kind": "Deployment", "name": "d"]],
            annotations: ["autoscaling.alpha.kubernetes.io/metrics": .string(text)])
        let kind = GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler")
        #expect(!KindValidation.problems(of: object, kind, old: nil).isEmpty)
        #expect(form.stored(object)["metadata"] == object["metadata"])
    }
}
