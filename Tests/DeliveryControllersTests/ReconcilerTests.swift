// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import Reconciling
import Repositories
import Testing

@Suite("From a repository to applied objects") struct ReconcilerTests {
    static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    private static let manifests = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings, namespace: demo}
        data: {version: "VERSION"}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: demo}
        """

    private let archive: SampleArchive
    private let scene: Scene

    init() throws {
        archive = try SampleArchive()
        scene = Scene(archiveFolder: archive.folder.path)
    }

    private static func sample(_ version: String) throws -> SampleComponent {
        let text = manifests.replacing("VERSION", with: version)
        return SampleComponent(
            identity: "acme.org/app:\(version)",
            contents: [
                .init(name: "manifests", bytes: Array(text.utf8)),
                .init(name: "binary", bytes: [1, 2, 3], mediaType: "a/b", extraIdentity: ["architecture": "amd64"]),
            ],
            raw: [
                [
                    "name": "image", "version": "2.0.0", "type": "ociImage", "relation": "external",
                    "access": ["type": "ociArtifact/v1", "imageReference": "ghcr.io/acme/app:2.0.0"],
                    "labels": [["name": "l", "value": ["a": 1], "signing": true]],
                ],
                [
                    "name": "odd", "version": "1.0.0", "type": "odd", "relation": "external",
                    "access": ["type": "punchCards/v1", "deck": "7"],
                    "digest": [
                        "hashAlgorithm": "SHA-256", "normalisationAlgorithm": "genericBlobDigest/v1",
                        "value": .string(String(repeating: "ab", count: 32)),
                    ],
                ],
            ], signatures: [("default", try key.get(), .rsaPSS)])
    }

    private static let verify: (String, JSON) = ("verify", [["signature": "default", "secretRef": ["name": "key"]]])

    private func start(_ semver: String = "1.0.0", _ more: [(String, JSON)] = []) async throws -> ReconcilePass {
        try await scene.cluster.put(Scene.secret("key", [("default", Array(Self.key.get().publicKey.pem().utf8))]))
        try await scene.pass(Scene.repository(archive.specification))
        return try await scene.pass(Scene.component("acme.org/app", semver, [Self.verify] + more))
    }

    @Test("Everything becomes ready in its turn, and statuses show what was found")
    func whole() async throws {
        let written = try await Self.sample("1.0.0").write(to: archive.repository())
        // Nothing is ready before what it refers to is.
        let early = try await scene.pass(Scene.component("acme.org/app", "1.0.0"))
        #expect(early.readyText == "False GetResourceFailed: the Repository demo/repo does not exist yet")
        #expect(early.object.observedGeneration == nil)
        let repository = try await scene.pass(Scene.repository(archive.specification))
        #expect(repository.readyText == "True Succeeded: Successfully reconciled OCM repository")
        #expect(repository.next == .after(.seconds(600)))
        #expect(repository.object.finalizers == ["finalizers.ocm.software/repository"])

        let component = try await start()
        #expect(
            component.ready?.message.hasPrefix("Applied version 1.0.0; a signature would not cover all of it") == true)
        #expect(component.next == .after(.seconds(60)))
        #expect(
            component.object.json["status"]?["component"] == [
                "component": "acme.org/app", "version": "1.0.0", "repositorySpec": archive.specification,
                "digest": try SampleComponent.digest(written).json,
            ])

        let resource = try await scene.pass(Scene.resource(["name": "manifests"]))
        #expect(resource.readyText == "True Succeeded: Applied version 1.0.0")
        #expect(resource.next == .whenChanged)
        #expect(
            resource.object.resourceInformation?["digest"]?["value"]?.string
                == Digest(of: Array(Self.manifests.replacing("VERSION", with: "1.0.0").utf8)).hex)
        #expect(resource.object.resourceInformation?["access"]?["type"] == "localBlob")

        let deployer = try await scene.pass(Scene.deployer)
        #expect(deployer.readyText == "True Succeeded: Applied acme.org/app:1.0.0, resource manifests")
        #expect(deployer.object.deployed.map { $0["kind"]?.string } == ["ConfigMap", "Deployment"])
        #expect(Set(deployer.object.deployed.compactMap { $0["uid"]?.string }).count == 2)
        #expect(deployer.object.deployed.allSatisfy { $0["namespace"] == "demo" })
    }

    @Test("Statuses that are written satisfy the definitions")
    func definitions() async throws {
        try await Self.sample("1.0.0").write(to: archive.repository())
        _ = try await start()
        try await scene.pass(
            Scene.resource(
                ["name": "image"],
                [
                    ("verificationPolicy", "Never"), ("additionalStatusFields", ["oci": "resource.access.toOCI()"]),
                ]))
        try await scene.pass(.deployer, "app") { Scene.deployer }
        for object in await scene.cluster.all where DeliveryKind(object) != nil {
            let (errors, unknown) = try DefinitionTests.errors(object.json)
            #expect(errors == [], "\(object.kind)")
            #expect(unknown == [], "\(object.kind)")
        }
        let resource = try await scene.cluster.get(
            DeliveryKind.resource.groupVersionKind, namespace: "demo", name: "res")
        #expect(resource?.additionalStatus?["oci"]?["repository"] == "acme/app")
        #expect(resource?.resourceInformation?["labels"] == [["name": "l", "value": ["a": 1], "signing": true]])
    }

    @Test("A new version moves through, and what it no longer has is removed")
    func upgrade() async throws {
        let repository = try await archive.repository()
        try await Self.sample("1.0.0").write(to: repository)
        _ = try await start(">=1.0.0")
        try await scene.pass(Scene.resource(["name": "manifests"]))
        try await scene.pass(Scene.deployer)
        var next = try Self.sample("1.1.0")
        next.contents[0].bytes = Array(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: demo}}".utf8)
        try await next.write(to: repository)
        let component = try await scene.pass(.component, "comp")
        #expect(component.object.componentInformation?.version == "1.1.0")
        // The deployer waits for the resource, which still shows the version before.
        let waiting = try await scene.pass(.deployer, "app")
        #expect(
            waiting.readyText
                == "False ComponentDriftResolutionInProgress: the Component has version 1.1.0, the Resource still 1.0.0"
        )
        try await scene.pass(.resource, "res")
        let deployer = try await scene.pass(.deployer, "app")
        #expect(deployer.ready?.state == .yes)
        #expect(deployer.object.deployed.count == 1)
        #expect(await scene.cluster.all.contains { $0.kind == "Deployment" } == false)
    }

    @Test("An older version is refused unless it is allowed, and stays refused until something changes")
    func downgrade() async throws {
        let repository = try await archive.repository()
        try await Self.sample("1.0.0").write(to: repository)
        try await Self.sample("1.1.0").write(to: repository)
        var pass = try await start("1.1.0")
        #expect(pass.object.componentInformation?.version == "1.1.0")
        var object = pass.object
        object.json["spec"]?["semver"] = "1.0.0"
        object.generation = 2
        pass = try await scene.pass(object)
        #expect(pass.readyText.hasPrefix("False CheckVersionFailed: version 1.1.0 cannot be downgraded to 1.0.0"))
        #expect(pass.object.isTrue("Stalled"))
        #expect(pass.object.observedGeneration == 2)
        #expect(pass.object.componentInformation?.version == "1.1.0")
        object = pass.object
        object.json["spec"]?["downgradePolicy"] = "Allow"
        object.generation = 3
        pass = try await scene.pass(object)
        #expect(pass.object.componentInformation?.version == "1.0.0")
        #expect(!pass.object.isTrue("Stalled"))
    }

    @Test(
        "A resource is found by its whole identity alone",
        arguments: [
            (["name": "binary", "architecture": "amd64"], true),
            (["name": "binary", "architecture": "amd64", "version": "1.0.0"], true),
            (["name": "binary"], false), (["name": "binary", "architecture": "amd64", "version": "2.0.0"], false),
            (["name": "binary", "architecture": "amd64", "os": "linux"], false), (["name": "none"], false),
        ] as [([String: String], Bool)])
    func identity(_ identity: [String: String], _ isFound: Bool) async throws {
        try await Self.sample("1.0.0").write(to: archive.repository())
        _ = try await start()
        let wanted = JSON.object(JSONObject(identity.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        let pass = try await scene.pass(Scene.resource(wanted))
        #expect((pass.ready?.state == .yes) == isFound)
        if !isFound {
            #expect(pass.ready?.reason == "GetOCMResourceFailed")
            #expect(pass.ready?.message.contains("there are") == true)
            #expect(pass.object.isTrue("Stalled"))
        }
    }

    @Test("What cannot be verified is refused and says so; Never takes it as it is")
    func unknownAccess() async throws {
        try await Self.sample("1.0.0").write(to: archive.repository())
        _ = try await start()
        let refused = try await scene.pass(Scene.resource(["name": "odd"]))
        #expect(refused.ready?.reason == "GetOCMResourceFailed")
        #expect(
            refused.ready?.message.contains("access type “punchCards/v1”, whose content cannot be verified here")
                == true)
        #expect(refused.object.isTrue("Stalled"))
        #expect(refused.object.resourceInformation == nil)
        let taken = try await scene.pass(Scene.resource(["name": "odd"], [("verificationPolicy", "Never")]))
        #expect(taken.ready?.state == .yes)
        #expect(taken.object.resourceInformation?["access"]?["deck"] == "7")
    }

    @Test("A path of references is followed, each by its whole identity and its digest")
    func references() async throws {
        let repository = try await archive.repository()
        // What is without a digest would be vouched for by nobody.
        var leafSample = try Self.sample("1.0.0")
        leafSample.raw = []
        let leaf = try await leafSample.write(to: repository)
        let middle = SampleComponent(identity: "acme.org/middle:1.0.0", references: [("leaf", leaf)])
        let middleDescriptor = try await middle.write(to: repository)
        try await SampleComponent(
            identity: "acme.org/product:3.0.0", references: [("middle", middleDescriptor)],
            signatures: [("default", try Self.key.get(), .rsaPSS)]
        ).write(to: repository)
        try await scene.cluster.put(Scene.secret("key", [("default", Array(Self.key.get().publicKey.pem().utf8))]))
        try await scene.pass(Scene.repository(archive.specification))
        try await scene.pass(
            Scene.component("acme.org/product", ">=3", [Self.verify, ("verificationScope", "References")]))
        let path: [JSON] = [["name": "middle"], ["name": "leaf", "version": "1.0.0"]]
        let pass = try await scene.pass(Scene.resource(["name": "manifests"], path: path))
        #expect(pass.readyText == "True Succeeded: Applied version 1.0.0")
        #expect(pass.object.componentInformation?.component == "acme.org/app")
        let deployer = try await scene.pass(Scene.deployer)
        #expect(deployer.ready?.state == .yes)
        let missing = try await scene.pass(Scene.resource(["name": "manifests"], path: [["name": "other"]]))
        #expect(
            missing.readyText
                == "False GetReferenceFailed: acme.org/product:3.0.0 has no reference name=other; there are name=middle,version=1.0.0"
        )

        // Somebody replaces the leaf: it is no longer what the middle pins.
        var forged = try Self.sample("1.0.0")
        forged.contents[0].bytes = Array("{apiVersion: v1, kind: ConfigMap, metadata: {name: forged}}".utf8)
        forged.raw = []
        try await forged.write(to: repository)
        let fresh = Scene(archiveFolder: archive.folder.path)
        for object in await scene.cluster.all { await fresh.cluster.put(object) }
        let refused = try await fresh.pass(Scene.resource(["name": "manifests"], path: path))
        #expect(refused.ready?.reason == "GetComponentVersionFailed")
        #expect(refused.ready?.message.contains("it should have the digest") == true, "\(refused.readyText)")
        let component = try await fresh.pass(
            Scene.component("acme.org/product", ">=3", [Self.verify, ("verificationScope", "References")]))
        #expect(component.ready?.reason == "GetComponentVersionFailed")
        // Without the scope the signature says nothing of what lies below.
        let shallow = try await fresh.pass(Scene.component("acme.org/product", ">=3", [Self.verify]))
        #expect(shallow.ready?.state == .yes)
    }

    @Test("A reference with half a digest is refused, and one that leads in a circle ends")
    func oddReferences() async throws {
        let repository = try await archive.repository()
        func write(_ name: String, _ target: String, _ digest: JSON?) async throws {
            var reference: JSON = [
                "name": "next", "version": "1.0.0", "componentName": .string("acme.org/\(target)"),
            ]
            if let digest { reference["digest"] = digest }
            let json: JSON = [
                "meta": ["schemaVersion": "v2"],
                "component": [
                    "name": .string("acme.org/\(name)"), "version": "1.0.0", "provider": "acme",
                    "repositoryContexts": [], "resources": [], "sources": [], "componentReferences": [reference],
                ],
            ]
            try await repository.commit(ComponentDescriptor(json: json, source: name), contents: LocalContents())
        }
        try await write("half", "loop", ["hashAlgorithm": "SHA-256", "normalisationAlgorithm": "", "value": "ab"])
        try await write("loop", "loop", nil)
        try await repository.finish()
        try await scene.pass(Scene.repository(archive.specification))
        for (name, message) in [("half", "has half a digest"), ("loop", "form a cycle")] {
            try await scene.pass(Scene.component("acme.org/\(name)", "1.0.0"))
            let pass = try await scene.pass(
                Scene.resource(["name": "any"], path: [["name": "next"], ["name": "next"]]))
            #expect(pass.ready?.reason == "GetReferenceFailed")
            #expect(pass.ready?.message.contains(message) == true, "\(pass.readyText)")
        }
    }

    @Test("Whoever is used is not deleted; users in other namespaces do not count")
    func deletion() async throws {
        try await Self.sample("1.0.0").write(to: archive.repository())
        _ = try await start()
        var stranger = Scene.component("acme.org/app", "1.0.0")
        stranger.namespace = "elsewhere"
        await scene.cluster.put(stranger)
        func delete(_ kind: DeliveryKind, _ name: String) async throws -> ReconcilePass {
            let place = kind.isNamespaced ? "demo" : nil
            var object = try #require(try await scene.cluster.get(kind.groupVersionKind, namespace: place, name: name))
            object[metadata: "deletionTimestamp"] = "2026-01-01T00:00:00Z"
            object.json["spec"]?["suspend"] = true
            return try await scene.pass(object)
        }
        try await scene.pass(Scene.resource(["name": "manifests"]))
        try await scene.pass(Scene.deployer)
        #expect(
            try await delete(.repository, "repo").readyText
                == "False DeletionFailed: it is used by the Component demo/comp")
        #expect(
            try await delete(.component, "comp").readyText
                == "False DeletionFailed: it is used by the Resource demo/res")
        #expect(try await delete(.resource, "res").readyText == "False DeletionFailed: it is used by the Deployer app")
        let first = try await delete(.deployer, "app")
        #expect(first.readyText.hasPrefix("False DeletionFailed: 2 objects are being deleted"))
        #expect(first.next == .after(.seconds(1)))
        let second = try await delete(.deployer, "app")
        #expect(second.object.finalizers == [])
        #expect(await scene.cluster.all.contains { $0.kind == "ConfigMap" } == false)
        for (kind, name) in [(DeliveryKind.resource, "res"), (.component, "comp"), (.repository, "repo")] {
            #expect(try await delete(kind, name).object.finalizers == [], "\(kind)")
        }
    }

    @Test(
        "Specifications that say what is not possible are stalled, with the field",
        arguments: [
            (Scene.repository(["type": "OCIRegistry"]), "GetRepositoryFailed", "has no “baseUrl”"),
            (Scene.repository(["type": "Unheard/v1"]), "GetRepositoryFailed", "“Unheard/v1” is no repository type"),
            (
                Scene.object(.repository, "r", ["repositorySpec": ["type": "X"], "interval": "often"]),
                "InvalidSpecification", "spec.interval is “often”"
            ),
            (
                Scene.object(
                    .component, "c",
                    ["repositoryRef": ["name": "r"], "component": "no name", "semver": "1", "interval": "1m"]),
                "InvalidSpecification", "is not a component name"
            ),
            (
                Scene.component("acme.org/app", "1.0.0", [("verify", [["signature": "s"]])]), "InvalidSpecification",
                "spec.verify[0] has neither secretRef nor value"
            ),
            (
                Scene.component(
                    "acme.org/app", "1.0.0",
                    [("verify", [["signature": "s", "value": "a", "secretRef": ["name": "b"]]])]),
                "InvalidSpecification", "spec.verify[0] has secretRef and value"
            ),
            (
                Scene.object(
                    .resource, "r",
                    [
                        "componentRef": ["name": "c", "namespace": "other"],
                        "resource": ["byReference": ["resource": ["name": "a"]]],
                    ]), "InvalidSpecification", "spec.componentRef.namespace is “other”"
            ),
            (
                Scene.object(.deployer, "d", ["resourceRef": ["name": "r"]]), "InvalidSpecification",
                "spec.resourceRef.namespace is missing"
            ),
        ])
    func impossible(_ object: KubernetesObject, _ reason: String, _ message: String) async throws {
        let pass = try await scene.pass(object)
        #expect(pass.ready?.reason == reason)
        #expect(pass.ready?.message.contains(message) == true, "\(pass.readyText)")
        #expect(pass.object.isTrue("Stalled"))
        #expect(pass.object.observedGeneration == 1)
        #expect(pass.next == .whenChanged)
    }

    @Test("Files of this machine are read only below the folder for archives")
    func archives() async throws {
        let closed = Scene()
        let pass = try await closed.pass(Scene.repository(archive.specification))
        #expect(pass.ready?.message.contains("is a file of this machine") == true)
        for path in ["/etc", "\(archive.folder.path)/../x"] {
            let pass = try await scene.pass(
                Scene.repository(["type": "CommonTransportFormat/v1", "filePath": .string(path)]))
            #expect(pass.ready?.message.contains("is not in the folder for archives") == true)
        }
    }

    @Test("A resource without manifests, and one that is too large, are refused")
    func noManifests() async throws {
        try await Self.sample("1.0.0").write(to: archive.repository())
        _ = try await start()
        try await scene.pass(Scene.resource(["name": "binary", "architecture": "amd64"]))
        let refused = try await scene.pass(Scene.deployer)
        #expect(refused.ready?.reason == "MarshalFailed")
        var settings = DeliveryContext.Settings()
        settings.manifestLimit = 64
        let small = Scene(archiveFolder: archive.folder.path, settings: settings)
        for object in await scene.cluster.all { await small.cluster.put(object) }
        try await small.pass(Scene.resource(["name": "manifests"]))
        let large = try await small.pass(Scene.deployer)
        #expect(large.ready?.message.contains("is larger than") == true, "\(large.readyText)")
    }

    @Test("Watches lead from each object to those it concerns")
    func watches() async throws {
        try await Self.sample("1.0.0").write(to: archive.repository())
        _ = try await start()
        try await scene.pass(Scene.resource(["name": "manifests"]))
        try await scene.pass(Scene.deployer)
        let watches = DeliveryWatches(scene.cluster)
        func affected(_ object: KubernetesObject?) async throws -> [String] {
            try await watches.affected(by: #require(object)).map(\.description).sorted()
        }
        func get(_ kind: DeliveryKind, _ name: String) async throws -> KubernetesObject? {
            try await scene.cluster.get(kind.groupVersionKind, namespace: kind.isNamespaced ? "demo" : nil, name: name)
        }
        #expect(try await affected(get(.repository, "repo")) == ["Component demo/comp"])
        #expect(try await affected(get(.component, "comp")) == ["Resource demo/res"])
        #expect(try await affected(get(.resource, "res")) == ["Deployer app"])
        #expect(try await affected(get(.deployer, "app")) == [])
        #expect(try await affected(Scene.secret("key", [])) == ["Component demo/comp"])
        #expect(try await affected(Scene.secret("other", [])) == [])
        let applied = await scene.cluster.all.first { $0.kind == "Deployment" }
        #expect(try await affected(applied) == ["Deployer app"])
        var repository = try #require(try await get(.repository, "repo"))
        repository[metadata: "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        await scene.cluster.put(repository)
        #expect(try await affected(get(.component, "comp")) == ["Repository demo/repo", "Resource demo/res"])
    }
}

extension Scene {
    /// A pass over an object that may not be in the cluster yet.
    @discardableResult
    fileprivate func pass(_ kind: DeliveryKind, _ name: String, or make: () -> KubernetesObject) async throws
        -> ReconcilePass
    {
        try await pass(make())
    }
}
