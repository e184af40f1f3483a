// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import Reconciling
import Repositories
import TestRegistry
import Testing

/// Against a registry of our own that can be made to misbehave in every way.
@Suite("Registries that are away, slow or lie", .timeLimit(.minutes(2))) struct ResolutionTests {
    private let registry: HostileRegistry
    private let hands = HandClock()
    private static let bytes = Array("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: demo}}".utf8)

    init() throws { registry = try HostileRegistry() }

    private var specification: JSON { ["type": "OCIRegistry", "baseUrl": .string(registry.url), "subPath": "site"] }

    private func write(_ version: String = "1.0.0", bytes: [UInt8] = ResolutionTests.bytes) async throws
        -> ComponentDescriptor
    {
        let repository = try await connections().open(RepositoryLocator("\(registry.url)/site"), .write)
        return try await SampleComponent(
            identity: "acme.org/app:\(version)", contents: [.init(name: "manifests", bytes: bytes)]
        ).write(to: repository)
    }
    private func request(_ proof: VersionProof = .signatures([], .component)) throws -> VersionRequest {
        VersionRequest(
            repositorySpec: specification, configuration: .none,
            identity: try ComponentVersionIdentity("acme.org/app:1.0.0"),
            proof: proof)
    }
    private func scene(
        _ adjust: (inout ResolutionSettings) -> Void = { _ in },
        notify: @escaping @Sendable (Set<ObjectAddress>) -> Void = { _ in }
    ) -> Scene {
        Scene(
            clock: hands.clock,
            { settings in
                settings.patience = .seconds(3600)
                adjust(&settings)
            }, notify: notify)
    }
    private func reads() -> Int { registry.requests.count { $0.method == "GET" } }

    @Test("A version is read once for all who ask, and not again while it is kept")
    func once() async throws {
        _ = try await write()
        let service = scene().service
        let before = reads()
        let request = try request()
        let all = try await (0..<10).mapConcurrently(limit: 10) { _ in try await service.resolve(request).digest }
        let cost = reads() - before
        #expect(Set(all).count == 1)
        _ = try await service.resolve(request)
        _ = try await service.resolve(self.request(.digest(all[0])))
        #expect(reads() - before == cost)
        let counters = await service.counters
        #expect(counters.cacheMisses == 1)
        #expect(counters.cacheHits >= 1)
        #expect(counters.descriptorBytes > 0)
        hands.advance(.seconds(1800))
        _ = try await service.resolve(request)
        #expect(reads() - before > cost)
    }

    @Test("An outage is waited out: little is asked, and it goes on when the registry is back")
    func outage() async throws {
        _ = try await write()
        let scene = scene()
        try await scene.pass(Scene.repository(specification))
        registry.setFaults([
            RegistryFault(.headManifest, .status(503)), RegistryFault(.getManifest, .status(503)),
            RegistryFault(.ping, .status(503)),
        ])
        let before = registry.requests.count
        var asked: [Int] = [], delays: [Duration] = []
        for _ in 0..<8 {
            let pass = try await scene.pass(Scene.component("acme.org/app", "1.0.0"))
            #expect(pass.ready?.reason == "GetComponentVersionFailed")
            guard case .after(let delay) = pass.next else { throw Fault(.internal, "\(pass.next) \(pass.readyText)") }
            asked.append(registry.requests.count - before)
            delays.append(delay)
            // Asked too early it answers without asking the registry.
            _ = try await scene.pass(Scene.component("acme.org/app", "1.0.0"))
            #expect(registry.requests.count - before == asked.last)
            hands.advance(delay)
        }
        #expect(delays == [1, 2, 4, 8, 16, 32, 64, 120].map { Duration.seconds($0) })
        let repository = try await scene.pass(Scene.repository(specification))
        #expect(repository.ready?.reason == "GetRepositoryFailed")
        registry.setFaults([])
        hands.advance(.seconds(120))
        try await scene.pass(Scene.repository(specification))
        let back = try await scene.pass(Scene.component("acme.org/app", "1.0.0"))
        #expect(back.readyText == "True Succeeded: Applied version 1.0.0")
    }

    @Test("A registry that is not there at all is unavailable, and a user can ask for another try at once")
    func gone() async throws {
        let scene = scene()
        var object = Scene.repository(["type": "OCIRegistry", "baseUrl": "http://127.0.0.1:1"])
        var pass = try await scene.pass(object)
        #expect(pass.ready?.reason == "GetRepositoryFailed")
        let failures = await scene.service.counters.failures
        pass = try await scene.pass(pass.object)
        #expect(await scene.service.counters.failures == failures)
        object = pass.object
        object[annotation: "reconcile.fluxcd.io/requestedAt"] = "now"
        pass = try await scene.pass(object)
        #expect(await scene.service.counters.failures == failures + 1)
        #expect(pass.object.json["status"]?["lastHandledReconcileAt"] == "now")
    }

    @Test("What is pushed once more with other content is read again when somebody tells of it")
    func pushed() async throws {
        _ = try await write()
        let scene = scene()
        try await scene.pass(Scene.repository(specification))
        let first = try await scene.pass(Scene.component("acme.org/app", ">=1.0.0"))
        let before = try #require(first.object.componentInformation?.digest)
        _ = try await write(bytes: Array("{}".utf8))
        let kept = try await scene.pass(first.object)
        #expect(kept.object.componentInformation?.digest == before)
        await scene.service.noteChange(ofComponent: "acme.org/other")
        #expect(try await scene.pass(kept.object).object.componentInformation?.digest == before)
        await scene.service.noteChange(ofComponent: "acme.org/app")
        let told = try await scene.pass(kept.object)
        #expect(told.ready?.state == .yes)
        #expect(told.object.componentInformation?.digest != before)
    }

    @Test("A registry that is slow keeps nobody waiting: the object is told when the answer is there")
    func slow() async throws {
        _ = try await write()
        registry.setFaults([RegistryFault(.getBlob, .slowBody)])
        let told = Guarded<Set<ObjectAddress>>([])
        let scene = scene(
            { $0.patience = .seconds(5) }, notify: { addresses in told.withLock { $0.formUnion(addresses) } })
        await scene.cluster.put(ready(Scene.repository(specification)))
        let first = Task { try await scene.pass(Scene.component("acme.org/app", "1.0.0")) }
        await until { hands.sleeping >= 1 }
        hands.advance(.seconds(5))
        let pass = try await first.value
        #expect(pass.readyText == "Unknown ResolutionInProgress: reading acme.org/app:1.0.0 is in progress")
        #expect(pass.object.isTrue("Reconciling"))
        await until { !told.withLock { $0 }.isEmpty }
        #expect(told.withLock { $0 }.map(\.description) == ["Component demo/comp"])
        // What came so slowly was not what it should be; the registry is mended.
        registry.setFaults([])
        hands.advance(.seconds(200))
        let second = Task { try await scene.pass(pass.object) }
        let end = try await second.value
        #expect(end.readyText == "True Succeeded: Applied version 1.0.0")
    }

    private func ready(_ object: KubernetesObject) -> KubernetesObject {
        var object = object
        object.concludeReconciliation(.success(.done("ready")), at: Scene.now)
        return object
    }

    @Test(
        "A registry that shows something else than its digests say is refused",
        arguments: [
            RegistryStage.getManifest, .getBlob,
        ])
    func lies(_ stage: RegistryStage) async throws {
        let written = try await write()
        registry.setFaults([RegistryFault(stage, .otherBytes)])
        let service = scene().service
        for proof in [VersionProof.signatures([], .component), .digest(try SampleComponent.digest(written))] {
            await #expect(throws: ResolutionError.self) { try await service.resolve(request(proof)) }
        }
    }

    @Test(
        "A version that was replaced is refused by whoever knows its digest, and contents are checked as they are read")
    func replaced() async throws {
        let first = try await write()
        let digest = try SampleComponent.digest(first)
        let honest = scene().service
        let known = try await honest.resolve(request(.digest(digest)))
        registry.setFaults([RegistryFault(.getBlob, .otherBytes)])
        await #expect(throws: ResolutionError.self) {
            try await honest.content(of: known.descriptor.resources[0], in: known, .none)
        }
        registry.setFaults([])
        hands.advance(.seconds(200))
        #expect(try await honest.content(of: known.descriptor.resources[0], in: known, .none) == Self.bytes)
        let reads = reads()
        #expect(try await honest.content(of: known.descriptor.resources[0], in: known, .none) == Self.bytes)
        #expect(self.reads() == reads)
        _ = try await write(bytes: Array("{apiVersion: v1, kind: ConfigMap, metadata: {name: forged}}".utf8))
        let service = scene().service
        let fault = await #expect(throws: ResolutionError.self) { try await service.resolve(request(.digest(digest))) }
        #expect(fault?.fault?.code == .mismatch)
        // Taken as it is it is another version; its content is its own.
        let replaced = try await service.resolve(request())
        #expect(replaced.digest != digest)
    }

    @Test("A content that is larger than the limit is not read")
    func large() async throws {
        _ = try await write(bytes: [UInt8](repeating: 0x20, count: 300_000))
        let service = scene().service
        let version = try await service.resolve(request())
        let fault = await #expect(throws: ResolutionError.self) {
            try await service.content(of: version.descriptor.resources[0], in: version, .none, limit: 100_000)
        }
        #expect(fault?.fault?.code == .limitExceeded)
        #expect(registry.requests.filter { $0.method == "GET" && $0.path.contains("/blobs/") }.count <= 4)
    }

    @Test("Who has no credentials is told what was looked up, and who has others sees none of them")
    func credentials() async throws {
        let guarded = try HostileRegistry(access: .basic)
        let repository = Scene.repository(
            ["type": "OCIRegistry", "baseUrl": .string(guarded.url)],
            [("ocmConfig", [["kind": "Secret", "name": "login"]])])
        let scene = scene()
        func login(_ password: String) -> KubernetesObject {
            let text =
                #"{"auths": {"\#(guarded.host)": {"username": "\#(HostileRegistry.user)", "password": "\#(password)"}}}"#
            return Scene.secret("login", [(".dockerconfigjson", Array(text.utf8))])
        }
        let missing = try await scene.pass(repository)
        #expect(missing.readyText.hasPrefix("False GetConfigurationFailed: Secret demo/login does not exist"))
        await scene.cluster.put(login("wrong"))
        let refused = try await scene.pass(repository)
        #expect(refused.ready?.reason == "GetRepositoryFailed")
        #expect(
            refused.ready?.message.contains("credentials were looked up for hostname=127.0.0.1") == true,
            "\(refused.readyText)")
        #expect(refused.ready?.message.contains("wrong") == false)
        // Another configuration is another question: the failure of the first does not count for it.
        await scene.cluster.put(login(HostileRegistry.password))
        let taken = try await scene.pass(repository)
        #expect(taken.ready?.state == .yes, "\(taken.readyText)")
        #expect(taken.object.effectiveConfiguration.map(\.description) == ["Secret demo/login"])
        #expect(guarded.leaks == [])
        let open = try await scene.pass(Scene.repository(["type": "OCIRegistry", "baseUrl": .string(guarded.url)]))
        #expect(open.ready?.state == .no)
    }

    @Test("Constraints are answered from the tags of the registry, each time anew")
    func tags() async throws {
        _ = try await write("1.0.0")
        let scene = scene()
        try await scene.pass(Scene.repository(specification))
        let first = try await scene.pass(Scene.component("acme.org/app", ">=1"))
        #expect(first.object.componentInformation?.version == "1.0.0")
        _ = try await write("1.2.0+build.7")
        let second = try await scene.pass(first.object)
        #expect(second.object.componentInformation?.version == "1.2.0+build.7")
        registry.setFaults([RegistryFault(.tags, .status(500))])
        let third = try await scene.pass(second.object)
        #expect(third.ready?.reason == "CheckVersionFailed")
        #expect(third.object.componentInformation?.version == "1.2.0+build.7")
        // One that is pinned needs no list.
        let pinned = try await scene.pass(Scene.component("acme.org/app", "1.0.0"))
        #expect(pinned.ready?.state == .yes)
    }
}

extension ResolutionError {
    var fault: Fault? { if case .failed(let fault, _) = self { fault } else { nil } }
}
