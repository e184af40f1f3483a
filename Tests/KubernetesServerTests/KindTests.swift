// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import Testing

@testable import KubernetesServer

@Suite("Kinds with ways of their own", .timeLimit(.minutes(1))) struct KindTests {
    @Test("the texts of a secret become data, and are never read") func stringData() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(
                Path.secrets, Make.secret("s", ["data": ["a": "YQ=="], "stringData": ["b": "text"]]))
            #expect(made["data"] == ["a": "YQ==", "b": "dGV4dA=="] && made["stringData"] == nil)
            #expect(made["type"] == "Opaque")
            let patched = try await api.patch("\(Path.secrets)/s", .merge, ["stringData": ["a": "z"]])
            #expect(patched["data"] == ["a": "eg==", "b": "dGV4dA=="] && patched["stringData"] == nil)
            let wrong = try await api.post(Path.secrets, Make.secret("t", ["data": ["a": "no base64!"]]))
            #expect(wrong.code == 400 && wrong.problem?.reason == "BadRequest")
            let type = try await api.patch("\(Path.secrets)/s", .merge, ["type": "example.org/other"])
            #expect(type.code == 422 && type.causes.first?.hasSuffix("field is immutable") == true, "\(type.text)")
        }
    }

    @Test("what is immutable stays", arguments: [Path.maps, Path.secrets]) func immutable(_ path: String) async throws {
        try await TestAPI.with { api in
            var object = path == Path.maps ? Make.map("a", ["k": "dg=="]) : Make.secret("a", ["data": ["k": "dg=="]])
            object["immutable"] = true
            try api.must(try await api.post(path, object))
            let data = try await api.patch("\(path)/a", .merge, ["data": ["k": "dw=="]])
            #expect(
                data.causes == ["FieldValueForbidden data: Forbidden: field is immutable when `immutable` is set"],
                "\(data.text)")
            let flag = try await api.patch("\(path)/a", .merge, ["immutable": false])
            #expect(flag.code == 422)
            #expect(try await api.patch("\(path)/a", .merge, ["metadata": ["labels": ["a": "b"]]]).code == 200)
        }
    }

    @Test("services get addresses and ports that no other has, and keep them") func services() async throws {
        try await TestAPI.with { api in
            let one = try await api.post(Path.services, Make.service("one"))
            let address = one["spec.clusterIP"]?.string ?? ""
            #expect(address.hasPrefix("10.43.") && one["spec.clusterIPs"] == [.string(address)])
            #expect(one["spec.type"] == "ClusterIP" && one["spec.ports.0.protocol"] == "TCP")
            #expect(one["spec.ports.0.targetPort"] == 80 && one["spec.sessionAffinity"] == "None")
            let two = try await api.post(Path.services, Make.service("two"))
            #expect(two["spec.clusterIP"]?.string != address)
            let taken = try await api.post(
                Path.services, Make.service("three", ["clusterIP": .string(address), "ports": [["port": 80]]]))
            #expect(taken.code == 422 && taken.problem?.message.contains("provided IP is already allocated") == true)
            let headless = try await api.post(
                Path.services, Make.service("headless", ["clusterIP": "None", "ports": [["port": 80]]]))
            #expect(headless["spec.clusterIP"] == "None")
            let nodePort = try await api.post(
                Path.services, Make.service("ports", ["type": "NodePort", "ports": [["port": 80]]]))
            let port = nodePort["spec.ports.0.nodePort"]?.int ?? 0
            #expect((30_000...32_767).contains(port))
            let again = try await api.put("\(Path.services)/one", Make.service("one", ["ports": [["port": 81]]]))
            #expect(again.code == 200 && again["spec.clusterIP"]?.string == address, "\(again.text)")
            let outside = try await api.post(
                Path.services, Make.service("outside", ["type": "ExternalName", "externalName": "example.org"]))
            #expect(outside.code == 201 && outside["spec.clusterIP"] == nil)
        }
    }

    static let event: JSON = [
        "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e"],
        "involvedObject": ["kind": "Widget", "namespace": "default", "name": "w", "uid": "u"], "reason": "Made",
        "message": "it was made", "type": "Normal", "count": 1, "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:00Z", "source": ["component": "maker"],
    ]

    @Test("events are the same in both groups, and found by what they are about") func events() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.events, Self.event))
            let new = "/apis/events.k8s.io/v1/namespaces/default/events"
            let other = try await api.get("\(new)/e")
            #expect(other["apiVersion"] == "events.k8s.io/v1" && other["note"] == "it was made")
            #expect(other["regarding.name"] == "w" && other["deprecatedCount"] == 1)
            let selector =
                "involvedObject.name=w,involvedObject.namespace=default,involvedObject.kind=Widget,involvedObject.uid=u"
            #expect(
                try await api.get("\(Path.events)?fieldSelector=\(selector.replacing("=", with: "%3D"))").names == ["e"]
            )
            #expect(try await api.get("\(Path.events)?fieldSelector=reason%3DOther").names == [])
            #expect(try await api.get("\(new)?fieldSelector=regarding.name%3Dw").names == ["e"])
            let counted = try await api.patch("\(Path.events)/e", .strategic, ["count": 2])
            #expect(counted["count"] == 2)
            let made = try await api.post(
                new,
                [
                    "apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": ["name": "f"],
                    "regarding": ["kind": "Widget", "namespace": "default", "name": "w"], "reason": "Seen",
                    "note": "it was seen", "type": "Warning", "eventTime": "2026-01-01T00:00:00.000000Z",
                    "reportingController": "example.org/seer", "reportingInstance": "seer-1", "action": "Looking",
                ])
            #expect(made.code == 201, "\(made.text)")
            #expect(try await api.get("\(Path.events)/f")["message"] == "it was seen")
            #expect(try await api.get(Path.events).names == ["e", "f"])
        }
    }

    @Test("an autoscaler is one object in both versions, whoever writes, applies or watches it")
    func autoscalers() async throws {
        try await TestAPI.with { api in
            func path(_ version: String) -> String {
                "/apis/autoscaling/\(version)/namespaces/default/horizontalpodautoscalers"
            }
            func object(_ version: String, _ spec: JSON) -> JSON {
                [
                    "apiVersion": .string("autoscaling/\(version)"), "kind": "HorizontalPodAutoscaler",
                    "metadata": ["name": "a"], "spec": spec,
                ]
            }
            let target: JSON = ["apiVersion": "apps/v1", "kind": "Deployment", "name": "d"]
            try api.must(
                try await api.apply(
                    "\(path("v1"))/a",
                    object("v1", ["scaleTargetRef": target, "maxReplicas": 3, "targetCPUUtilizationPercentage": 60]),
                    manager: "early"))
            let later = try await api.get("\(path("v2"))/a")
            #expect(later["apiVersion"] == "autoscaling/v2")
            #expect(later["spec.metrics"]?[0]?["resource"]?["target"]?["averageUtilization"] == 60)
            let taken = try await api.apply(
                "\(path("v2"))/a", object("v2", ["scaleTargetRef": target, "maxReplicas": 5]), manager: "late")
            #expect(taken.code == 409 && taken.text.contains("early"), "\(taken.text)")
            let watch = try await api.watch(
                "\(path("v1"))?watch=true&resourceVersion=\(later["metadata.resourceVersion"]?.string ?? "")")
            try api.must(try await api.patch("\(path("v2"))/a", .merge, ["spec": ["maxReplicas": 4]]))
            let event = try #require(try await watch.next())
            #expect(event.object["apiVersion"] == "autoscaling/v1" && event.object["spec"]?["maxReplicas"] == 4)
            #expect(event.object["spec"]?["targetCPUUtilizationPercentage"] == 60)
            #expect(try await api.get(path("v2")).names == ["a"])
            #expect(try await api.get(path("v1")).names == ["a"])
            let damaged = try await api.patch(
                "\(path("v1"))/a", .merge,
                ["metadata": ["annotations": ["autoscaling.alpha.kubernetes.io/metrics": "{"]]])
            #expect(damaged.code == 422, "\(damaged.text)")
        }
    }

    @Test("events are forgotten after an hour") func oldEvents() async throws {
        try await TestAPI.with { api in
            var event = Self.event
            let now = "\(Timestamp.now())"
            (event["firstTimestamp"], event["lastTimestamp"]) = (.string(now), .string(now))
            try api.must(try await api.post(Path.events, event))
            await EventUpkeep(api.api, keeping: .seconds(3600)).run()
            #expect(try await api.get("\(Path.events)/e").code == 200)
            api.pass(seconds: 3700)
            await EventUpkeep(api.api, keeping: .seconds(3600)).run()
            #expect(try await api.isGone("\(Path.events)/e"))
        }
    }

    @Test(
        "events whose clients have a wrong clock stay for an hour, too",
        arguments: ["1970-01-01T00:00:00Z", "2199-01-01T00:00:00Z"])
    func strangeEvents(time: String) async throws {
        try await TestAPI.with { api in
            var event = Self.event
            (event["firstTimestamp"], event["lastTimestamp"]) = (.string(time), .string(time))
            try api.must(try await api.post(Path.events, event))
            await EventUpkeep(api.api, keeping: .seconds(3600)).run()
            #expect(try await api.get("\(Path.events)/e").code == 200)
            api.pass(seconds: 3700)
            await EventUpkeep(api.api, keeping: .seconds(3600)).run()
            #expect(try await api.isGone("\(Path.events)/e"))
        }
    }

    @Test("pods begin pending, get an account and a class, and cannot be changed much") func pods() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(Path.pods, Make.pod("p"))
            #expect(made["status.phase"] == "Pending" && made["status.qosClass"] == "BestEffort")
            #expect(made["spec.serviceAccountName"] == "default" && made["spec.priority"] == 0)
            #expect(made["metadata.generation"] == nil)
            let image = try await api.patch(
                "\(Path.pods)/p", .strategic, ["spec": ["containers": [["name": "main", "image": "nginx:2"]]]])
            #expect(image.code == 200)
            let more = try await api.patch("\(Path.pods)/p", .merge, ["spec": ["hostname": "other"]])
            #expect(
                more.code == 422
                    && more.problem?.message.contains("pod updates may not change fields other than") == true)
            let ready = try await api.patch(
                "\(Path.pods)/p/status", .merge, ["status": ["phase": "Running", "podIP": "10.0.0.1"]])
            #expect(ready["status.phase"] == "Running")
        }
    }

    @Test("a pod is bound once") func binding() async throws {
        try await TestAPI.with { api in
            try api.must(try await api.post(Path.pods, Make.pod("p")))
            let binding: JSON = [
                "apiVersion": "v1", "kind": "Binding", "metadata": ["name": "p"],
                "target": ["apiVersion": "v1", "kind": "Node", "name": "n"],
            ]
            let reply = try await api.post("\(Path.pods)/p/binding", binding)
            #expect(reply.code == 201 && reply["kind"] == "Status" && reply["status"] == "Success")
            let pod = try await api.get("\(Path.pods)/p")
            #expect(pod["spec.nodeName"] == "n")
            #expect(
                pod["status.conditions"]?.array?.contains { $0["type"] == "PodScheduled" && $0["status"] == "True" }
                    == true)
            let again = try await api.post("\(Path.pods)/p/binding", binding)
            #expect(
                again.problem
                    == Problem(
                        409, "Conflict",
                        "Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n\""),
                "\(again.text)")
        }
    }

    @Test("a budget keeps pods from being evicted") func eviction() async throws {
        try await TestAPI.with { api in
            var pod = Make.pod("p")
            pod["metadata"]?["labels"] = ["app": "a"]
            try api.must(try await api.post(Path.pods, pod))
            try api.must(try await api.patch("\(Path.pods)/p/status", .merge, ["status": ["phase": "Running"]]))
            let budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets"
            try api.must(
                try await api.post(
                    budgets,
                    [
                        "apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": ["name": "b"],
                        "spec": ["minAvailable": 1, "selector": ["matchLabels": ["app": "a"]]],
                    ]))
            let eviction: JSON = ["apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["name": "p"]]
            let refused = try await api.post("\(Path.pods)/p/eviction", eviction)
            #expect(
                refused.problem
                    == Problem(
                        429, "TooManyRequests", "Cannot evict pod as it would violate the pod's disruption budget."))
            try api.must(try await api.delete("\(budgets)/b"))
            #expect(try await api.post("\(Path.pods)/p/eviction?dryRun=All", eviction).code == 201)
            #expect(try await api.get("\(Path.pods)/p").code == 200)
            #expect(try await api.post("\(Path.pods)/p/eviction", eviction).code == 201)
            #expect(try await api.isGone("\(Path.pods)/p"))
            #expect(try await api.post("\(Path.pods)/p/eviction", eviction).code == 404)
        }
    }

    @Test("a job chooses its pods by its identity") func jobs() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(
                "/apis/batch/v1/namespaces/default/jobs",
                [
                    "apiVersion": "batch/v1", "kind": "Job", "metadata": ["name": "j"],
                    "spec": [
                        "template": [
                            "spec": ["restartPolicy": "Never", "containers": [["name": "main", "image": "nginx:1"]]]
                        ]
                    ],
                ])
            let uid = made["metadata.uid"]?.string ?? ""
            #expect(made.code == 201)
            #expect(
                made["spec"]?["selector"]?["matchLabels"] == ["batch.kubernetes.io/controller-uid": .string(uid)],
                "\(made.text)")
        }
    }

    @Test("leases change by optimistic concurrency, to the microsecond") func leases() async throws {
        try await TestAPI.with { api in
            let made = try await api.post(
                Path.leases,
                [
                    "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": ["name": "l"],
                    "spec": [
                        "holderIdentity": "one", "leaseDurationSeconds": 15, "leaseTransitions": 0,
                        "renewTime": "2026-01-01T00:00:00.123456Z",
                    ],
                ])
            #expect(made["spec.renewTime"] == "2026-01-01T00:00:00.123456Z")
            var one = made.json, two = made.json
            one["spec"]?["holderIdentity"] = "one again"
            two["spec"]?["holderIdentity"] = "two"
            let first = try await api.put("\(Path.leases)/l", one), second = try await api.put("\(Path.leases)/l", two)
            #expect(first.code == 200 && second.code == 409)
        }
    }
}
