// SPDX-License-Identifier: Apache-2.0

import Documents
import Kubernetes
import KubernetesKinds
import Testing

@Suite("The list of built-in kinds")
struct BuiltinKindTests {
    @Test("kinds are found by what requests and manifests call them", arguments: found)
    func finds(group: String, plural: String, kind: String, isNamespaced: Bool, shortNames: [String]) throws {
        let version = group == "autoscaling" ? "v2" : "v1"
        let found = try #require(BuiltinKinds.kind(group: group, version: version, plural: plural))
        #expect(found.kind.kind == kind)
        #expect(found.isNamespaced == isNamespaced)
        #expect(found.shortNames == shortNames)
        #expect(BuiltinKinds.kind(found.kind)?.plural == plural)
    }

    static let found = [
        ("", "configmaps", "ConfigMap", true, ["cm"]), ("", "namespaces", "Namespace", false, ["ns"]),
        ("apps", "deployments", "Deployment", true, ["deploy"]), ("", "endpoints", "Endpoints", true, ["ep"]),
        ("batch", "cronjobs", "CronJob", true, ["cj"]), ("networking.k8s.io", "ingresses", "Ingress", true, ["ing"]),
        ("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", false, []),
        ("apiextensions.k8s.io", "customresourcedefinitions", "CustomResourceDefinition", false, ["crd", "crds"]),
        ("policy", "poddisruptionbudgets", "PodDisruptionBudget", true, ["pdb"]),
        ("autoscaling", "horizontalpodautoscalers", "HorizontalPodAutoscaler", true, ["hpa"]),
        ("storage.k8s.io", "storageclasses", "StorageClass", false, ["sc"]),
        ("discovery.k8s.io", "endpointslices", "EndpointSlice", true, []),
        ("events.k8s.io", "events", "Event", true, ["ev"]),
    ]

    @Test("`kubectl get all` means the kinds that it means elsewhere")
    func hasAll() {
        let all = Set(BuiltinKinds.all.filter { $0.categories.contains("all") }.map(\.plural)).sorted()
        #expect(
            all == [
                "cronjobs", "daemonsets", "deployments", "horizontalpodautoscalers", "jobs", "pods", "replicasets",
                "replicationcontrollers", "services", "statefulsets",
            ])
    }

    @Test("short names are given once in a version, and verbs are sorted")
    func differs() {
        let names = BuiltinKinds.all.flatMap { kind in
            ([kind.plural] + kind.shortNames).map { "\(kind.kind.apiVersion)/\($0)" }
        }
        #expect(Set(names).count == names.count)
        for kind in BuiltinKinds.all { #expect(kind.verbs == kind.verbs.sorted()) }
    }

    @Test("subresources name the kinds that are sent there", arguments: subresources)
    func hasSubresources(plural: String, name: String, kind: String) throws {
        let owner = try #require(BuiltinKinds.all.first { $0.plural == plural })
        #expect(owner.subresources.first { $0.name == name }?.kind.description == kind)
    }

    static let subresources = [
        ("deployments", "scale", "autoscaling/v1, Kind=Scale"), ("deployments", "status", "apps/v1, Kind=Deployment"),
        ("serviceaccounts", "token", "authentication.k8s.io/v1, Kind=TokenRequest"),
        ("pods", "eviction", "policy/v1, Kind=Eviction"), ("namespaces", "finalize", "v1, Kind=Namespace"),
    ]

    @Test("field selectors read the fields that they name", arguments: fields)
    func selects(plural: String, label: String, object: JSON, value: String) throws {
        let kind = try #require(BuiltinKinds.all.first { $0.plural == plural })
        let field = try #require(kind.selectableFields.first { $0.label == label })
        #expect(field.value(in: object) == value)
    }

    static let fields: [(String, String, JSON, String)] = [
        ("pods", "status.phase", ["status": ["phase": "Running"]], "Running"), ("pods", "spec.nodeName", [:], ""),
        ("pods", "spec.hostNetwork", [:], "false"),
        ("pods", "spec.hostNetwork", ["spec": ["hostNetwork": true]], "true"),
        ("pods", "status.podIP", ["status": ["podIP": "a", "podIPs": [["ip": "b"]]]], "b"),
        ("events", "involvedObject.name", ["involvedObject": ["name": "x"]], "x"),
        ("events", "reportingComponent", ["reportingComponent": "", "source": ["component": "s"]], "s"),
        ("secrets", "type", ["type": "Opaque"], "Opaque"), ("nodes", "spec.unschedulable", [:], "false"),
        ("jobs", "status.successful", ["status": ["succeeded": 2]], "2"),
        ("services", "metadata.name", ["metadata": ["name": "n"]], "n"),
    ]
}
