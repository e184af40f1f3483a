// SPDX-License-Identifier: Apache-2.0

import Chronology
import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("Tables of objects")
struct TableTests {
    /// Ten minutes and five seconds after the moment at which the objects of the tests were made.
    static let now = Moment(rfc3339: "2026-01-01T00:10:05Z")!
    static let made: JSON = "2026-01-01T00:00:00Z"

    static func object(_ members: JSON, name: String = "n") -> JSON {
        var object = members
        var metadata = object["metadata"] ?? [:]
        metadata["name"] = .string(name)
        metadata["creationTimestamp"] = made
        object["metadata"] = metadata
        return object
    }

    @Test("headings, and which of them stand only in wide tables", arguments: headings)
    func hasColumns(kind: String, narrow: String, wide: String) throws {
        let kind = GroupVersionKind(
            apiVersion: kind.contains("/") ? String(kind.split(separator: "/")[0]) + "/v1" : "v1",
            kind: String(kind.split(separator: "/").last ?? ""))
        let columns = KindTable.table(of: kind).columns
        #expect(columns.filter { $0.priority == 0 }.map(\.name).joined(separator: " | ") == narrow)
        #expect(columns.filter { $0.priority > 0 }.map(\.name).joined(separator: " | ") == wide)
        #expect(columns.filter { $0.format == "name" }.count == 1)
    }

    static let headings = [
        ("Pod", "Name | Ready | Status | Restarts | Age", "IP | Node | Nominated Node | Readiness Gates"),
        ("apps/Deployment", "Name | Ready | Up-to-date | Available | Age", "Containers | Images | Selector"),
        ("Service", "Name | Type | Cluster-IP | External-IP | Port(s) | Age", "Selector"),
        ("Event", "Last Seen | Type | Reason | Object | Message", "Subobject | Source | First Seen | Count | Name"),
        ("ConfigMap", "Name | Data | Age", ""), ("rbac.authorization.k8s.io/Role", "Name | Created At", ""),
        ("rbac.authorization.k8s.io/RoleBinding", "Name | Role | Age", "Users | Groups | ServiceAccounts"),
        ("apiextensions.k8s.io/CustomResourceDefinition", "Name | Created At", ""),
        ("batch/Job", "Name | Status | Completions | Duration | Age", "Containers | Images | Selector"),
        ("policy/PodDisruptionBudget", "Name | Min Available | Max Unavailable | Allowed Disruptions | Age", ""),
    ]

    @Test("every kind has as many cells as columns, whatever its objects lack", arguments: BuiltinKinds.all)
    func fillsRows(kind: BuiltinKind) {
        let table = KindTable.table(of: kind.kind)
        for object: JSON in [[:], nil, ["metadata": [], "spec": "x", "status": 1]] {
            #expect(table.cells(of: object, now: Self.now).count == table.columns.count)
        }
    }

    @Test("cells", arguments: cells)
    func hasCells(kind: String, object: JSON, cells: [JSON]) {
        let parts = kind.split(separator: ",").map(String.init)
        let table = KindTable.table(of: GroupVersionKind(apiVersion: parts[0], kind: parts[1]))
        #expect(table.cells(of: Self.object(object), now: Self.now) == cells)
    }

    private static let template: JSON = [
        "spec": [
            "containers": [["name": "a", "image": "x:1"], ["name": "b", "image": "y"]], "nodeSelector": ["d": "e"],
        ]
    ]
    private static let selector: JSON = [
        "matchLabels": ["b": "1", "a": "2"],
        "matchExpressions": [
            ["key": "c", "operator": "In", "values": ["y", "x"]], ["key": "aa", "operator": "DoesNotExist"],
        ],
    ]

    static let cells: [(String, JSON, [JSON])] = [
        ("v1,ConfigMap", ["data": ["a": "1"], "binaryData": ["b": "AA=="]], ["n", 2, "10m"]),
        ("v1,Secret", ["type": "Opaque", "data": ["a": "AA=="]], ["n", "Opaque", 1, "10m"]),
        ("v1,Namespace", ["status": ["phase": "Active"]], ["n", "Active", "10m"]),
        ("v1,ServiceAccount", [:], ["n", 0, "10m"]),
        ("rbac.authorization.k8s.io/v1,Role", [:], ["n", "2026-01-01T00:00:00Z"]),
        (
            "v1,Service",
            [
                "spec": [
                    "type": "ClusterIP", "clusterIP": "None", "clusterIPs": ["None"], "selector": ["b": "1", "a": "2"],
                ]
            ],
            ["n", "ClusterIP", "None", "<none>", "<none>", "10m", "a=2,b=1"]
        ),
        (
            "v1,Service",
            [
                "spec": [
                    "type": "NodePort", "clusterIP": "10.0.0.1",
                    "ports": [
                        ["port": 80, "nodePort": 30080, "protocol": "TCP"], ["port": 53, "protocol": "UDP"],
                    ],
                ]
            ],
            ["n", "NodePort", "10.0.0.1", "<none>", "80:30080/TCP,53/UDP", "10m", "<none>"]
        ),
        (
            "v1,Service", ["spec": ["type": "LoadBalancer"]],
            ["n", "LoadBalancer", "<none>", "<pending>", "<none>", "10m", "<none>"]
        ),
        (
            "v1,Service",
            [
                "spec": ["type": "LoadBalancer", "externalIPs": ["9.9.9.9"]],
                "status": [
                    "loadBalancer": ["ingress": [["ip": "2.2.2.2"], ["hostname": "b.example"], ["ip": "1.1.1.1"]]]
                ],
            ],
            ["n", "LoadBalancer", "<none>", "1.1.1.1,2.2.2.2,b.example,9.9.9.9", "<none>", "10m", "<none>"]
        ),
        (
            "v1,Service", ["spec": ["type": "ExternalName", "externalName": "db.example"]],
            ["n", "ExternalName", "<none>", "db.example", "<none>", "10m", "<none>"]
        ),
        (
            "apps/v1,Deployment",
            [
                "spec": ["replicas": 3, "template": template, "selector": selector],
                "status": ["readyReplicas": 1, "updatedReplicas": 2],
            ],
            ["n", "1/3", 2, 0, "10m", "a,b", "x:1,y", "a=2,!aa,b=1,c in (x,y)"]
        ),
        (
            "apps/v1,ReplicaSet", ["spec": ["replicas": 2], "status": ["replicas": 2, "readyReplicas": 1]],
            ["n", 2, 2, 1, "10m", "", "", "<none>"]
        ),
        ("apps/v1,StatefulSet", ["spec": ["replicas": 2, "template": template]], ["n", "0/2", "10m", "a,b", "x:1,y"]),
        (
            "apps/v1,DaemonSet",
            ["spec": ["template": template], "status": ["desiredNumberScheduled": 4, "numberReady": 3]],
            ["n", 4, 0, 3, 0, 0, "d=e", "10m", "a,b", "x:1,y", "<none>"]
        ),
        (
            "apps/v1,ControllerRevision",
            [
                "revision": 7,
                "metadata": [
                    "ownerReferences": [
                        ["apiVersion": "apps/v1", "kind": "DaemonSet", "name": "d", "controller": true]
                    ]
                ],
            ],
            ["n", "daemonset.apps/d", 7, "10m"]
        ),
        (
            "batch/v1,Job",
            [
                "spec": ["completions": 3, "template": template],
                "status": ["succeeded": 1, "startTime": "2026-01-01T00:09:00Z"],
            ],
            ["n", "Running", "1/3", "65s", "10m", "a,b", "x:1,y", "<none>"]
        ),
        (
            "batch/v1,Job",
            [
                "spec": ["parallelism": 2],
                "status": [
                    "succeeded": 1, "startTime": "2026-01-01T00:01:00Z", "completionTime": "2026-01-01T00:04:30Z",
                    "conditions": [["type": "Complete", "status": "True"]],
                ],
            ],
            ["n", "Complete", "1/1 of 2", "3m30s", "10m", "", "", "<none>"]
        ),
        (
            "batch/v1,CronJob",
            [
                "spec": ["schedule": "0 * * * *", "suspend": false],
                "status": ["active": [[:]], "lastScheduleTime": "2026-01-01T00:10:00Z"],
            ],
            ["n", "0 * * * *", "<none>", "False", 1, "5s", "10m", "", "", "<none>"]
        ),
        (
            "networking.k8s.io/v1,Ingress",
            [
                "spec": [
                    "ingressClassName": "c", "tls": [[:]],
                    "rules": [
                        ["host": "a"], ["host": "b"], ["host": "c"], ["host": "d"], ["host": "e"],
                    ],
                ]
            ],
            ["n", "c", "a,b,c + 2 more...", "", "80, 443", "10m"]
        ),
        ("networking.k8s.io/v1,Ingress", [:], ["n", "<none>", "*", "", "80", "10m"]),
        (
            "networking.k8s.io/v1,IngressClass",
            ["spec": ["controller": "x/y", "parameters": ["apiGroup": "g", "kind": "K", "name": "p"]]],
            ["n", "x/y", "K.g/p", "10m"]
        ),
        (
            "networking.k8s.io/v1,NetworkPolicy", ["spec": ["podSelector": ["matchLabels": ["a": "b"]]]],
            ["n", "a=b", "10m"]
        ),
        (
            "v1,Endpoints",
            ["subsets": [["addresses": [["ip": "1.1.1.1"], ["ip": "::1"]], "ports": [["port": 80], ["port": 443]]]]],
            ["n", "1.1.1.1:80,[::1]:80,1.1.1.1:443 + 1 more...", "10m"]
        ),
        ("v1,Endpoints", [:], ["n", "<none>", "10m"]),
        (
            "discovery.k8s.io/v1,EndpointSlice",
            [
                "addressType": "IPv4", "ports": [["port": 80], ["name": "x"], [:]],
                "endpoints": [["addresses": ["1.1.1.1"]]],
            ],
            ["n", "IPv4", "80,x,*", "1.1.1.1", "10m"]
        ),
        (
            "rbac.authorization.k8s.io/v1,RoleBinding",
            [
                "roleRef": ["kind": "Role", "name": "r"],
                "subjects": [
                    ["kind": "User", "name": "u"], ["kind": "User", "name": "v"], ["kind": "Group", "name": "g"],
                    ["kind": "ServiceAccount", "name": "s", "namespace": "x"],
                ],
            ],
            ["n", "Role/r", "10m", "u, v", "g", "x/s"]
        ),
        (
            "v1,ResourceQuota",
            [
                "status": [
                    "hard": ["limits.cpu": "2", "pods": "10", "cpu": "1"], "used": ["pods": "3", "cpu": "500m"],
                ]
            ],
            ["n", "cpu: 500m/1, pods: 3/10", "limits.cpu: 0/2", "10m"]
        ),
        (
            "policy/v1,PodDisruptionBudget", ["spec": ["minAvailable": "50%"], "status": ["disruptionsAllowed": 1]],
            ["n", "50%", "N/A", 1, "10m"]
        ),
        ("coordination.k8s.io/v1,Lease", ["spec": ["holderIdentity": "h"]], ["n", "h", "10m"]),
        ("scheduling.k8s.io/v1,PriorityClass", ["value": 5], ["n", 5, false, "10m", ""]),
        ("autoscaling/v1,Scale", ["spec": ["replicas": 3], "status": ["replicas": 2]], ["n", 3, 2, "10m"]),
        (
            "autoscaling/v2,HorizontalPodAutoscaler",
            [
                "spec": [
                    "scaleTargetRef": ["kind": "Deployment", "name": "d"], "maxReplicas": 5,
                    "metrics": [
                        ["type": "Resource", "resource": ["name": "cpu", "target": ["averageUtilization": 80]]],
                        ["type": "Pods", "pods": ["target": ["averageValue": "10"]]], ["type": "Object"],
                    ],
                ],
                "status": [
                    "currentReplicas": 2,
                    "currentMetrics": [
                        ["type": "Resource", "resource": ["current": ["averageUtilization": 40]]]
                    ],
                ],
            ],
            ["n", "Deployment/d", "cpu: 40%/80%, <unknown>/10 + 1 more...", "<unset>", 5, 2, "10m"]
        ),
        (
            "storage.k8s.io/v1,StorageClass",
            ["metadata": ["annotations": ["storageclass.kubernetes.io/is-default-class": "true"]], "provisioner": "p"],
            ["n (default)", "p", "Delete", "Immediate", false, "10m"]
        ),
        (
            "v1,PersistentVolumeClaim",
            [
                "spec": ["volumeName": "v", "storageClassName": "s", "volumeMode": "Filesystem"],
                "status": [
                    "phase": "Bound", "capacity": ["storage": "1Gi"],
                    "accessModes": ["ReadWriteMany", "ReadWriteOnce"],
                ],
            ],
            ["n", "Bound", "v", "1Gi", "RWO,RWX", "s", "<unset>", "10m", "Filesystem"]
        ),
        (
            "v1,PersistentVolume",
            [
                "spec": [
                    "capacity": ["storage": "5Gi"], "accessModes": ["ReadWriteOnce"],
                    "claimRef": ["namespace": "a", "name": "b"],
                    "persistentVolumeReclaimPolicy": "Retain",
                ], "status": ["phase": "Bound"],
            ],
            ["n", "5Gi", "RWO", "Retain", "Bound", "a/b", "", "<unset>", "", "10m", "<unset>"]
        ),
        (
            "v1,Node",
            [
                "metadata": ["labels": ["node-role.kubernetes.io/control-plane": "", "kubernetes.io/role": "x"]],
                "spec": ["unschedulable": true],
                "status": [
                    "conditions": [["type": "Ready", "status": "True"]], "nodeInfo": ["kubeletVersion": "v1.32.4"],
                    "addresses": [["type": "InternalIP", "address": "10.0.0.2"]],
                ],
            ],
            [
                "n", "Ready,SchedulingDisabled", "control-plane,x", "10m", "v1.32.4", "10.0.0.2", "<none>", "<unknown>",
                "<unknown>", "<unknown>",
            ]
        ),
        (
            "v1,Event",
            [
                "lastTimestamp": "2026-01-01T00:10:00Z", "firstTimestamp": "2026-01-01T00:00:00Z", "type": "Normal",
                "reason": "R", "involvedObject": ["kind": "Pod", "name": "p"], "message": " m\n", "count": 3,
                "source": ["component": "c", "host": "h"],
            ],
            ["5s", "Normal", "R", "pod/p", "", "c, h", "m", "10m", 3, "n"]
        ),
        (
            "events.k8s.io/v1,Event",
            [
                "eventTime": "2026-01-01T00:09:05.000000Z", "type": "Warning", "reason": "R",
                "regarding": ["kind": "Pod"],
                "note": "m", "reportingController": "rc",
            ],
            ["60s", "Warning", "R", "pod", "", "rc", "m", "60s", 1, "n"]
        ),
    ]

    @Test("the state of pods", arguments: pods)
    func showsPods(pod: JSON, ready: String, state: String, restarts: String) {
        let table = KindTable.table(of: GroupVersionKind(apiVersion: "v1", kind: "Pod"))
        let cells = table.cells(of: Self.object(pod), now: Self.now)
        #expect(cells.prefix(4) == ["n", .string(ready), .string(state), .string(restarts)])
    }

    private static let two: JSON = ["containers": [["name": "a"], ["name": "b"]]]
    private static let running: JSON = ["running": [:]]

    static let pods: [(JSON, String, String, String)] = [
        (["spec": two, "status": ["phase": "Pending"]], "0/2", "Pending", "0"),
        (
            [
                "spec": two,
                "status": [
                    "phase": "Running",
                    "containerStatuses": [
                        ["name": "a", "ready": true, "state": running],
                        ["name": "b", "ready": false, "state": running],
                    ],
                ],
            ], "1/2", "Running", "0"
        ),
        (
            [
                "spec": two,
                "status": [
                    "phase": "Running",
                    "containerStatuses": [
                        ["name": "a", "ready": true, "state": running],
                        [
                            "name": "b", "restartCount": 4, "state": ["waiting": ["reason": "CrashLoopBackOff"]],
                            "lastState": ["terminated": ["finishedAt": "2026-01-01T00:07:05Z"]],
                        ],
                    ],
                ],
            ], "1/2", "CrashLoopBackOff", "4 (3m ago)"
        ),
        (
            [
                "spec": two,
                "status": [
                    "phase": "Pending",
                    "conditions": [
                        ["type": "PodScheduled", "status": "False", "reason": "SchedulingGated"]
                    ],
                ],
            ], "0/2", "SchedulingGated", "0"
        ),
        (
            [
                "spec": ["initContainers": [["name": "i"], ["name": "j"]], "containers": [["name": "a"]]],
                "status": [
                    "phase": "Pending",
                    "initContainerStatuses": [
                        ["name": "i", "state": ["terminated": ["exitCode": 0]]], ["name": "j", "state": running],
                    ],
                ],
            ], "0/1", "Init:1/2", "0"
        ),
        (
            [
                "spec": ["initContainers": [["name": "i"]], "containers": [["name": "a"]]],
                "status": [
                    "phase": "Pending",
                    "initContainerStatuses": [
                        ["name": "i", "restartCount": 2, "state": ["terminated": ["exitCode": 1, "reason": "Error"]]]
                    ],
                ],
            ], "0/1", "Init:Error", "2"
        ),
        (
            [
                "spec": ["initContainers": [["name": "s", "restartPolicy": "Always"]], "containers": [["name": "a"]]],
                "status": [
                    "phase": "Running",
                    "initContainerStatuses": [
                        ["name": "s", "started": true, "ready": true, "state": running, "restartCount": 1]
                    ], "containerStatuses": [["name": "a", "ready": true, "state": running]],
                ],
            ], "2/2", "Running", "1"
        ),
        (
            [
                "spec": ["containers": [["name": "a"]]],
                "status": [
                    "phase": "Succeeded",
                    "containerStatuses": [
                        ["name": "a", "state": ["terminated": ["exitCode": 0, "reason": "Completed"]]]
                    ],
                ],
            ], "0/1", "Completed", "0"
        ),
        (
            [
                "spec": ["containers": [["name": "a"]]],
                "status": [
                    "phase": "Failed",
                    "containerStatuses": [
                        ["name": "a", "state": ["terminated": ["exitCode": 137, "signal": 9]]]
                    ],
                ],
            ], "0/1", "Signal:9", "0"
        ),
        (
            [
                "spec": ["containers": [["name": "a"]]],
                "status": [
                    "phase": "Failed",
                    "containerStatuses": [
                        ["name": "a", "state": ["terminated": ["exitCode": 3]]]
                    ],
                ],
            ], "0/1", "ExitCode:3", "0"
        ),
        (
            [
                "spec": two,
                "status": [
                    "phase": "Running",
                    "containerStatuses": [
                        ["name": "a", "state": ["terminated": ["exitCode": 0, "reason": "Completed"]]],
                        ["name": "b", "ready": true, "state": running],
                    ],
                ],
            ], "1/2", "NotReady", "0"
        ),
        (
            ["metadata": ["deletionTimestamp": made], "spec": two, "status": ["phase": "Running"]], "0/2",
            "Terminating", "0"
        ),
        (
            [
                "metadata": ["deletionTimestamp": made], "spec": two,
                "status": ["phase": "Running", "reason": "NodeLost"],
            ],
            "0/2", "Unknown", "0"
        ),
        (["spec": two, "status": ["phase": "Failed", "reason": "Evicted"]], "0/2", "Evicted", "0"),
    ]

    @Test("ages", arguments: ages)
    func showsAges(made: String, age: String) {
        let table = KindTable.table(of: GroupVersionKind(apiVersion: "v1", kind: "Namespace"))
        let object: JSON = ["metadata": ["creationTimestamp": .string(made)]]
        #expect(table.cells(of: object, now: Self.now)[2] == .string(age))
    }

    static let ages = [
        ("2026-01-01T00:10:06Z", "0s"), ("2026-01-01T00:10:10Z", "<invalid>"), ("2026-01-01T00:08:06Z", "119s"),
        ("2026-01-01T00:08:05Z", "2m"), ("2026-01-01T00:07:55Z", "2m10s"), ("2025-12-31T21:10:05Z", "3h"),
        ("2025-12-31T20:00:05Z", "4h10m"), ("2025-12-30T02:10:05Z", "46h"), ("2025-12-29T21:10:05Z", "2d3h"),
        ("2025-12-01T00:10:05Z", "31d"), ("2024-01-01T00:10:05Z", "2y1d"), ("2014-01-01T00:10:05Z", "12y"),
        ("", "<unknown>"), ("yesterday", "<invalid>"),
    ]

    @Test("rows of pods that are done say so")
    func marksRows() {
        let kind = GroupVersionKind(apiVersion: "v1", kind: "Pod")
        #expect(KindTable.rowConditions(of: ["status": ["phase": "Running"]], kind).isEmpty)
        #expect(KindTable.rowConditions(of: ["status": ["phase": "Failed"]], kind)[0]["reason"] == "Failed")
    }
}
