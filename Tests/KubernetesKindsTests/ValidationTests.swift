// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("Rules of the built-in kinds")
struct ValidationTests {
    /// What is wrong with an object after its defaults, with a name and a namespace where it has none.
    static func problems(_ kind: String, _ object: JSON, old: JSON? = nil) -> [String] {
        let kind = DefaultTests.kind(kind)
        func whole(_ object: JSON) -> JSON {
            var object = object
            var metadata = object["metadata"] ?? [:]
            if metadata["name"] == nil { metadata["name"] = "n" }
            if metadata["namespace"] == nil, BuiltinKinds.kind(kind)?.isNamespaced == true {
                metadata["namespace"] = "ns"
            }
            object["metadata"] = metadata
            return KindDefaults.applied(to: object, of: kind)
        }
        return KindValidation.problems(of: whole(object), kind, old: old.map(whole)).map(\.description)
    }

    @Test("what is wrong is said in the words of Kubernetes", arguments: wrong)
    func finds(kind: String, object: JSON, problems: [String]) {
        #expect(Self.problems(kind, object) == problems)
    }

    private static let labels: JSON = ["labels": ["app": "a"]]
    private static let one: JSON = ["containers": [["name": "c", "image": "x"]]]
    private static func pod(_ members: JSONObject) -> JSON {
        var container: JSON = ["name": "c", "image": "x"]
        for (key, value) in members { container[key] = value }
        return ["spec": ["containers": [container]]]
    }
    private static func workload(_ members: JSONObject) -> JSON {
        var spec: JSON = ["selector": ["matchLabels": ["app": "a"]], "template": ["metadata": labels, "spec": one]]
        for (key, value) in members { spec[key] = value }
        return ["spec": spec]
    }
    private static func job(_ members: JSONObject) -> JSON {
        var spec: JSON = [
            "template": ["spec": ["containers": [["name": "c", "image": "x"]], "restartPolicy": "Never"]]
        ]
        for (key, value) in members { spec[key] = value }
        return ["spec": spec]
    }

    static let wrong: [(String, JSON, [String])] = [
        (
            "v1,ConfigMap", ["metadata": ["name": ""]],
            ["metadata.name: Required value: name or generateName is required"]
        ),
        (
            "v1,ConfigMap", ["metadata": ["name": "A_b"]],
            [
                "metadata.name: Invalid value: \"A_b\": a lowercase RFC 1123 subdomain must consist of lower case "
                    + "alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. "
                    + "'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            ]
        ),
        (
            "v1,ConfigMap", ["metadata": ["generateName": "a-", "labels": ["a b": "c"]]],
            [
                "metadata.labels: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or "
                    + "'.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or "
                    + "'123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
            ]
        ),
        ("v1,Namespace", ["metadata": ["namespace": "x"]], ["metadata.namespace: Forbidden: not allowed on this type"]),
        (
            "v1,ConfigMap", ["metadata": ["ownerReferences": [["apiVersion": "v1", "kind": "Pod", "name": "p"]]]],
            ["metadata.ownerReferences.uid: Invalid value: \"\": uid must not be empty"]
        ),
        (
            "rbac.authorization.k8s.io/v1,ClusterRole", ["metadata": ["name": "system:a/b"]],
            ["metadata.name: Invalid value: \"system:a/b\": may not contain '/'"]
        ),
        (
            "v1,ConfigMap", ["data": ["a": "1", "b c": "2"], "binaryData": ["a": "AA=="]],
            [
                "data[a]: Invalid value: \"a\": duplicate of key present in binaryData",
                "data[b c]: Invalid value: \"b c\": a valid config key must consist of alphanumeric characters, '-', '_' or "
                    + "'.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
            ]
        ),
        ("v1,Secret", ["type": "kubernetes.io/tls", "data": ["tls.crt": "AA=="]], ["data[tls.key]: Required value"]),
        (
            "v1,Secret", ["type": "kubernetes.io/dockerconfigjson", "data": [".dockerconfigjson": "AA=="]],
            ["data[.dockerconfigjson]: Invalid value: \"<secret contents redacted>\": must be a JSON object"]
        ),
        ("v1,Pod", ["spec": [:]], ["spec.containers: Required value"]),
        (
            "apps/v1,Deployment",
            ["spec": ["selector": ["matchLabels": ["app": "a"]], "template": ["metadata": labels]]],
            ["spec.template.spec.containers: Required value"]
        ),
        (
            "apps/v1,Deployment", ["spec": ["template": ["metadata": labels, "spec": one]]],
            [
                "spec.selector: Required value",
                "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"a\"}: `selector` does not match template `labels`",
            ]
        ),
        (
            "apps/v1,Deployment", workload(["selector": ["matchLabels": ["app": "b"]], "replicas": -1]),
            [
                "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
                "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"a\"}: `selector` does not match template `labels`",
            ]
        ),
        (
            "apps/v1,Deployment", workload(["selector": [:]]),
            [
                "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string(nil), "
                    + "MatchExpressions:[]v1.LabelSelectorRequirement(nil)}: empty selector is invalid for deployment"
            ]
        ),
        (
            "apps/v1,Deployment", workload(["selector": ["matchExpressions": [["key": "app", "operator": "In"]]]]),
            [
                "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
                "spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"a\"}: `selector` does not match template `labels`",
            ]
        ),
        (
            "apps/v1,Deployment", workload(["strategy": ["type": "Recreate", "rollingUpdate": [:]]]),
            ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"]
        ),
        (
            "apps/v1,Deployment", workload(["strategy": ["type": "Blue"]]),
            ["spec.strategy.type: Unsupported value: \"Blue\": supported values: \"Recreate\", \"RollingUpdate\""]
        ),
        (
            "apps/v1,Deployment", workload(["strategy": ["rollingUpdate": ["maxUnavailable": 0, "maxSurge": "0%"]]]),
            ["spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0"]
        ),
        (
            "apps/v1,StatefulSet",
            [
                "spec": [
                    "selector": ["matchLabels": ["app": "a"]],
                    "template": [
                        "metadata": labels,
                        "spec": [
                            "restartPolicy": "Never", "containers": [["name": "c", "image": "x"]],
                        ],
                    ],
                ]
            ],
            ["spec.template.spec.restartPolicy: Unsupported value: \"Never\": supported values: \"Always\""]
        ),
        (
            "v1,Pod", ["spec": ["containers": [["name": "a", "image": "x"], ["name": "a"], ["image": "y"]]]],
            [
                "spec.containers[1].image: Required value", "spec.containers[1].name: Duplicate value: \"a\"",
                "spec.containers[2].name: Required value",
            ]
        ),
        (
            "v1,Pod", pod(["image": " x"]),
            ["spec.containers[0].image: Invalid value: \" x\": must not have leading or trailing whitespace"]
        ),
        (
            "v1,Pod", pod(["imagePullPolicy": "Sometimes"]),
            [
                "spec.containers[0].imagePullPolicy: Unsupported value: \"Sometimes\": supported values: \"Always\", "
                    + "\"IfNotPresent\", \"Never\""
            ]
        ),
        (
            "v1,Pod",
            pod([
                "ports": [
                    ["containerPort": 0], ["containerPort": 70000, "name": "UP"],
                    ["containerPort": 1, "protocol": "ICMP"],
                ]
            ]),
            [
                "spec.containers[0].ports[0].containerPort: Required value",
                "spec.containers[0].ports[1].name: Invalid value: \"UP\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
                "spec.containers[0].ports[1].name: Invalid value: \"UP\": must contain at least one letter (a-z)",
                "spec.containers[0].ports[1].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
                "spec.containers[0].ports[2].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
            ]
        ),
        (
            "v1,Pod", pod(["volumeMounts": [["name": "v", "mountPath": "/a"]]]),
            ["spec.containers[0].volumeMounts[0].name: Not found: \"v\""]
        ),
        (
            "v1,Pod", pod(["resources": ["limits": ["cpu": "1"], "requests": ["cpu": "1500m", "memory": "-1"]]]),
            [
                "spec.containers[0].resources.requests[memory]: Invalid value: \"-1\": must be greater than or equal to 0",
                "spec.containers[0].resources.requests: Invalid value: \"1500m\": must be less than or equal to cpu limit of 1",
            ]
        ),
        (
            "v1,Pod",
            pod([
                "env": [
                    ["name": ""], ["name": "a=b"],
                    ["name": "c", "value": "v", "valueFrom": ["fieldRef": ["fieldPath": "p"]]],
                    ["name": "d", "valueFrom": [:]],
                ]
            ]),
            [
                "spec.containers[0].env[0].name: Required value",
                "spec.containers[0].env[1].name: Invalid value: \"a=b\": a valid environment variable name must consist only "
                    + "of printable ASCII characters other than '='",
                "spec.containers[0].env[2].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty",
                "spec.containers[0].env[3].valueFrom: Invalid value: \"\": must specify one of: `fieldRef`, "
                    + "`resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`",
            ]
        ),
        (
            "v1,Pod",
            pod(["livenessProbe": ["successThreshold": 2], "readinessProbe": ["httpGet": ["port": 0], "exec": [:]]]),
            [
                "spec.containers[0].livenessProbe: Required value: must specify a handler type",
                "spec.containers[0].livenessProbe.successThreshold: Invalid value: 2: must be 1",
                "spec.containers[0].readinessProbe.httpGet: Forbidden: may not specify more than 1 handler type",
                "spec.containers[0].readinessProbe.exec.command: Required value",
            ]
        ),
        (
            "v1,Pod",
            [
                "spec": [
                    "containers": [["name": "c", "image": "x"]],
                    "volumes": [
                        ["name": "v", "secret": [:]], ["name": "v", "emptyDir": [:], "hostPath": ["path": "/"]],
                    ],
                ]
            ],
            [
                "spec.volumes[0].secret.secretName: Required value", "spec.volumes[1].name: Duplicate value: \"v\"",
                "spec.volumes[1].hostPath: Forbidden: may not specify more than 1 volume type",
            ]
        ),
        (
            "batch/v1,Job", job(["template": ["spec": one]]),
            [
                "spec.template.spec.restartPolicy: Unsupported value: \"Always\": supported values: \"Never\", \"OnFailure\""
            ]
        ),
        (
            "batch/v1,Job", job(["completions": -1]),
            ["spec.completions: Invalid value: -1: must be greater than or equal to 0"]
        ),
        (
            "batch/v1,CronJob", ["spec": ["schedule": "61 * * *", "jobTemplate": job([:])]],
            ["spec.schedule: Invalid value: \"61 * * *\": expected exactly 5 fields, found 4: [61 * * *]"]
        ),
        (
            "batch/v1,CronJob", ["spec": ["schedule": "61 * * * *", "jobTemplate": job([:])]],
            ["spec.schedule: Invalid value: \"61 * * * *\": end of range (61) above maximum (59): 61"]
        ),
        ("v1,Service", ["spec": [:]], ["spec.ports: Required value"]),
        (
            "v1,Service",
            ["spec": ["clusterIP": "nope", "ports": [["port": 80], ["port": 80, "nodePort": 30000, "name": "A"]]]],
            [
                "spec.clusterIPs[0]: Invalid value: \"nope\": must be empty, 'None', or a valid IP address",
                "spec.ports[0].name: Required value",
                "spec.ports[1].name: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric "
                    + "characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', "
                    + "regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
                "spec.ports[1].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
                "spec.ports[1]: Duplicate value: core.ServicePort{Name:\"\", Protocol:\"TCP\", AppProtocol:(*string)(nil), Port:80, "
                    + "TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}, NodePort:0}",
            ]
        ),
        ("v1,Service", ["spec": ["type": "ExternalName"]], ["spec.externalName: Required value"]),
        (
            "v1,Service", ["metadata": ["name": "1a"], "spec": ["clusterIP": "None"]],
            [
                "metadata.name: Invalid value: \"1a\": a DNS-1035 label must consist of lower case alphanumeric characters or "
                    + "'-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
                    + "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
            ]
        ),
        (
            "networking.k8s.io/v1,Ingress", ["spec": [:]],
            ["spec: Invalid value: []networking.IngressRule(nil): either `defaultBackend` or `rules` must be specified"]
        ),
        (
            "networking.k8s.io/v1,Ingress",
            [
                "spec": [
                    "rules": [
                        [
                            "host": "1.2.3.4",
                            "http": [
                                "paths": [
                                    ["path": "a", "backend": ["service": ["name": "s", "port": [:]]]]
                                ]
                            ],
                        ]
                    ]
                ]
            ],
            [
                "spec.rules[0].host: Invalid value: \"1.2.3.4\": must be a DNS name, not an IP address",
                "spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified",
                "spec.rules[0].http.paths[0].path: Invalid value: \"a\": must be an absolute path",
                "spec.rules[0].http.paths[0].backend.service.port: Required value: port name or number is required",
            ]
        ),
        (
            "networking.k8s.io/v1,NetworkPolicy", ["spec": ["podSelector": [:], "ingress": [["from": [[:]]]]]],
            ["spec.ingress[0].from[0]: Required value: must specify a peer"]
        ),
        (
            "rbac.authorization.k8s.io/v1,Role",
            ["rules": [["resources": ["pods"]], ["verbs": ["get"], "nonResourceURLs": ["/x"]]]],
            [
                "rules[0].verbs: Required value: verbs must contain at least one value",
                "rules[0].apiGroups: Required value: resource rules must supply at least one api group",
                "rules[1].nonResourceURLs: Invalid value: []string{\"/x\"}: namespaced rules cannot apply to non-resource URLs",
            ]
        ),
        (
            "rbac.authorization.k8s.io/v1,ClusterRoleBinding",
            [
                "roleRef": ["kind": "Role", "name": "r"],
                "subjects": [["kind": "ServiceAccount", "name": "s"], ["kind": "Robot", "name": "x"]],
            ],
            [
                "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"",
                "subjects[0].namespace: Required value",
                "subjects[1].kind: Unsupported value: \"Robot\": supported values: \"Group\", \"ServiceAccount\", \"User\"",
            ]
        ),
        (
            "v1,PersistentVolumeClaim", ["spec": [:]],
            [
                "spec.accessModes: Required value: at least 1 access mode is required",
                "spec.resources[storage]: Required value",
            ]
        ),
        (
            "policy/v1,PodDisruptionBudget", ["spec": ["minAvailable": "x%"]],
            [
                "spec.minAvailable: Invalid value: \"x%\": a valid percent string must be a numeric string followed by an "
                    + "ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
            ]
        ),
        (
            "autoscaling/v2,HorizontalPodAutoscaler",
            ["spec": ["minReplicas": 5, "maxReplicas": 3, "scaleTargetRef": ["kind": "Deployment"]]],
            [
                "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
                "spec.scaleTargetRef.name: Required value",
            ]
        ),
        (
            "coordination.k8s.io/v1,Lease", ["spec": ["leaseDurationSeconds": 0]],
            ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"]
        ),
        (
            "scheduling.k8s.io/v1,PriorityClass", ["value": 2_000_000_000],
            ["value: Forbidden: maximum allowed value of a user defined priority is 1000000000"]
        ),
        (
            "v1,PersistentVolume", ["spec": [:]],
            ["spec.accessModes: Required value", "spec.capacity: Required value"]
        ),
        (
            "v1,Pod",
            [
                "spec": [
                    "hostNetwork": true,
                    "containers": [
                        ["name": "c", "image": "x", "ports": [["containerPort": 80, "hostPort": 81]]],
                        ["name": "d", "image": "x", "ports": [["containerPort": 81]]],
                    ],
                ]
            ],
            [
                "spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when `hostNetwork` is true",
                "spec.containers[1].ports[0].hostPort: Duplicate value: \"TCP//81\"",
            ]
        ),
        (
            "authentication.k8s.io/v1,TokenRequest", ["spec": ["expirationSeconds": 10]],
            ["spec.expirationSeconds: Invalid value: 10: may not specify a duration less than 10 minutes"]
        ),
        (
            "autoscaling/v1,Scale", ["spec": ["replicas": -2]],
            ["spec.replicas: Invalid value: -2: must be greater than or equal to 0"]
        ),
        ("storage.k8s.io/v1,StorageClass", [:], ["provisioner: Required value"]),
        (
            "v1,ResourceQuota", ["spec": ["hard": ["pods": "-1"]]],
            ["spec.hard[pods]: Invalid value: \"-1\": must be greater than or equal to 0"]
        ),
    ]

    @Test("what may not change is said when it does", arguments: changes)
    func keeps(kind: String, old: JSON, new: JSON, problems: [String]) {
        #expect(Self.problems(kind, new, old: old) == problems)
        #expect(Self.problems(kind, old, old: old).isEmpty)
    }

    static let changes: [(String, JSON, JSON, [String])] = [
        (
            "v1,ConfigMap", ["metadata": ["name": "a"]], ["metadata": ["name": "b"]],
            ["metadata.name: Invalid value: \"b\": field is immutable"]
        ),
        (
            "v1,ConfigMap", ["immutable": true, "data": ["a": "1"]], ["data": ["a": "2"]],
            [
                "immutable: Forbidden: field is immutable when `immutable` is set",
                "data: Forbidden: field is immutable when `immutable` is set",
            ]
        ),
        ("v1,ConfigMap", ["data": ["a": "1"]], ["immutable": true, "data": ["a": "2"]], []),
        ("v1,Secret", ["type": "a"], ["type": "b"], ["type: Invalid value: \"b\": field is immutable"]),
        (
            "apps/v1,Deployment", workload([:]),
            workload([
                "selector": ["matchLabels": ["app": "a"], "matchExpressions": [["key": "app", "operator": "Exists"]]]
            ]),
            [
                "spec.selector: Invalid value: v1.LabelSelector{MatchLabels:map[string]string{\"app\":\"a\"}, "
                    + "MatchExpressions:[]v1.LabelSelectorRequirement{v1.LabelSelectorRequirement{Key:\"app\", "
                    + "Operator:\"Exists\", Values:[]string(nil)}}}: field is immutable"
            ]
        ),
        (
            "apps/v1,StatefulSet", workload(["serviceName": "a"]), workload(["serviceName": "b", "replicas": 3]),
            [
                "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', "
                    + "'updateStrategy', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"
            ]
        ),
        ("apps/v1,StatefulSet", workload([:]), workload(["replicas": 3]), []),
        ("batch/v1,Job", job(["completions": 2]), job(["completions": 2, "parallelism": 3]), []),
        (
            "batch/v1,Job", job(["completions": 1, "parallelism": 1]), job(["completions": 2, "parallelism": 1]),
            ["spec.completions: Invalid value: 2: field is immutable"]
        ),
        (
            "v1,Service", ["spec": ["clusterIP": "10.0.0.1", "ports": [["port": 1]]]],
            ["spec": ["clusterIP": "10.0.0.2", "ports": [["port": 1]]]],
            ["spec.clusterIPs[0]: Invalid value: []string{\"10.0.0.2\"}: may not change once set"]
        ),
        ("v1,Pod", pod([:]), pod(["image": "y:2", "imagePullPolicy": "Always"]), []),
        (
            "v1,Pod", pod([:]), pod(["command": ["x"]]),
            [
                "spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,"
                    + "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
                    + "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
                    + "previously negative)"
            ]
        ),
        (
            "rbac.authorization.k8s.io/v1,RoleBinding", ["roleRef": ["kind": "Role", "name": "a"]],
            ["roleRef": ["kind": "Role", "name": "b"]],
            [
                "roleRef: Invalid value: rbac.RoleRef{APIGroup:\"rbac.authorization.k8s.io\", Kind:\"Role\", Name:\"b\"}: "
                    + "cannot change roleRef"
            ]
        ),
        (
            "v1,ConfigMap", ["metadata": ["deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c"]]],
            ["metadata": ["deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a.b/c", "a.b/d"]]],
            [
                "metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new "
                    + "finalizers []string{\"a.b/d\"}"
            ]
        ),
        (
            "storage.k8s.io/v1,StorageClass", ["provisioner": "a"], ["provisioner": "b"],
            ["provisioner: Forbidden: updates to provisioner are forbidden."]
        ),
    ]

    @Test("what kubectl makes is right", arguments: Fixture.requests.map(\.name))
    func accepts(name: String) throws {
        let json = try #require(Fixture.requests.first { $0.name == name }?.json)
        let kind = GroupVersionKind(apiVersion: json["apiVersion"]?.string ?? "", kind: json["kind"]?.string ?? "")
        #expect(Self.problems("\(kind.apiVersion),\(kind.kind)", json).isEmpty)
    }

    @Test(
        "schedules",
        arguments: [
            ("*/5 * * * *", true), ("0 0 1,15 * 1-5", true), ("0 0 * jan sun", true), ("@daily", true),
            ("@every 1h", true),
            ("@often", false), ("* * * *", false), ("60 * * * *", false), ("5-1 * * * *", false),
            ("*/0 * * * *", false),
            ("TZ=UTC * * * * *", false), ("a * * * *", false), ("1-2-3 * * * *", false),
        ])
    func readsSchedules(text: String, isRight: Bool) {
        let problems = Self.problems(
            "batch/v1,CronJob", ["spec": ["schedule": .string(text), "jobTemplate": Self.job([:])]])
        #expect(problems.isEmpty == isRight, "\(problems)")
    }
}
