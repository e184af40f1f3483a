// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import KubernetesClient
import Repositories
import TestServers
import Testing

/// Every example of the first implementation, and what it tests with, as they are written: only the addresses of registries
/// are others. What they take from the Internet is replaced by small things of the same names and versions, and what they
/// sign with a key of their own is signed with another, whose public part is put into the Secret that has theirs. All of
/// them are delivered to one site, one after the other.
@Suite(
    "Examples of the first implementation", .timeLimit(.minutes(5)),
    .enabled(if: !ExampleFolder.all.isEmpty && ServerProgram.find("htpasswd") != nil, ExampleFolder.missing))
struct ExampleTests {
    private static let graphs = GroupVersionResource("kro.run", "v1alpha1", "resourcegraphdefinitions")
    private static let services = GroupVersionResource("", "v1", "services")
    private static let deployments = GroupVersionResource("apps", "v1", "deployments")

    @Test("reconcile as they are described")
    func examples() async throws {
        #expect(ExampleFolder.all.count >= 13)
        let place = try await ExamplePlace()
        for folder in ExampleFolder.all {
            do { try await reconcile(folder, in: place) } catch { Issue.record("\(folder.name): \(error)") }
        }
        await place.stop()
    }

    private func reconcile(_ folder: ExampleFolder, in place: ExamplePlace) async throws {
        let delivery = try await ExampleDelivery(folder, in: place)
        let constructor = try #require(try folder.constructors.first)
        try await delivery.deliver(constructor)
        var objects = try delivery.objects(delivery.bootstrap)
        if folder.has("bootstrap-deployer.yaml") { objects += try delivery.objects("bootstrap-deployer.yaml") }
        try await delivery.apply(objects)
        if objects.contains(where: { $0.json["spec"]?["verify"] != nil }) {
            try await refusesTheirKey(delivery, &objects)
        }
        try await delivery.ready(objects)
        try await isWhole(delivery, objects)
        if let later = try folder.constructors.dropFirst().first {
            try await delivery.deliver(later)
            try await isPruned(delivery, objects)
        }
        for object in objects where object.kind == "Replication" { try await isReplicated(delivery, object) }
    }

    /// The key that the example has is well read, and is not the one with which the component was signed here.
    private func refusesTheirKey(_ delivery: ExampleDelivery, _ objects: inout [KubernetesObject]) async throws {
        let component = try #require(objects.first { $0.kind == "Component" })
        try await delivery.site.eventually("another key is refused", within: .seconds(30)) { _ in
            RunningSite.ready(try await delivery.get(.component, component.name))
                .hasPrefix("False GetComponentVersionFailed")
        }
        let why = RunningSite.ready(try await delivery.get(.component, component.name))
        #expect(why.contains("signature “ocm.software”"), "\(why)")
        let index = try #require(objects.firstIndex { $0.kind == "Secret" })
        let pem = try ExampleDelivery.key.get().publicKey.pem()
        objects[index].json["data"]?["ocm.software"] = .string(Array(pem.utf8).base64)
        try await delivery.apply([objects[index]])
    }

    /// What a deployer applies is there, and what leads on from it can be resolved.
    private func isWhole(_ delivery: ExampleDelivery, _ objects: [KubernetesObject]) async throws {
        let folder = delivery.folder
        for object in objects where object.kind == "Deployer" {
            let deployer = try await delivery.get(.deployer, object.name)
            let deployed = deployer.json["status"]?["deployed"]?.array ?? []
            #expect(!deployed.isEmpty, "\(folder.name)")
            #expect(deployed.allSatisfy { $0["uid"]?.string != nil })
        }
        guard folder.has("rgd.yaml") else { return }
        let wanted = try #require(try delivery.objects("rgd.yaml").first)
        let graph = try #require(try await delivery.find(Self.graphs, ObjectName(nil, wanted.name)))
        let text = try YAML.document(Array(folder.text("rgd.yaml").utf8), source: "rgd.yaml").root
        #expect(graph.json["spec"] == text["spec"], "\(folder.name)")
        #expect(graph.ownerReferences.map(\.kind) == ["Deployer"])
        // The Resources of which the graph will take addresses: what they show is where it says.
        let prefix = try delivery.objects("instance.yaml").first?.json["spec"]?["prefix"]?.string ?? wanted.name
        var resources: [KubernetesObject] = []
        for item in text["spec"]?["resources"]?.array ?? [] {
            guard let template = item["template"], template["kind"] == "Resource" else { continue }
            let filled = YAML.text(template).replacing("${schema.spec.prefix}", with: prefix)
            guard !filled.contains("${") else { continue }
            var resource = try KubernetesObject(YAML.document(Array(filled.utf8), source: "a template").root)
            resource.namespace = "default"
            resources.append(resource)
        }
        #expect(!resources.isEmpty, "\(folder.name)")
        try await delivery.apply(resources)
        try await delivery.ready(resources)
        for resource in resources {
            let shown = try await delivery.get(.resource, resource.name)
            try await delivery.expectArtifacts(
                shown.json["status"]?["additional"], of: "\(folder.name)/\(resource.name)")
        }
    }

    @Test("The keys that they name are read")
    func keys() throws {
        let folders = ExampleFolder.all.filter { $0.has("ocm.software.pub") }
        #expect(folders.count == 2)
        for folder in folders {
            let key = try PublicKey(pem: Array(folder.text("ocm.software.pub").utf8), source: folder.name)
            #expect(key.pem().hasPrefix("-----BEGIN"))
        }
    }

    /// What a second version lacks is removed, and all of it with the Deployer.
    private func isPruned(_ delivery: ExampleDelivery, _ objects: [KubernetesObject]) async throws {
        @Sendable func names(_ resource: GroupVersionResource) async throws -> [String] {
            try await delivery.site.client.listAll(resource, namespace: "default").objects.map(\.name)
                .filter { $0.contains("podinfo") }.sorted()
        }
        #expect(try await names(Self.services) == ["podinfo", "podinfo-2"])
        #expect(try await names(Self.deployments) == ["applyset-pruning-podinfo", "applyset-pruning-podinfo-2"])
        let kept = try await delivery.find(Self.services, ObjectName("default", "podinfo"))
        let component = try #require(objects.first { $0.kind == "Component" })
        _ = try await delivery.site.client.patch(
            DeliveryKind.component.resource, component.objectName, .merge(["spec": ["semver": "2.0.0"]]))
        try await delivery.site.eventually("what is no longer wanted is gone", within: .seconds(30)) { _ in
            let services = try await names(Self.services), deployments = try await names(Self.deployments)
            return services == ["podinfo"] && deployments == ["applyset-pruning-podinfo"]
        }
        #expect(try await delivery.find(Self.services, ObjectName("default", "podinfo"))?.uid == kept?.uid)
        try await delivery.ready(objects.filter { $0.kind == "Deployer" })
        let deployer = try #require(objects.first { $0.kind == "Deployer" })
        _ = try await delivery.site.client.delete(DeliveryKind.deployer.resource, deployer.objectName)
        try await delivery.site.eventually("everything is gone", within: .seconds(30)) { _ in
            let services = try await names(Self.services), deployments = try await names(Self.deployments)
            let left = try await delivery.find(DeliveryKind.deployer.resource, deployer.objectName)
            return services.isEmpty && deployments.isEmpty && left == nil
        }
    }

    /// The version is in the registry with the password, and its digest in the status.
    private func isReplicated(_ delivery: ExampleDelivery, _ replication: KubernetesObject) async throws {
        let status = try await delivery.get(.replication, replication.name).json["status"]
        let name = try #require(replication.json["spec"]?["componentRef"]?["name"]?.string)
        let component = try await delivery.get(.component, name).json["status"]?["component"]
        #expect(status?["lastTransferredDigest"] == component?["digest"]?["value"])
        #expect(status?["lastTransferredVersion"] == "1.0.0")
        #expect(status?["component"] == component)
        #expect(status?["lastTransfer"]?["recursive"] == true)
        #expect(status?["effectiveOCMConfig"]?.array?.count == 2)
        let identity = "ocm.software/ocm-k8s-toolkit/examples/\(delivery.folder.name):1.0.0"
        let version = try #require(try await delivery.replicated(identity))
        #expect(version.descriptor.resources.map(\.name) == ["config"])
    }
}
