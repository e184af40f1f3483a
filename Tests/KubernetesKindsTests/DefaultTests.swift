// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("Defaults of the built-in kinds")
struct DefaultTests {
    static func kind(_ text: String) -> GroupVersionKind {
        let parts = text.split(separator: ",").map(String.init)
        return GroupVersionKind(apiVersion: parts[0], kind: parts[1])
    }

    @Test("what is missing is filled in, and only once", arguments: cases)
    func fills(kind: String, object: JSON, expected: JSON) {
        let filled = KindDefaults.applied(to: object, of: Self.kind(kind))
        #expect(filled == expected, "\(filled.pretty())")
        #expect(KindDefaults.applied(to: filled, of: Self.kind(kind)) == filled)
    }

    private static func container(_ members: JSONObject, policy: JSON = "IfNotPresent") -> JSON {
        var container: JSON = [
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": [:],
            "imagePullPolicy": policy,
        ]
        for (key, value) in members { container[key] = value }
        return container
    }

    private static func podSpec(_ members: JSONObject) -> JSON {
        var spec: JSON = [
            "dnsPolicy": "ClusterFirst", "restartPolicy": "Always", "schedulerName": "default-scheduler",
            "securityContext": [:], "terminationGracePeriodSeconds": 30,
        ]
        for (key, value) in members { spec[key] = value }
        return spec
    }

    static let cases: [(String, JSON, JSON)] = [
        (
            "apps/v1,Deployment", ["spec": ["template": ["spec": ["containers": [["name": "a", "image": "x:1"]]]]]],
            [
                "spec": [
                    "replicas": 1, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                    "strategy": [
                        "type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": "25%", "maxSurge": "25%"],
                    ],
                    "template": [
                        "metadata": [:],
                        "spec": podSpec(["containers": [container(["name": "a", "image": "x:1"])]]),
                    ],
                ]
            ]
        ),
        (
            "apps/v1,Deployment", ["spec": ["replicas": 0, "strategy": ["type": "Recreate"]]],
            [
                "spec": [
                    "replicas": 0, "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                    "strategy": ["type": "Recreate"],
                ]
            ]
        ),
        (
            "apps/v1,DaemonSet", ["spec": [:]],
            [
                "spec": [
                    "revisionHistoryLimit": 10,
                    "updateStrategy": [
                        "type": "RollingUpdate", "rollingUpdate": ["maxUnavailable": 1, "maxSurge": 0],
                    ],
                ]
            ]
        ),
        (
            "apps/v1,StatefulSet", ["spec": [:]],
            [
                "spec": [
                    "replicas": 1, "revisionHistoryLimit": 10, "podManagementPolicy": "OrderedReady",
                    "persistentVolumeClaimRetentionPolicy": ["whenDeleted": "Retain", "whenScaled": "Retain"],
                    "updateStrategy": ["type": "RollingUpdate", "rollingUpdate": ["partition": 0]],
                ]
            ]
        ),
        (
            "v1,Pod",
            [
                "spec": [
                    "serviceAccountName": "s", "hostNetwork": true,
                    "containers": [
                        [
                            "name": "a", "image": "x", "ports": [["containerPort": 80]],
                            "resources": ["limits": ["cpu": "1", "memory": "1Gi"], "requests": ["cpu": "500m"]],
                            "livenessProbe": ["httpGet": ["port": 80]],
                            "readinessProbe": ["grpc": ["port": 1], "periodSeconds": 3],
                            "env": [["name": "e", "valueFrom": ["fieldRef": ["fieldPath": "metadata.name"]]]],
                        ]
                    ],
                ]
            ],
            [
                "spec": podSpec([
                    "serviceAccountName": "s", "serviceAccount": "s", "hostNetwork": true,
                    "enableServiceLinks": true,
                    "containers": [
                        container(
                            [
                                "name": "a", "image": "x",
                                "ports": [["containerPort": 80, "hostPort": 80, "protocol": "TCP"]],
                                "resources": [
                                    "limits": ["cpu": "1", "memory": "1Gi"],
                                    "requests": ["cpu": "500m", "memory": "1Gi"],
                                ],
                                "livenessProbe": [
                                    "httpGet": ["port": 80, "path": "/", "scheme": "HTTP"], "timeoutSeconds": 1,
                                    "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
                                ],
                                "readinessProbe": [
                                    "grpc": ["port": 1, "service": ""], "timeoutSeconds": 1, "periodSeconds": 3,
                                    "successThreshold": 1, "failureThreshold": 3,
                                ],
                                "env": [
                                    [
                                        "name": "e",
                                        "valueFrom": ["fieldRef": ["fieldPath": "metadata.name", "apiVersion": "v1"]],
                                    ]
                                ],
                            ], policy: "Always")
                    ],
                ]), "status": ["phase": "Pending"],
            ]
        ),
        (
            "v1,PodTemplate",
            [
                "template": [
                    "metadata": [:],
                    "spec": [
                        "volumes": [
                            ["name": "a"], ["name": "b", "configMap": ["name": "c"]],
                            ["name": "c", "hostPath": ["path": "/"]],
                            ["name": "d", "projected": ["sources": [["serviceAccountToken": ["path": "t"]]]]],
                        ]
                    ],
                ]
            ],
            [
                "template": [
                    "metadata": [:],
                    "spec": podSpec([
                        "volumes": [
                            ["name": "a", "emptyDir": [:]],
                            ["name": "b", "configMap": ["name": "c", "defaultMode": 420]],
                            ["name": "c", "hostPath": ["path": "/", "type": ""]],
                            [
                                "name": "d",
                                "projected": [
                                    "defaultMode": 420,
                                    "sources": [["serviceAccountToken": ["path": "t", "expirationSeconds": 3600]]],
                                ],
                            ],
                        ]
                    ]),
                ]
            ]
        ),
        (
            "batch/v1,Job",
            ["metadata": [:], "spec": ["template": ["metadata": ["labels": ["a": "b"]], "spec": [:]]]],
            [
                "metadata": ["labels": ["a": "b"]],
                "spec": [
                    "completions": 1, "parallelism": 1, "backoffLimit": 6,
                    "completionMode": "NonIndexed", "manualSelector": false, "suspend": false,
                    "podReplacementPolicy": "TerminatingOrFailed",
                    "template": ["metadata": ["labels": ["a": "b"]], "spec": podSpec([:])],
                ],
            ]
        ),
        (
            "batch/v1,Job", ["metadata": [:], "spec": ["parallelism": 2]],
            [
                "metadata": [:],
                "spec": [
                    "parallelism": 2, "backoffLimit": 6, "completionMode": "NonIndexed",
                    "manualSelector": false, "suspend": false, "podReplacementPolicy": "TerminatingOrFailed",
                ],
            ]
        ),
        (
            "batch/v1,CronJob", ["spec": ["schedule": "* * * * *"]],
            [
                "spec": [
                    "schedule": "* * * * *", "concurrencyPolicy": "Allow", "suspend": false,
                    "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
                ]
            ]
        ),
        (
            "v1,Service", ["spec": ["ports": [["port": 80], ["port": 81, "targetPort": "http", "protocol": "UDP"]]]],
            [
                "spec": [
                    "type": "ClusterIP", "sessionAffinity": "None", "internalTrafficPolicy": "Cluster",
                    "ports": [
                        ["port": 80, "targetPort": 80, "protocol": "TCP"],
                        ["port": 81, "targetPort": "http", "protocol": "UDP"],
                    ],
                ]
            ]
        ),
        (
            "v1,Service", ["spec": ["type": "LoadBalancer", "sessionAffinity": "ClientIP"]],
            [
                "spec": [
                    "type": "LoadBalancer", "sessionAffinity": "ClientIP", "internalTrafficPolicy": "Cluster",
                    "externalTrafficPolicy": "Cluster", "allocateLoadBalancerNodePorts": true,
                    "sessionAffinityConfig": ["clientIP": ["timeoutSeconds": 10800]],
                ]
            ]
        ),
        (
            "v1,Service", ["spec": ["type": "ExternalName", "externalName": "a.b"]],
            ["spec": ["type": "ExternalName", "externalName": "a.b", "sessionAffinity": "None"]]
        ),
        (
            "v1,Secret", ["data": ["a": "AA=="], "stringData": ["b": "x"]],
            ["type": "Opaque", "data": ["a": "AA==", "b": "eA=="]]
        ),
        (
            "v1,Namespace", ["metadata": ["name": "n"]],
            ["metadata": ["name": "n", "labels": ["kubernetes.io/metadata.name": "n"]], "status": ["phase": "Active"]]
        ),
        (
            "v1,LimitRange",
            ["spec": ["limits": [["type": "Container", "max": ["cpu": "2"], "min": ["memory": "1Mi"]]]]],
            [
                "spec": [
                    "limits": [
                        [
                            "type": "Container", "max": ["cpu": "2"], "min": ["memory": "1Mi"],
                            "default": ["cpu": "2"], "defaultRequest": ["cpu": "2", "memory": "1Mi"],
                        ]
                    ]
                ]
            ]
        ),
        (
            "v1,PersistentVolumeClaim", ["spec": [:]],
            ["spec": ["volumeMode": "Filesystem"], "status": ["phase": "Pending"]]
        ),
        (
            "networking.k8s.io/v1,NetworkPolicy", ["spec": ["podSelector": [:], "egress": [["ports": [["port": 1]]]]]],
            [
                "spec": [
                    "podSelector": [:], "policyTypes": ["Ingress", "Egress"],
                    "egress": [["ports": [["port": 1, "protocol": "TCP"]]]],
                ]
            ]
        ),
        (
            "rbac.authorization.k8s.io/v1,RoleBinding",
            [
                "roleRef": ["kind": "Role", "name": "r"],
                "subjects": [["kind": "User", "name": "u"], ["kind": "ServiceAccount", "name": "s"]],
            ],
            [
                "roleRef": ["kind": "Role", "name": "r", "apiGroup": "rbac.authorization.k8s.io"],
                "subjects": [
                    ["kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"],
                    ["kind": "ServiceAccount", "name": "s"],
                ],
            ]
        ),
        (
            "autoscaling/v2,HorizontalPodAutoscaler", ["spec": ["maxReplicas": 3, "metrics": [["type": "Pods"]]]],
            ["spec": ["maxReplicas": 3, "minReplicas": 1, "metrics": [["type": "Pods"]]]]
        ),
        ("authentication.k8s.io/v1,TokenRequest", ["spec": [:]], ["spec": ["expirationSeconds": 3600]]),
        (
            "apiextensions.k8s.io/v1,CustomResourceDefinition",
            ["spec": ["names": ["kind": "Widget", "plural": "widgets"]]],
            [
                "spec": [
                    "conversion": ["strategy": "None"],
                    "names": ["kind": "Widget", "plural": "widgets", "singular": "widget", "listKind": "WidgetList"],
                ]
            ]
        ),
        ("v1,PodTemplate", ["template": [:]], ["template": ["metadata": [:], "spec": podSpec([:])]]),
        ("v1,ConfigMap", ["data": ["a": "b"]], ["data": ["a": "b"]]),
        ("example.org/v1,Widget", ["a": 1], ["a": 1]),
    ]

    @Test(
        "images are pulled again when their name does not fix them",
        arguments: [
            ("x", "Always"), ("x:latest", "Always"), ("x:1", "IfNotPresent"), ("h:5000/x", "Always"),
            ("h:5000/x:1", "IfNotPresent"), ("x@sha256:00", "IfNotPresent"), ("x:latest@sha256:00", "Always"),
        ])
    func choosesPullPolicy(image: String, policy: String) {
        let pod: JSON = ["spec": ["containers": [["name": "a", "image": .string(image)]]]]
        let filled = KindDefaults.applied(to: pod, of: Self.kind("v1,Pod"))
        #expect(filled["spec"]?["containers"]?[0]?["imagePullPolicy"] == .string(policy))
    }

    @Test("services get addresses once, and only where they want one", arguments: services)
    func assigns(service: JSON, old: JSON?, expected: JSON) {
        let addresses = ServiceAddresses(nextAddress: { "10.0.0.7" }, nextNodePort: { 30007 })
        #expect(addresses.assigned(to: service, old: old) == expected)
    }

    private static let given: JSONObject = ["ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack"]
    private static func spec(_ members: JSONObject, _ more: JSONObject = given) -> JSON {
        var spec: JSON = .object(members)
        for (key, value) in more { spec[key] = value }
        return ["spec": spec]
    }

    static let services: [(JSON, JSON?, JSON)] = [
        (
            ["spec": ["type": "ClusterIP"]], nil,
            spec(["type": "ClusterIP", "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"]])
        ),
        (
            ["spec": ["type": "ClusterIP"]], ["spec": ["clusterIP": "10.0.0.3"]],
            spec(["type": "ClusterIP", "clusterIP": "10.0.0.3", "clusterIPs": ["10.0.0.3"]])
        ),
        (
            ["spec": ["type": "ClusterIP", "clusterIP": "None"]], nil,
            spec(["type": "ClusterIP", "clusterIP": "None", "clusterIPs": ["None"]])
        ),
        (["spec": ["type": "ExternalName", "clusterIP": "1.1.1.1"]], nil, ["spec": ["type": "ExternalName"]]),
        (
            ["spec": ["type": "NodePort", "ports": [["port": 1], ["port": 2, "nodePort": 31000]]]], nil,
            spec([
                "type": "NodePort", "clusterIP": "10.0.0.7", "clusterIPs": ["10.0.0.7"],
                "ports": [["port": 1, "nodePort": 30007], ["port": 2, "nodePort": 31000]],
            ])
        ),
        (
            ["spec": ["type": "NodePort", "ports": [["port": 1]]]],
            ["spec": ["clusterIP": "10.0.0.3", "ports": [["port": 1, "nodePort": 30001]]]],
            spec([
                "type": "NodePort", "clusterIP": "10.0.0.3", "clusterIPs": ["10.0.0.3"],
                "ports": [["port": 1, "nodePort": 30001]],
            ])
        ),
    ]

    @Test("jobs find their pods by their own identity unless they bring a selector")
    func selectsJobs() {
        let job: JSON = ["metadata": ["name": "j", "uid": "u"], "spec": ["template": ["metadata": [:]]]]
        let made = JobSelector.generated(for: job)
        #expect(made["spec"]?["selector"] == ["matchLabels": ["batch.kubernetes.io/controller-uid": "u"]])
        #expect(
            made["spec"]?["template"]?["metadata"]?["labels"] == [
                "job-name": "j", "controller-uid": "u", "batch.kubernetes.io/job-name": "j",
                "batch.kubernetes.io/controller-uid": "u",
            ])
        var manual = job
        manual["spec"] = ["manualSelector": true, "selector": [:]]
        #expect(JobSelector.generated(for: manual) == manual)
    }
}
