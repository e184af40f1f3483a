// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import TestRegistry
import Transfer
import Web
import WebClient

/// What is done with the hostile registry.
enum Direction: String, CaseIterable, Sendable {
    /// A component version is read from it, or written to it.
    case pull, push
    /// One is transferred from it to memory, from memory to it, or within it to another path, by mounts.
    case transferFrom, transferTo, transferWithin
    /// Its lists are read.
    case versions, components, referrers
    /// It is asked whether it is there.
    case ping
    /// A large blob that an earlier run began to upload, or to download, is completed.
    case resumedUpload, resumedDownload

    /// The stages it passes through; a fault at each is met.
    var stages: [RegistryStage] {
        switch self {
        case .pull, .transferFrom: [.token, .headManifest, .getManifest, .getBlob]
        case .push, .transferTo: [.token, .headManifest, .headBlob, .beginUpload, .putBlob, .putManifest]
        case .transferWithin: [.token, .headManifest, .getManifest, .headBlob, .beginUpload, .getBlob, .putManifest]
        case .versions: [.token, .tags]
        case .components: [.catalogue]
        case .referrers: [.token, .referrers]
        case .ping: [.ping]
        // What comes before, a push and a pull meet in the same way.
        case .resumedUpload: [.uploadStatus, .patchUpload, .putBlob, .beginUpload]
        case .resumedDownload: [.getBlob]
        }
    }

    /// Whether the registry has the sample before.
    private var needsSample: Bool {
        ![.push, .transferTo, .ping, .resumedUpload, .resumedDownload].contains(self)
    }

    private static let filled = Task { () async throws -> HostileRegistry in
        let registry = try HostileRegistry()
        _ = try await SampleProduct.write(to: client(registry))
        return registry
    }

    static func client(_ registry: HostileRegistry, _ settings: HTTPClientSettings = HTTPClientSettings()) throws
        -> RegistryClient
    {
        RegistryClient(origin: try HTTPURL(registry.url).origin, http: HTTPClient(settings)) { _ in
            .basic(username: HostileRegistry.user, password: HostileRegistry.password)
        }
    }

    /// Fills the registry with what has to be there before; call it before faults are set.
    ///
    /// - Parameter stage: a stage that has to be reached: a new upload begins only when the one of before is gone.
    func prepare(_ registry: HostileRegistry, reaching stage: RegistryStage? = nil) async throws {
        if self == .resumedUpload, stage != .beginUpload {
            registry.beginUpload(Array(ResumedTransfer.blob[..<ResumedTransfer.moved]))
        }
        if self == .resumedDownload { registry.putBlob(ResumedTransfer.blob, in: ResumedTransfer.repository) }
        if needsSample { registry.copyContent(of: try await Self.filled.value) }
    }

    /// Where a write leaves its tag.
    private var written: String { (self == .transferWithin ? "mirror/" : "") + SampleProduct.repository }

    /// Does it. Throws what the engine throws, and `.internal` when it claims success and the content is not right.
    ///
    /// - Parameter isUnknown: whether the registry says that it has no such repository, whose list is empty then.
    func run(
        _ registry: HostileRegistry, _ settings: HTTPClientSettings, isUnknown: Bool = false
    ) async throws {
        let client = try Self.client(registry, settings)
        switch self {
        case .pull: try await SampleProduct.check(client, at: registry.url)
        case .push: _ = try await SampleProduct.write(to: client)
        case .transferFrom:
            let target = MemoryStore(name: "target")
            do { try await transfer(client, to: target, registry) } catch {
                guard try await target.tags(in: SampleProduct.repository).isEmpty else {
                    throw Fault(.internal, "a failed transfer is visible after: \(error)")
                }
                throw error
            }
            try await SampleProduct.check(target, at: "./target")
        case .transferTo: try await transfer(try await SampleProduct.original.value.store, to: client, registry)
        case .transferWithin: try await transfer(client, to: client, registry, subPath: "mirror")
        case .versions:
            let repository = StoreRepository(client, locator: try RepositoryLocator(registry.url))
            let found = try await repository.versions(of: try ComponentVersionIdentity(SampleProduct.identity).name)
            guard found.map(\.text) == (isUnknown ? [] : ["1.0.0"]) else {
                throw Fault(.internal, "the versions are \(found)")
            }
        case .components:
            let repository = StoreRepository(client, locator: try RepositoryLocator(registry.url))
            let found = try await repository.components()
            guard found.map(\.text) == ["acme.org/demo"] else { throw Fault(.internal, "the components are \(found)") }
        case .referrers:
            let digest = try await SampleProduct.original.value.digest
            let found = try await client.referrers(of: digest, in: SampleProduct.repository, artifactType: nil)
            guard found.isEmpty else { throw Fault(.internal, "the referrers are \(found)") }
        case .ping: try await client.ping()
        case .resumedUpload: try await ResumedTransfer.upload(to: client, registry)
        case .resumedDownload: try await ResumedTransfer.download(from: client)
        }
        if [.push, .transferTo, .transferWithin].contains(self) { try await checkWritten(registry) }
    }

    /// What is wrong with the registry's content after a success: it is read over an honest connection.
    private func checkWritten(_ registry: HostileRegistry) async throws {
        let honest = try HostileRegistry()
        honest.copyContent(of: registry)
        do {
            try await SampleProduct.check(
                Self.client(honest), at: honest.url, subPath: self == .transferWithin ? "mirror" : "")
        } catch {
            throw Fault(.internal, "it was written, and yet: \(error)")
        }
    }

    /// How much of what should be written can be seen, whatever was said of it.
    func visible(_ registry: HostileRegistry) async -> Visibility {
        guard [.push, .transferTo, .transferWithin].contains(self), !registry.tags(in: written).isEmpty else {
            return .nothing
        }
        do { try await checkWritten(registry) } catch { return .parts }
        return .whole
    }

    /// What others see of a version.
    enum Visibility: Sendable { case nothing, parts, whole }

    /// Transfers the sample as `ocm transfer cv` does.
    private func transfer(
        _ source: any ArtifactStore, to target: any ArtifactStore, _ registry: HostileRegistry, subPath: String = ""
    ) async throws {
        func repository(_ store: any ArtifactStore, _ subPath: String) throws -> StoreRepository {
            let place =
                store is RegistryClient ? registry.url + (subPath.isEmpty ? "" : "/\(subPath)") : "./\(store.name)"
            return StoreRepository(store, locator: try RepositoryLocator(place), subPath: subPath)
        }
        let (from, into) = (try repository(source, ""), try repository(target, subPath))
        var options = TransferOptions()
        options.copyResources = .all
        let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
        let planner = TransferPlanner(
            source: ComponentVersionSource(from), targets: [into], access: AccessMethods(connections), options: options)
        let plan = try await planner.plan([try ComponentVersionIdentity(SampleProduct.identity)])
        var generator = TransferGenerator(plan)
        let document = LocatedDocument(generator.specification(), source: "the plan")
        let context = OperationContext(connections: connections)
        await context.adopt(from, writing: false)
        for version in plan.targets.flatMap(\.versions) { context.note(version.version, in: from) }
        await context.adopt(into, writing: true)
        var run = try TransferRun(OrchestrationSpecification(document), context: context)
        (run.settings.attempts, run.settings.pause) = (2, { _ in })
        let report = try await run.run()
        if let failure = report.targets.first?.failure { throw failure }
    }
}
