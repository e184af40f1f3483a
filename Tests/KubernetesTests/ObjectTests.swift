// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Testing

@testable import Kubernetes

@Suite("Objects") struct ObjectTests {
    static let noon = Moment(rfc3339: "2026-01-02T12:00:00Z")
    static let later = Moment(rfc3339: "2026-01-02T13:00:00.123456789Z")

    private func object(_ text: String) throws -> KubernetesObject {
        try KubernetesObject(JSON(parsing: Array(text.utf8), source: "the object"))
    }

    @Test(
        "groups and versions are read and written",
        arguments: [("v1", "", "v1", "/api/v1"), ("apps/v1", "apps", "v1", "/apis/apps/v1")])
    func groupVersions(text: String, group: String, version: String, path: String) throws {
        let read = try GroupVersion(text)
        #expect(read == GroupVersion(group: group, version: version) && "\(read)" == text && read.path == path)
    }

    @Test("what is no group and version is refused", arguments: ["", "/", "a/", "/v1", "a/b/c"])
    func noGroupVersion(text: String) { #expect(throws: Fault.self) { try GroupVersion(text) } }

    @Test("resources know where they are served") func paths() {
        let deployments = GroupVersionResource("apps", "v1", "deployments")
        #expect(deployments.path() == "/apis/apps/v1/deployments")
        #expect(
            deployments.path(namespace: "a", name: "b", subresource: "status")
                == "/apis/apps/v1/namespaces/a/deployments/b/status")
        #expect("\(deployments.groupResource)" == "deployments.apps")
        #expect("\(GroupVersionResource("", "v1", "pods").groupResource)" == "pods")
    }

    @Test("fields keep their order, unknown ones too, when others change") func order() throws {
        var object = try object(
            #"{"x":1.50,"kind":"A","apiVersion":"v1","metadata":{"z":1,"name":"n","labels":{"b":"1","a":"2"}},"spec":{}}"#
        )
        object[label: "c"] = "3"
        object[label: "b"] = nil
        object.generation = 4
        object.namespace = "s"
        let expected =
            #"{"x":1.50,"kind":"A","apiVersion":"v1","metadata":{"z":1,"name":"n","labels":{"a":"2","c":"3"},"#
            + #""generation":4,"namespace":"s"},"spec":{}}"#
        #expect(object.json.text() == expected)
        object[label: "a"] = nil
        object[label: "c"] = nil
        #expect(object.json["metadata"]?.object?.keys.contains("labels") == false && object.labels.isEmpty)
    }

    @Test(
        "values that are no objects are told",
        arguments: [
            ("[]", "value of type array"), ("{}", "no apiVersion"), (#"{"apiVersion":"v1"}"#, "no kind"),
            (#"{"apiVersion":"v1","kind":"A","metadata":[]}"#, "metadata is no object"),
            (#"{"apiVersion":"v1","kind":"A","metadata":{"name":1}}"#, "metadata.name is no string"),
            (#"{"apiVersion":"v1","kind":"A","metadata":{"labels":{"a":true}}}"#, "metadata.labels[a] is no string"),
            (#"{"apiVersion":"v1","kind":"A","metadata":{"labels":[]}}"#, "metadata.labels is no object"),
            (#"{"apiVersion":"v1","kind":"A","metadata":{"finalizers":"a"}}"#, "metadata.finalizers is no list"),
            (#"{"apiVersion":"v1","kind":"A","metadata":{"generation":1.5}}"#, "metadata.generation is no integer"),
        ])
    func problems(text: String, problem: String) {
        let fault = #expect(throws: Fault.self) { try self.object(text) }
        #expect(fault?.message.contains(problem) == true, "\(String(describing: fault))")
    }

    @Test("owner references are read and written as they were") func owners() throws {
        let owner = KubernetesObject(GroupVersionKind("apps", "v1", "Deployment"), namespace: "a", name: "web")
        var object = KubernetesObject(GroupVersionKind("apps", "v1", "ReplicaSet"), namespace: "a", name: "web-1")
        object.ownerReferences = [OwnerReference(to: owner, isController: true, blocksOwnerDeletion: true)]
        let expected =
            #"[{"apiVersion":"apps/v1","kind":"Deployment","name":"web","uid":"","controller":true,"#
            + #""blockOwnerDeletion":true}]"#
        #expect(object.json["metadata"]?["ownerReferences"]?.text() == expected)
        #expect(object.ownerReferences.count == 1 && object.ownerReferences[0].isController)
    }

    @Test("a condition's time changes with its state only, and fields of others stay") func conditions() throws {
        let (noon, later) = (try #require(Self.noon), try #require(Self.later))
        var object = KubernetesObject(GroupVersionKind("", "v1", "A"), name: "a")
        var isNew = object.set(Condition("Ready", .no, reason: "Waiting", "for b", observedGeneration: 1), at: noon)
        #expect(isNew)
        isNew = object.set(Condition("Ready", .no, reason: "Waiting", "for c", observedGeneration: 2), at: later)
        #expect(isNew)
        isNew = object.set(Condition("Ready", .no, reason: "Waiting", "for c", observedGeneration: 2), at: later)
        #expect(!isNew)
        #expect(object.condition("Ready")?.lastTransition == noon && !object.isTrue("Ready"))
        object = try self.object(object.json.text().replacing(#""type":"Ready""#, with: #""extra":1,"type":"Ready""#))
        isNew = object.set(Condition("Ready", .yes, reason: "Done", ""), at: later)
        #expect(isNew)
        let expected =
            #"[{"extra":1,"type":"Ready","status":"True","lastTransitionTime":"2026-01-02T13:00:00Z","#
            + #""reason":"Done","message":""}]"#
        #expect(object.json["status"]?["conditions"]?.text() == expected)
        isNew = object.set(Condition("Stalled", .unknown, reason: "A", "b"), at: noon)
        #expect(isNew)
        #expect(object.conditions.map(\.type) == ["Ready", "Stalled"])
    }

    @Test("times have seconds, those of leases six digits more") func times() throws {
        let (noon, later) = (try #require(Self.noon), try #require(Self.later))
        #expect(later.kubernetesText == "2026-01-02T13:00:00Z")
        #expect(later.kubernetesMicroText == "2026-01-02T13:00:00.123456Z")
        #expect(noon.kubernetesMicroText == "2026-01-02T12:00:00.000000Z")
    }

    @Test("generated names have at most 63 bytes and no vowels at their end") func names() {
        var generator = SystemRandomNumberGenerator()
        let name = GeneratedName.make(from: String(repeating: "a", count: 80), using: &generator)
        #expect(name.utf8.count == 63 && name.hasPrefix(String(repeating: "a", count: 58)))
        #expect(name.dropFirst(58).allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) })
    }
}
