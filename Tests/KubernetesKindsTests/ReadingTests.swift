// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("Objects read as their kinds have them")
struct ReadingTests {
    @Test("values are written as Kubernetes writes them, null and unknown fields are left out", arguments: read)
    func reads(kind: String, object: JSON, expected: JSON, unknown: [String]) throws {
        let reading = try ObjectReading(object, as: DefaultTests.kind(kind))
        #expect(reading.object == expected)
        #expect(reading.unknownFields == unknown)
    }

    static let read: [(String, JSON, JSON, [String])] = [
        (
            "v1,ConfigMap", ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"], "dta": ["b": "c"]],
            ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": "a"]], ["dta"]
        ),
        (
            "apps/v1,Deployment",
            ["spec": ["replicaz": 1, "template": ["spec": ["containers": [["name": "a", "imagee": "x"]]]]]],
            ["spec": ["template": ["spec": ["containers": [["name": "a"]]]]]],
            ["spec.replicaz", "spec.template.spec.containers[0].imagee"]
        ),
        ("v1,Pod", ["metadata": ["creationTimestamp": nil, "labels": nil], "spec": nil], ["metadata": [:]], []),
        (
            "v1,ResourceQuota",
            ["spec": ["hard": ["memory": "1024Mi", "cpu": .number(JSONNumber(text: "0.5")!), "pods": 10]]],
            ["spec": ["hard": ["memory": "1Gi", "cpu": "500m", "pods": "10"]]], []
        ),
        (
            "v1,Namespace", ["metadata": ["creationTimestamp": "2026-01-01T02:00:00.5+02:00"]],
            ["metadata": ["creationTimestamp": "2026-01-01T00:00:00Z"]], []
        ),
        (
            "coordination.k8s.io/v1,Lease", ["spec": ["renewTime": "2026-01-01T00:00:00.123456789Z"]],
            ["spec": ["renewTime": "2026-01-01T00:00:00.123456Z"]], []
        ),
        ("v1,ConfigMap", ["data": ["a": nil]], ["data": ["a": ""]], []),
        (
            "apiextensions.k8s.io/v1,CustomResourceDefinition",
            [
                "spec": [
                    "versions": [
                        [
                            "schema": [
                                "openAPIV3Schema": [
                                    "additionalProperties": true, "items": ["type": "string"], "default": ["x": [1]],
                                    "typo": 1,
                                ]
                            ]
                        ]
                    ]
                ]
            ],
            [
                "spec": [
                    "versions": [
                        [
                            "schema": [
                                "openAPIV3Schema": [
                                    "additionalProperties": true, "items": ["type": "string"], "default": ["x": [1]],
                                ]
                            ]
                        ]
                    ]
                ]
            ],
            ["spec.versions[0].schema.openAPIV3Schema.typo"]
        ),
        ("apps/v1,ControllerRevision", ["data": ["any": ["thing": 1]]], ["data": ["any": ["thing": 1]]], []),
    ]

    @Test("values of the wrong type are refused in the words of Kubernetes", arguments: refused)
    func refuses(kind: String, object: JSON, message: String) throws {
        let fault = try #require(throws: Fault.self) { try ObjectReading(object, as: DefaultTests.kind(kind)) }
        #expect(fault.message == message)
    }

    static let refused: [(String, JSON, String)] = [
        (
            "apps/v1,Deployment", ["spec": ["replicas": "3"]],
            "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"
        ),
        (
            "apps/v1,Deployment", ["spec": ["replicas": .number(JSONNumber(text: "1.5")!)]],
            "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32"
        ),
        (
            "v1,ConfigMap", ["data": ["a": 1]],
            "json: cannot unmarshal number into Go struct field ConfigMap.data of type string"
        ),
        (
            "v1,ConfigMap", ["metadata": ["labels": ["a": true]]],
            "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"
        ),
        (
            "v1,Pod", ["spec": ["containers": ["name": "a"]]],
            "json: cannot unmarshal object into Go struct field PodSpec.spec.containers of type []v1.Container"
        ),
        (
            "v1,ResourceQuota", ["spec": ["hard": ["cpu": "1 GB"]]],
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        ),
        ("v1,Secret", ["data": ["a": "?"]], "illegal base64 data at input byte 0"),
        ("v1,ConfigMap", [1], "json: cannot unmarshal array into Go value of type v1.ConfigMap"),
    ]

    @Test("what kubectl sends in both forms is read alike")
    func agrees() throws {
        #expect(Fixture.requests.count > 25)
        for (name, json) in Fixture.requests {
            let kind = GroupVersionKind(
                apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "")
            let reading = try ObjectReading(json, as: kind)
            #expect(reading.unknownFields.isEmpty, "\(name)")
            #expect(reading.object == json, "\(name)")
        }
    }
}
