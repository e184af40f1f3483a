// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesClient
import KubernetesServer
import Reconciling
import TestServers
import Testing
import WebServer

@testable import KubernetesControllers

@Suite("Sets of objects applied to a server", .timeLimit(.minutes(5))) struct ClientClusterTests {
    private static let definitions = GroupVersionResource("apiextensions.k8s.io", "v1", "customresourcedefinitions")

    private static func map(_ name: String, _ value: String = "v", in namespace: String? = "default")
        -> KubernetesObject
    {
        var object = KubernetesObject(GroupVersionKind("", "v1", "ConfigMap"), namespace: namespace, name: name)
        object.json["data"] = ["key": .string(value)]
        return object
    }
    private static func secret(_ name: String) -> KubernetesObject {
        KubernetesObject(GroupVersionKind("", "v1", "Secret"), namespace: "default", name: name)
    }
    private static func namespace(_ name: String) -> KubernetesObject {
        KubernetesObject(GroupVersionKind("", "v1", "Namespace"), name: name)
    }

    /// A widget whose set of objects is applied.
    private struct Parent {
        let cluster: WidgetCluster
        let target: ClientCluster
        let name: String

        func apply(_ objects: [KubernetesObject]) async throws -> ApplySet.Result {
            let parent = try await cluster.get(name)
            let id = ApplySetIdentity.id(of: parent)
            let members = objects.map { object in
                var member = object
                member[label: ApplySetIdentity.memberLabel] = id
                return member
            }
            return try await ApplySet(parent: parent, cluster: target, tooling: "widget/1", manager: "widgets")
                .apply(members)
        }
        func annotation(_ key: String) async throws -> String? { try await cluster.get(name)[annotation: key] }
    }

    private static func with(_ use: (WidgetCluster, Parent) async throws -> Void) async throws {
        try await WidgetCluster.with { cluster in
            try await cluster.create("set")
            let target = ClientCluster(cluster.client, Discovery(cluster.client))
            try await use(cluster, Parent(cluster: cluster, target: target, name: "set"))
        }
    }

    private static func names(_ cluster: WidgetCluster, _ resource: String) async throws -> [String] {
        let options = ListOptions(labels: try LabelSelector(ApplySetIdentity.memberLabel))
        return try await cluster.client.listAll(GroupVersionResource("", "v1", resource), options).objects
            .map { "\($0.objectName)" }.sorted()
    }

    @Test("members are applied, and what is none any longer is removed wherever it is noted")
    func prune() async throws {
        try await Self.with { cluster, parent in
            let first = try await parent.apply([
                Self.namespace("other"), Self.map("a"), Self.map("b", in: "other"), Self.secret("s"),
                Self.map("n", in: nil),
            ])
            #expect(first.applied.count == 5)
            #expect(try await Self.names(cluster, "configmaps") == ["default/a", "default/n", "other/b"])
            #expect(
                try await parent.annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap,Namespace,Secret")
            let second = try await parent.apply([Self.map("a", "w")])
            #expect(second.pruned.map(\.name).sorted() == ["b", "n", "other", "s"])
            #expect(try await Self.names(cluster, "configmaps") == ["default/a"])
            #expect(try await Self.names(cluster, "secrets").isEmpty)
            let kept = try await cluster.client.get(WidgetCluster.maps, ObjectName("default", "a"))
            #expect(kept.json["data"]?["key"]?.string == "w")
            #expect(
                kept.json["metadata"]?["managedFields"]?.array?.contains { $0["manager"]?.string == "widgets" } == true)
            // Again the same is nothing new.
            let third = try await parent.apply([Self.map("a", "w")])
            #expect(third.applied.first?.resourceVersion == kept.resourceVersion)
            #expect(third.pruned.filter { $0.kind != "Namespace" }.isEmpty)
        }
    }

    @Test("a scope that was noted by a pass that did not end is looked through too")
    func unionScope() async throws {
        try await Self.with { cluster, parent in
            let id = ApplySetIdentity.id(of: try await cluster.get("set"))
            var stray = Self.secret("stray")
            stray[label: ApplySetIdentity.memberLabel] = id
            _ = try await cluster.client.create(stray, in: GroupVersionResource("", "v1", "secrets"))
            // Another set's object of that kind is not ours.
            var foreign = Self.secret("foreign")
            foreign[label: ApplySetIdentity.memberLabel] = "applyset-other-v1"
            _ = try await cluster.client.create(foreign, in: GroupVersionResource("", "v1", "secrets"))
            try await cluster.patch(
                "set", ["metadata": ["annotations": [.init(ApplySetIdentity.kindsAnnotation): "Secret"]]])
            let result = try await parent.apply([Self.map("a")])
            #expect(result.pruned.map(\.name) == ["stray"])
            #expect(try await Self.names(cluster, "secrets") == ["default/foreign"])
            #expect(try await parent.annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap")
        }
    }

    @Test("nothing is applied when a member belongs to another set")
    func otherSet() async throws {
        try await Self.with { cluster, parent in
            var foreign = Self.map("b")
            foreign[label: ApplySetIdentity.memberLabel] = "applyset-other-v1"
            _ = try await cluster.client.create(foreign, in: WidgetCluster.maps)
            let fault = await #expect(throws: Fault.self) { try await parent.apply([Self.map("a"), Self.map("b")]) }
            #expect(fault?.code == .conflict)
            #expect(fault?.message.contains("default/b") == true)
            #expect(try await Self.names(cluster, "configmaps") == ["default/b"])
        }
    }

    @Test("a definition and objects of its kind are applied together; a kind that has gone takes its members with it")
    func kinds() async throws {
        try await Self.with { cluster, parent in
            var definition = WidgetCluster.definition
            definition["metadata"]?["name"] = "gadgets.example.org"
            definition["spec"]?["names"] = ["plural": "gadgets", "singular": "gadget", "kind": "Gadget"]
            let gadget = KubernetesObject(
                GroupVersionKind("example.org", "v1", "Gadget"), namespace: "default", name: "g")
            // What is asked before is remembered, and must not be believed.
            #expect(try await parent.target.isNamespaced(GroupVersionKind("example.org", "v1", "Gadget")) == nil)
            let result = try await parent.apply([gadget, KubernetesObject(unchecked: definition), Self.map("a")])
            #expect(result.applied.map(\.kind).sorted() == ["ConfigMap", "CustomResourceDefinition", "Gadget"])
            // Somebody else takes the kind away.
            _ = try await cluster.client.delete(Self.definitions, ObjectName(nil, "gadgets.example.org"))
            try await eventually("the kind is gone") {
                do {
                    _ = try await cluster.client.list(GroupVersionResource("example.org", "v1", "gadgets"))
                    return false
                } catch let status as APIStatus where status.code == 404 { return true }
            }
            let second = try await parent.apply([Self.map("a")])
            #expect(second.applied.map(\.name) == ["a"])
            #expect(try await parent.annotation(ApplySetIdentity.kindsAnnotation) == "ConfigMap")
            let fault = await #expect(throws: Fault.self) { try await parent.apply([gadget]) }
            #expect(fault?.code == .notFound)
        }
    }

    @Test("an object is deleted by its uid; what is gone, or another by now, is no fault")
    func deletion() async throws {
        try await Self.with { cluster, parent in
            let old = try await parent.target.apply(Self.map("a"), manager: "tester")
            try await parent.target.delete(old)
            try await parent.target.delete(old)
            let new = try await parent.target.apply(Self.map("a"), manager: "tester")
            try await parent.target.delete(old)
            let kind = GroupVersionKind("", "v1", "ConfigMap")
            #expect(try await parent.target.current(kind, namespace: "default", name: "a")?.uid == new.uid)
            #expect(try await parent.target.current(kind, namespace: "default", name: "none") == nil)
            let unknown = GroupVersionKind("example.org", "v1", "Nothing")
            #expect(try await parent.target.current(unknown, namespace: nil, name: "a") == nil)
            #expect(try await parent.target.live(unknown, namespace: nil, selector: "").isEmpty)
            #expect(try await parent.target.preferred(group: "example.org", kind: "Widget")?.version == "v1")
            #expect(try await parent.target.preferred(group: "example.org", kind: "Nothing") == nil)
        }
    }

    @Test("labels and annotations are set and removed, and others left alone")
    func labels() async throws {
        try await Self.with { cluster, parent in
            var widget = try await cluster.patch("set", ["metadata": ["labels": ["kept": "1", "gone": "1"]]])
            widget = try await parent.target.label(
                widget, labels: ["gone": nil, "new": "2"], annotations: ["note": "n"])
            #expect(widget.labels == ["kept": "1", "new": "2"])
            #expect(widget[annotation: "note"] == "n")
            widget.uid = "another"
            let fault = await #expect(throws: Fault.self) {
                try await parent.target.label(widget, labels: ["new": "3"], annotations: [:])
            }
            #expect(fault?.code == .conflict)
        }
    }

    @Test("who may not do something is told the verb and the resource")
    func forbidden() async throws {
        let folder = try TemporaryFolder()
        var settings = KubernetesServer.Settings()
        settings.listening.port = 0
        let server = try await KubernetesServer(folder: folder.path, settings)
        var configuration = try ClusterConfiguration.find(kubeconfig: server.configuration)
        let admin = try KubernetesClient(configuration)
        configuration.user.impersonation.user = "bob"
        let bob = try KubernetesClient(configuration)
        let target = ClientCluster(bob, Discovery(admin))
        do {
            let listing = await #expect(throws: Fault.self) {
                try await target.live(GroupVersionKind("", "v1", "ConfigMap"), namespace: "default", selector: "")
            }
            #expect(listing?.code == .forbidden)
            #expect(listing?.message.contains("the verb list on configmaps in the namespace default") == true)
            let applying = await #expect(throws: Fault.self) { try await target.apply(Self.map("a"), manager: "bob") }
            #expect(applying?.code == .forbidden)
            #expect(applying?.message.contains("the verb patch on configmaps in the namespace default") == true)
            #expect(applying?.fix?.contains("grant patch on configmaps in apiGroups [\"\"]") == true)
            #expect(applying?.message.contains("bob") == true)
        }
        await server.stop()
    }

    @Test(
        "refusals are faults of their kinds",
        arguments: [
            (401, "unauthorized"), (404, "not_found"), (409, "conflict"), (422, "invalid"), (400, "invalid"),
            (429, "unavailable"), (500, "unavailable"), (503, "unavailable"), (413, "limit_exceeded"),
        ])
    func codes(_ code: Int, _ name: String) {
        let fault = ClientCluster.fault(
            APIStatus(code, reason: "Test", "it is so"), "get", WidgetCluster.maps, "default")
        #expect(fault.code.name == name)
        #expect(fault.message.contains("it is so"))
    }
}
