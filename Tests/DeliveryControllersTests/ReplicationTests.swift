// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Kubernetes
import OCI
import Reconciling
import Repositories
import TestRegistry
import TestServers
import Testing
import WebClient

@testable import DeliveryControllers

/// Between two registries of our own, of which the target asks for a password.
@Suite("Replications", .timeLimit(.minutes(2))) struct ReplicationTests {
    private let source: HostileRegistry
    private let target: HostileRegistry
    private let hands = HandClock()
    private let scene: Scene
    private let told = Guarded(0)
    private static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    private static let app = "component-descriptors/acme.org/app", leaf = "component-descriptors/acme.org/leaf"

    init() throws {
        (source, target) = (try HostileRegistry(), try HostileRegistry(access: .basic))
        let told = told
        scene = Scene(
            clock: hands.clock, { $0.patience = .seconds(3600) }, notify: { _ in told.withLock { $0 += 1 } })
    }

    private var credentials: KubernetesObject {
        let text = """
            type: generic.config.ocm.software/v1
            configurations:
              - type: credentials.config.ocm.software
                consumers:
                  - identity: {type: OCIRegistry, hostname: 127.0.0.1, scheme: http, port: "\(target.port)"}
                    credentials:
                      - type: Credentials
                        properties: {username: \(HostileRegistry.user), password: \(HostileRegistry.password)}
            """
        return Scene.secret("credentials", [(".ocmconfig", Array(text.utf8))])
    }
    private static func options(_ text: String) -> KubernetesObject {
        let document =
            "{type: generic.config.ocm.software/v1, configurations: [{type: transfer.config.ocm.software/v1alpha1, \(text)}]}"
        return Scene.secret("options", [(".ocmconfig", Array(document.utf8))], kind: "ConfigMap")
    }
    private static let ownConfiguration: (String, JSON) = ("ocmConfig", [["kind": "ConfigMap", "name": "options"]])

    /// A product that refers to another, in the source; gives both descriptors.
    @discardableResult private func write(
        _ version: String = "1.0.0", bytes: [UInt8] = Array("content".utf8), leafBytes: [UInt8] = Array("leaf".utf8)
    ) async throws -> ComponentDescriptor {
        let repository = try await connections().open(RepositoryLocator(source.url), .write)
        let leaf = try await SampleComponent(
            identity: "acme.org/leaf:\(version)", contents: [.init(name: "part", bytes: leafBytes)]
        ).write(to: repository)
        return try await SampleComponent(
            identity: "acme.org/app:\(version)", contents: [.init(name: "config", bytes: bytes)],
            references: [("leaf", leaf)], signatures: [("default", try Self.key.get(), .rsaPSS)]
        ).write(to: repository)
    }

    /// Source, component and target, all of them ready.
    private func start(_ semver: String = "1.0.0", targetPath: String = "mirror") async throws {
        await scene.cluster.put(credentials)
        try await scene.cluster.put(Scene.secret("key", [("default", Array(Self.key.get().publicKey.pem().utf8))]))
        try await scene.pass(Scene.repository(["type": "OCIRegistry", "baseUrl": .string(source.url)]))
        try await follow(semver)
        try await putTarget(targetPath)
    }
    private func putTarget(_ path: String) async throws {
        let pass = try await scene.pass(
            Scene.repository(
                ["type": "OCIRegistry", "baseUrl": .string(target.url), "subPath": .string(path)],
                [("ocmConfig", [["kind": "Secret", "name": "credentials"]])], name: "target"))
        #expect(pass.ready?.state == .yes, "\(pass.readyText)")
    }
    @discardableResult private func follow(_ semver: String) async throws -> ReconcilePass {
        await scene.service.noteChange(ofComponent: "acme.org/app")
        let pass = try await scene.pass(
            Scene.component(
                "acme.org/app", semver, [("verify", [["signature": "default", "secretRef": ["name": "key"]]])]))
        #expect(pass.ready?.state == .yes, "\(pass.readyText)")
        return pass
    }
    private func progress(_ pass: ReconcilePass) -> String {
        pass.object.condition("TransferInProgress").map { "\($0.state.rawValue) \($0.reason)" } ?? "none"
    }

    @Test("The chosen version is carried, and the status says so; nothing is asked once more")
    func carried() async throws {
        let descriptor = try await write()
        try await start()
        let pass = try await scene.pass(Scene.replication())
        #expect(pass.readyText == "True Succeeded: Transferred acme.org/app:1.0.0 to target")
        #expect(progress(pass) == "False TransferComplete")
        #expect(pass.next == .whenChanged)
        #expect(pass.object.finalizers == ["finalizers.ocm.software/replication"])
        let digest = try SampleComponent.digest(descriptor)
        #expect(pass.object.lastTransferredVersion == "1.0.0")
        #expect(pass.object.lastTransferredDigest == digest.value)
        #expect(pass.object.componentInformation?.digest == digest)
        #expect(pass.object.lastTransfer?["versions"] == 1)
        #expect(pass.object.lastTransfer?["copyMode"] == "localBlob")
        #expect(pass.object.effectiveConfiguration.map(\.name) == ["credentials"])
        #expect(target.tags(in: "mirror/\(Self.app)").keys.sorted() == ["1.0.0"])
        #expect(target.tags(in: "mirror/\(Self.leaf)").isEmpty)
        let (errors, unknown) = try DefinitionTests.errors(pass.object.json)
        #expect(errors == [] && unknown == [])
        // The password is the target's alone.
        #expect(source.requests.allSatisfy { $0.field("Authorization") == nil })
        #expect(target.leaks.isEmpty)
        let before = target.requests.count
        let again = try await scene.pass(pass.object)
        #expect(again.ready?.state == .yes && !again.changesStatus)
        #expect(target.requests.count == before)
    }

    @Test("A later version follows; what is in the target already does not move again")
    func followed() async throws {
        try await write()
        try await start(">=1.0.0")
        var pass = try await scene.pass(Scene.replication())
        try await write("1.1.0", bytes: Array("other".utf8))
        try await follow(">=1.0.0")
        pass = try await scene.pass(pass.object)
        #expect(pass.object.lastTransferredVersion == "1.1.0", "\(pass.readyText)")
        #expect(pass.object.lastTransfer?["bytesMoved"]?.int ?? 0 > 0)
        #expect(target.tags(in: "mirror/\(Self.app)").keys.sorted() == ["1.0.0", "1.1.0"])
        let uploads = target.requests.count { $0.method == "PUT" && $0.target.contains("/blobs/") }
        // One who asks for it gets it, and nothing is there to do.
        var object = pass.object
        object[annotation: "reconcile.fluxcd.io/requestedAt"] = "now"
        pass = try await scene.pass(object)
        #expect(pass.ready?.state == .yes)
        #expect(pass.object.lastTransfer?["bytesMoved"] == 0)
        #expect(target.requests.count { $0.method == "PUT" && $0.target.contains("/blobs/") } == uploads)
    }

    @Test("A signature that came later is carried when somebody asks for it")
    func signedLater() async throws {
        try await write()
        try await start()
        var pass = try await scene.pass(Scene.replication())
        func signatures(_ place: String, _ connections: RepositoryConnections) async throws -> [String]? {
            let repository = try await connections.open(RepositoryLocator(place), .write)
            let identity = try ComponentVersionIdentity("acme.org/app:1.0.0")
            return try await repository.find(identity)?.descriptor.signatures.map(\.name)
        }
        let repository = try await connections().open(RepositoryLocator(source.url), .write)
        var options = ComponentSigner.Options(name: "second", key: try Self.key.get(), scheme: .rsaPSS)
        options.normalisation = .v4alpha1
        _ = try await ComponentSigner(
            source: ComponentVersionSource(repository), access: AccessMethods(connections()), options: options
        ).sign(ComponentVersionIdentity("acme.org/app:1.0.0"))
        #expect(try await signatures(source.url, connections()) == ["default", "second"])
        var object = pass.object
        object[annotation: "reconcile.fluxcd.io/requestedAt"] = "now"
        pass = try await scene.pass(object)
        #expect(pass.ready?.state == .yes, "\(pass.readyText)")
        let loaded = try await ConfigurationLoader(scene.cluster).load(
            [ConfigurationReference(["kind": "Secret", "name": "credentials", "namespace": "demo"], path: "a test")])
        let withPassword = RepositoryConnections(credentials: loaded.credentials, http: HTTPClient())
        #expect(try await signatures("\(target.url)/mirror", withPassword) == ["default", "second"])
    }

    @Test("Another target and other options are another transfer, although the version is the same")
    func otherTarget() async throws {
        try await write()
        try await start()
        var pass = try await scene.pass(Scene.replication())
        try await putTarget("second")
        pass = try await scene.pass(pass.object)
        #expect(pass.ready?.state == .yes)
        #expect(target.tags(in: "second/\(Self.app)").keys.sorted() == ["1.0.0"])
        #expect(target.tags(in: "second/\(Self.leaf)").isEmpty)
        await scene.cluster.put(Self.options("recursive: -1, copyMode: localBlob"))
        pass = try await scene.pass(Scene.replication([Self.ownConfiguration]))
        #expect(pass.object.lastTransfer?["recursive"] == true, "\(pass.readyText)")
        #expect(pass.object.lastTransfer?["versions"] == 2)
        #expect(pass.object.effectiveConfiguration.map(\.name) == ["options", "credentials"])
        #expect(target.tags(in: "second/\(Self.leaf)").keys.sorted() == ["1.0.0"])
    }

    @Test(
        "Options that are none are said to be none",
        arguments: ["recursive: 3", "copyMode: everything", "uploadType: somehow"])
    func oddOptions(_ text: String) async throws {
        try await write()
        try await start()
        await scene.cluster.put(Self.options(text))
        let pass = try await scene.pass(Scene.replication([Self.ownConfiguration]))
        #expect(pass.ready?.reason == "GetConfigurationFailed")
        #expect(pass.object.isTrue("Stalled"))
    }

    @Test("With an interval the target is asked again, and what it has lost is carried again")
    func lost() async throws {
        try await write()
        try await start()
        let pass = try await scene.pass(Scene.replication([("interval", "1h")]))
        #expect(pass.next == .after(.seconds(3600)), "\(pass.readyText)")
        target.copyContent(of: source)
        #expect(target.tags(in: "mirror/\(Self.app)").isEmpty)
        hands.advance(.seconds(3600))
        let again = try await scene.pass(pass.object)
        #expect(again.ready?.state == .yes)
        #expect(target.tags(in: "mirror/\(Self.app)").keys.sorted() == ["1.0.0"])
    }

    @Test("What was replaced since it was verified is not carried, nor what no digest pins")
    func replaced() async throws {
        try await write()
        try await start()
        try await write(bytes: Array("forged".utf8))
        let pass = try await scene.pass(Scene.replication())
        #expect(pass.ready?.reason == "GetComponentVersionFailed" || pass.ready?.reason == "ReplicationFailed")
        #expect(pass.ready?.state == .no, "\(pass.readyText)")
        #expect(target.repositories.allSatisfy { target.tags(in: $0).isEmpty })
        // The reference is pinned: another leaf is refused too.
        try await write("2.0.0")
        try await follow("2.0.0")
        let repository = try await connections().open(RepositoryLocator(source.url), .write)
        try await SampleComponent(
            identity: "acme.org/leaf:2.0.0", contents: [.init(name: "part", bytes: Array("forged".utf8))]
        ).write(to: repository)
        await scene.cluster.put(Self.options("recursive: true"))
        let second = try await scene.pass(Scene.replication([Self.ownConfiguration]))
        #expect(second.ready?.reason == "ReplicationFailed")
        #expect(second.ready?.message.contains("acme.org/leaf:2.0.0") == true, "\(second.readyText)")
        #expect(target.repositories.allSatisfy { target.tags(in: $0).isEmpty })
    }

    @Test("A failure names its operations, and is forgotten with the next success")
    func failure() async throws {
        try await write()
        try await start()
        target.setFaults([RegistryFault(.beginUpload, .status(403))])
        let failed = try await scene.pass(Scene.replication())
        #expect(failed.ready?.reason == "ReplicationFailed", "\(failed.readyText)")
        #expect(progress(failed) == "False ReplicationFailed")
        #expect(failed.next == .withBackOff)
        let event = try #require(failed.object.failedTransfers.first)
        #expect(event["name"]?.string?.hasPrefix("\(event["id"]?.string ?? "") [") == true, "\(event)")
        #expect(event["error"]?.string?.contains("403") == true, "\(event)")
        let (errors, unknown) = try DefinitionTests.errors(failed.object.json)
        #expect(errors == [] && unknown == [])
        target.setFaults([])
        hands.advance(.seconds(1))
        let back = try await scene.pass(failed.object)
        #expect(back.ready?.state == .yes, "\(back.readyText)")
        #expect(back.object.failedTransfers.isEmpty)
        #expect(progress(back) == "False TransferComplete")
    }

    @Test("A wrong password is said with whom credentials were looked up for, and what does not propagate is not used")
    func passwords() async throws {
        try await write()
        try await start()
        let object = try await scene.cluster.get(
            DeliveryKind.repository.groupVersionKind, namespace: "demo", name: "target")
        var repository = try #require(object)
        repository.json["spec"]?["ocmConfig"] = [["kind": "Secret", "name": "credentials", "policy": "DoNotPropagate"]]
        try await scene.pass(repository)
        let pass = try await scene.pass(Scene.replication())
        #expect(pass.ready?.reason == "ReplicationFailed", "\(pass.readyText)")
        #expect(pass.object.effectiveConfiguration.isEmpty)
        let own = try await scene.pass(
            Scene.replication([("ocmConfig", [["kind": "Secret", "name": "credentials"]])]))
        #expect(own.ready?.state == .yes, "\(own.readyText)")
    }

    @Test("A long transfer keeps nobody waiting: it says that it goes on, and is told of at its end")
    func long() async throws {
        try await write()
        try await start()
        target.setFaults([RegistryFault(.putManifest, .together(2))])
        let object = Scene.replication()
        let first = Task { try await scene.pass(object) }
        await until { target.requests.contains { $0.method == "PUT" && $0.target.contains("/manifests/") } }
        hands.advance(.seconds(3600))
        let pass = try await first.value
        #expect(pass.ready?.state == .unknown)
        #expect(pass.ready?.reason == "TransferInProgress")
        #expect(progress(pass) == "True TransferInProgress")
        #expect(pass.event == nil)
        #expect(told.withLock { $0 } == 0)
        // A second manifest lets the first one go on.
        let gate = try await connections().open(RepositoryLocator(target.url), .write)
        _ = try? await gate.storeRepository?.store.pushManifest(
            Array("{}".utf8), mediaType: "application/json", in: "gate", tag: "gate")
        target.setFaults([])
        await until { told.withLock { $0 } == 1 }
        let done = try await scene.pass(pass.object)
        #expect(done.ready?.state == .yes, "\(done.readyText)")
        #expect(progress(done) == "False TransferComplete")
    }

    @Test("Deleted, it ends what is being carried and keeps what was; suspended, it does nothing")
    func deletion() async throws {
        try await write()
        try await start()
        let idle = try await scene.pass(Scene.replication([("suspend", true)]))
        #expect(idle.object.lastTransferredVersion == nil)
        #expect(target.repositories.isEmpty)
        target.setFaults([RegistryFault(.putManifest, .silence)])
        let first = Task { try await scene.pass(Scene.replication()) }
        await until { target.requests.contains { $0.method == "PUT" && $0.target.contains("/manifests/") } }
        hands.advance(.seconds(3600))
        var object = try await first.value.object
        #expect(await scene.transfers.running == 1)
        object[metadata: "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        object.json["spec"]?["suspend"] = true
        let released = try await scene.pass(object)
        #expect(released.object.finalizers == [])
        await until { await scene.transfers.running == 0 }
        #expect(target.tags(in: "mirror/\(Self.app)").isEmpty)
    }

    @Test("It waits for what it refers to, and watches lead to it")
    func waits() async throws {
        try await write()
        let early = try await scene.pass(Scene.replication())
        #expect(early.readyText == "False ResourceIsNotAvailable: the Component demo/comp does not exist yet")
        try await start()
        await scene.cluster.remove(Scene.repository([:], name: "target"))
        let noTarget = try await scene.pass(Scene.replication())
        #expect(noTarget.readyText == "False GetRepositoryFailed: the Repository demo/target does not exist yet")
        try await putTarget("mirror")
        let watches = DeliveryWatches(scene.cluster)
        for (kind, name) in [(DeliveryKind.component, "comp"), (.repository, "target")] {
            let object = try await scene.cluster.get(kind.groupVersionKind, namespace: "demo", name: name)
            let affected = try await watches.affected(by: #require(object)).map(\.description)
            #expect(affected.contains("Replication demo/copy"), "\(kind)")
        }
        var elsewhere = Scene.repository([:], name: "target")
        elsewhere.namespace = "elsewhere"
        #expect(try await watches.affected(by: elsewhere).isEmpty)
        // Nothing of it keeps the others from going.
        let component = try await scene.cluster.get(
            DeliveryKind.component.groupVersionKind, namespace: "demo", name: "comp")
        var deleted = try #require(component)
        deleted[metadata: "deletionTimestamp"] = "2026-01-01T00:00:00Z"
        #expect(try await scene.pass(deleted).object.finalizers == [])
    }
}

/// Between two registries of others: an image that its component only refers to, and a version that it refers to.
@Suite(
    "Replications between registries of others", .timeLimit(.minutes(5)),
    .enabled(if: RegistryServer.isInstalled, Comment(rawValue: RegistryServer.missing)))
struct RealReplicationTests {
    private static func connections(_ server: RegistryServer) throws -> RepositoryConnections {
        RepositoryConnections(
            credentials: try LoadedConfiguration(Configuration(documents: [(configuration(server), "a test")]))
                .credentials,
            http: HTTPClient())
    }
    private static func configuration(_ server: RegistryServer) -> [UInt8] {
        Array(
            """
            type: generic.config.ocm.software/v1
            configurations:
              - type: transfer.config.ocm.software/v1alpha1
                recursive: -1
                copyMode: allResources
              - type: credentials.config.ocm.software
                consumers:
                  - identity: {type: OCIRegistry, hostname: localhost, port: "\(server.port)"}
                    credentials:
                      - type: Credentials
                        properties: {username: \(RegistryServer.user), password: \(RegistryServer.password)}
            """.utf8)
    }

    @Test("All of a product is carried, and verifies in the target to its last byte")
    func product() async throws {
        let source = try await RegistryServer(.plain), target = try await RegistryServer(.basic)
        let repository = try await DeliveryControllersTests.connections().open(RepositoryLocator(source.url), .write)
        let store = try #require(repository.storeRepository?.store)
        var entries: [JSON] = []
        for (type, size) in [
            ("application/vnd.oci.image.config.v1+json", 2), ("application/vnd.oci.image.layer.v1.tar", 3 << 20),
        ] {
            let bytes = size == 2 ? Array("{}".utf8) : (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 11) }
            let blob = BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
            _ = try await store.pushBlob(blob, in: "acme/image")
            entries.append(OCIDescriptor(mediaType: type, digest: Digest(of: bytes), size: Int64(bytes.count)).json)
        }
        let type = "application/vnd.oci.image.manifest.v1+json"
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(type), "config": entries[0], "layers": [entries[1]],
        ]
        let image = try await store.pushManifest(manifest.encoded(), mediaType: type, in: "acme/image", tag: "1.0.0")
        let leaf = try await SampleComponent(
            identity: "acme.org/leaf:1.0.0", contents: [.init(name: "part", bytes: Array("leaf".utf8))],
            raw: [
                [
                    "name": "image", "version": "1.0.0", "type": "ociImage", "relation": "external",
                    "access": ["type": "ociArtifact", "imageReference": .string("\(source.host)/acme/image:1.0.0")],
                    "digest": DigestSpecification(artifact: image.digest).json,
                ]
            ]
        ).write(to: repository)
        let key = try PrivateKey.generate(.ed25519)
        try await SampleComponent(
            identity: "acme.org/app:1.0.0", contents: [.init(name: "config", bytes: Array("content".utf8))],
            references: [("leaf", leaf)], signatures: [("default", key, .ed25519)]
        ).write(to: repository)

        let scene = Scene()
        await scene.cluster.put(Scene.secret("key", [("default", Array(key.publicKey.pem().utf8))]))
        await scene.cluster.put(Scene.secret("credentials", [(".ocmconfig", Self.configuration(target))]))
        try await scene.pass(Scene.repository(["type": "OCIRegistry", "baseUrl": .string(source.url)]))
        try await scene.pass(
            Scene.component(
                "acme.org/app", "1.0.0", [("verify", [["signature": "default", "secretRef": ["name": "key"]]])]))
        try await scene.pass(
            Scene.repository(
                ["type": "OCIRegistry", "baseUrl": .string(target.url), "subPath": "mirror"],
                [("ocmConfig", [["kind": "Secret", "name": "credentials"]])], name: "target"))
        let pass = try await scene.pass(Scene.replication())
        #expect(pass.ready?.state == .yes, "\(pass.readyText)")
        #expect(pass.object.lastTransfer?["versions"] == 2)
        #expect(pass.object.lastTransfer?["bytesMoved"]?.int ?? 0 > 3 << 20)

        let connections = try Self.connections(target)
        let mirror = try await connections.open(RepositoryLocator("\(target.url)/mirror"), .read)
        let verified = try await ComponentVersionVerifier(
            source: ComponentVersionSource(mirror), access: AccessMethods(connections), depth: .deep
        ).verify(
            ComponentVersionIdentity("acme.org/app:1.0.0"),
            trust: [SignatureTrust(signature: "default", key: .key(key.publicKey))])
        #expect(verified.signatures.map(\.name) == ["default"])
        let carried = try #require(try await mirror.find(ComponentVersionIdentity("acme.org/leaf:1.0.0")))
        #expect(carried.descriptor.resources.map { $0.access?.type.name } == ["localBlob", "localBlob"])
    }
}
