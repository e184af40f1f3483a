// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import OCI
import Reconciling
import Repositories
import TestRegistry
import Testing

/// A product of two components, each with an image, a chart and a definition that the cluster is given, delivered by
/// manifests in the form of the reference scenario.
@Suite("The reference scenario", .timeLimit(.minutes(2))) struct ScenarioTests {
    private let registry: HostileRegistry
    private let key: PrivateKey
    private let scene = Scene()

    init() throws {
        registry = try HostileRegistry()
        key = try .generate(.rsa(bits: 2048))
    }

    /// Puts an artifact with one layer into the registry, as tools do with images and charts.
    private func pushArtifact(_ repository: String, tag: String) async throws {
        let config = Array("{}".utf8), layer = Array("content of \(repository)".utf8)
        func entry(_ bytes: [UInt8], _ type: String) -> JSON {
            registry.putBlob(bytes, in: repository)
            return OCIDescriptor(mediaType: type, digest: Digest(of: bytes), size: Int64(bytes.count)).json
        }
        let type = "application/vnd.oci.image"
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string("\(type).manifest.v1+json"),
            "config": entry(config, "\(type).config.v1+json"), "layers": [entry(layer, "\(type).layer.v1.tar")],
        ]
        let store = try await connections().open(RepositoryLocator(registry.url), .write).storeRepository?.store
        _ = try await store?.pushManifest(
            manifest.encoded(), mediaType: "\(type).manifest.v1+json", in: repository, tag: tag)
    }

    private func write(_ name: String, _ version: String) async throws -> ComponentDescriptor {
        let graph = """
            apiVersion: kro.run/v1alpha1
            kind: ResourceGraphDefinition
            metadata: {name: \(name)}
            spec: {version: "\(version)"}
            """
        var raw: [JSON] = []
        for kind in ["helm-chart", "image"] {
            try await pushArtifact("artifacts/\(name)-\(kind)", tag: version)
            raw.append([
                "name": .string(kind), "version": .string(version), "type": "ociArtifact", "relation": "external",
                "access": [
                    "type": "ociArtifact",
                    "imageReference": .string("\(registry.host)/artifacts/\(name)-\(kind):\(version)"),
                ],
            ])
        }
        let repository = try await connections().open(RepositoryLocator(registry.url), .write)
        return try await SampleComponent(
            identity: "acme.org/sovereign/\(name):\(version)",
            contents: [
                .init(
                    name: "rgd", bytes: Array(graph.utf8),
                    mediaType: "application/vnd.cncf.kro.resourcegraphdefinition.v1+yaml")
            ], raw: raw
        ).write(to: repository)
    }

    private func manifests() throws -> [KubernetesObject] {
        let fields = ["registry", "repository", "tag"]
            .map { "\($0): resource.access.imageReference.toOCI().\($0)" }.joined(separator: ", ")
        func resource(_ component: String, _ name: String, _ identity: String, _ extra: String) -> String {
            """
            {apiVersion: delivery.ocm.software/v1alpha1, kind: Resource, metadata: {name: \(name), namespace: ocm-system, generation: 1},
             spec: {interval: 10m, componentRef: {name: sovereign-\(component), namespace: ocm-system},
             resource: {byReference: {resource: {name: \(identity)}}}\(extra)}}
            """
        }
        var texts = [
            """
            {apiVersion: delivery.ocm.software/v1alpha1, kind: Repository, metadata: {name: sovereign-repo, namespace: ocm-system, generation: 1},
             spec: {repositorySpec: {baseUrl: "\(registry.host)", type: OCIRegistry}, interval: 10m,
             ocmConfig: [{secretRef: {name: registry-credentials}}]}}
            """
        ]
        for name in ["product", "notes", "postgres"] {
            let verify =
                name == "product" ? ", verify: [{signature: acme-signature, secretRef: {name: acme-signing-key}}]" : ""
            texts.append(
                """
                {apiVersion: delivery.ocm.software/v1alpha1, kind: Component, metadata: {name: sovereign-\(name), namespace: ocm-system, generation: 1},
                 spec: {component: acme.org/sovereign/\(name), repositoryRef: {name: sovereign-repo}, semver: ">=1.0.0", interval: 10m\(verify)}}
                """)
        }
        for name in ["notes", "postgres"] {
            let additional = ", additionalStatusFields: {\(fields)}"
            texts.append(resource(name, "\(name)-chart", "helm-chart", additional))
            texts.append(resource(name, "\(name)-image", "image", additional))
            texts.append(resource(name, "\(name)-rgd", "rgd", ""))
            texts.append(
                """
                {apiVersion: delivery.ocm.software/v1alpha1, kind: Deployer, metadata: {name: \(name), uid: \(name)-uid, generation: 1},
                 spec: {resourceRef: {name: \(name)-rgd, namespace: ocm-system}}}
                """)
        }
        return try texts.map { KubernetesObject(unchecked: try yaml($0)) }
    }

    @Test("Its manifests work as they are written, and an upgrade goes through")
    func delivery() async throws {
        for version in ["1.0.0", "1.1.0"] {
            let parts = [try await write("notes", version), try await write("postgres", version)]
            let repository = try await connections().open(RepositoryLocator(registry.url), .write)
            try await SampleComponent(
                identity: "acme.org/sovereign/product:\(version)",
                references: [("notes", parts[0]), ("postgres", parts[1])],
                signatures: [("acme-signature", key, .rsaPSS)]
            ).write(to: repository)
            if version == "1.0.0" { try await start() }
            for object in await scene.cluster.all where DeliveryKind(object) == .repository {
                try await scene.pass(object)
            }
            for kind in DeliveryKind.allCases {
                for object in try await scene.cluster.list(kind.groupVersionKind, namespace: nil) {
                    let pass = try await scene.pass(object)
                    #expect(pass.ready?.state == .yes, "\(kind) \(object.name): \(pass.readyText)")
                }
            }
            let graphs = await scene.cluster.all.filter { $0.kind == "ResourceGraphDefinition" }
            #expect(graphs.map(\.name) == ["notes", "postgres"])
            #expect(graphs.allSatisfy { $0.json["spec"]?["version"]?.string == version })
            let chart = try await scene.cluster.get(
                DeliveryKind.resource.groupVersionKind, namespace: "ocm-system", name: "notes-chart")
            #expect(
                chart?.additionalStatus == [
                    "registry": .string(registry.host), "repository": "artifacts/notes-helm-chart",
                    "tag": .string(version),
                ])
            // Without a digest in the component the one that was found is shown.
            #expect(chart?.resourceInformation?["digest"]?["normalisationAlgorithm"] == "ociArtifactDigest/v1")
        }
    }

    private func start() async throws {
        await scene.cluster.know("kro.run", "v1alpha1", "ResourceGraphDefinition", isNamespaced: false)
        var secrets = [
            Scene.secret("acme-signing-key", [("key", Array(key.publicKey.pem().utf8))]),
            Scene.secret("registry-credentials", [(".dockerconfigjson", Array("{\"auths\": {}}".utf8))]),
        ]
        for index in secrets.indices { secrets[index].namespace = "ocm-system" }
        for object in secrets { await scene.cluster.put(object) }
        for object in try manifests() {
            let (errors, unknown) = try DefinitionTests.errors(object.json)
            #expect(errors == [], "\(object.name)")
            #expect(unknown == [], "\(object.name)")
            await scene.cluster.put(object)
        }
    }
}
