// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import KubernetesClient
import OCI
import Operations
import Orchestration
import RegistryServer
import Repositories
import TestServers
import TestSite
import Testing
import Transfer
import WebClient
import WebServer

/// An example on its way: a copy of its folder, and the places from which and to which it is delivered.
final class ExampleDelivery: Sendable {
    let folder: ExampleFolder
    let place: ExamplePlace
    /// With this it is signed what the example signs with a key that is nobody's to give away.
    static let key = Result { try PrivateKey.generate(.rsa(bits: 2048)) }
    private let work: TemporaryFolder
    private var addresses: ExampleAddresses { place.addresses }
    private var open: RepositoryConnections { place.open }
    var site: RunningSite { place.site }
    var client: KubernetesClient { place.client }

    init(_ folder: ExampleFolder, in place: ExamplePlace) async throws {
        (self.folder, self.place) = (folder, place)
        work = try TemporaryFolder(prefix: "example")
        try folder.copy(to: "\(work.path)/copy", place.addresses)
    }

    /// The objects of a file with the addresses of this test, in the namespace in which kubectl puts them.
    func objects(_ file: String) throws -> [KubernetesObject] {
        let text = addresses.replaced(in: try folder.text(file))
        return try YAML.documents(Array(text.utf8), source: file).filter { $0.root != .null }.map { document in
            var object = try addresses.replaced(in: KubernetesObject(document.root))
            if object.kind != "Deployer", object.kind != "ResourceGraphDefinition", object.namespace == nil {
                object.namespace = "default"
            }
            return object
        }
    }

    /// The file with the objects that begin the delivery.
    var bootstrap: String { folder.has("bootstrap.yaml") ? "bootstrap.yaml" : "manifests.yaml" }

    func apply(_ objects: [KubernetesObject]) async throws {
        let discovery = Discovery(client)
        for object in objects {
            let (resource, _) = try await discovery.address(of: object)
            _ = try await client.apply(
                object, to: resource.resource, force: true, WriteOptions(fieldValidation: .strict))
        }
    }

    func get(_ kind: DeliveryKind, _ name: String) async throws -> KubernetesObject {
        try await client.get(kind.resource, ObjectName(kind.isNamespaced ? "default" : nil, name))
    }

    /// An object of any kind; nil when there is none.
    func find(_ resource: GroupVersionResource, _ name: ObjectName) async throws -> KubernetesObject? {
        do { return try await client.get(resource, name) } catch let status as APIStatus where status.code == 404 {
            return nil
        }
    }

    /// Waits until objects are ready in their last generation.
    func ready(_ objects: [KubernetesObject]) async throws {
        for object in objects {
            guard let kind = DeliveryKind(object) else { continue }
            try await site.eventually("\(folder.name): the \(kind) \(object.name) is ready", within: .seconds(30)) {
                _ in
                let current = try await self.get(kind, object.name)
                return RunningSite.ready(current).hasPrefix("True")
                    && current.json["status"]?["observedGeneration"]?.int == current.generation
            }
        }
    }

    // MARK: What is delivered

    /// Builds a constructor into an archive, signs it if that is demanded, and carries everything into the repository from
    /// which the example takes it.
    func deliver(_ constructor: String) async throws {
        let copy = "\(work.path)/copy"
        try await makeLayout(copy)
        let path = "\(copy)/\(constructor)"
        let components = try ComponentConstructor(
            parsing: FileSystem.read(path, limit: 1 << 20), source: path
        ).components
        let inputs = InputMethods(open, files: try InputFiles(base: copy))
        let archive = try await open.open(
            RepositoryLocator("\(work.path)/archive-\(constructor)"), .create(.directory))
        let added = try await ComponentAdder(
            target: archive, lookup: [], access: AccessMethods(open), options: ComponentAdder.Options()
        ).add(components.map { ($0, inputs) })
        let root = try #require(added.map(\.identity).min { $0.name.text.utf8.count < $1.name.text.utf8.count })
        if try demandsSignature {
            let options = ComponentSigner.Options(name: "ocm.software", key: try Self.key.get(), scheme: .rsaPSS)
            _ = try await ComponentSigner(
                source: ComponentVersionSource(archive), access: AccessMethods(open), options: options
            ).sign(root)
        }
        try await carry(root, from: archive)
    }

    private var demandsSignature: Bool {
        get throws { try objects(bootstrap).contains { $0.json["spec"]?["verify"]?.array?.isEmpty == false } }
    }

    /// As `ocm transfer cv --recursive` does it; artifacts become images of their own where somebody pulls them.
    private func carry(_ root: ComponentVersionIdentity, from archive: any ComponentVersionRepository) async throws {
        let repository = try #require(try objects(bootstrap).first { $0.kind == "Repository" })
        let specification = try #require(repository.json["spec"]?["repositorySpec"])
        var configuration = LoadedConfiguration.none
        if folder.has(".ocmconfig") {
            let bytes = try FileSystem.read("\(work.path)/copy/.ocmconfig", limit: 1 << 20)
            configuration = try LoadedConfiguration(Configuration(documents: [(bytes, ".ocmconfig")]))
        }
        let connections = RepositoryConnections(credentials: configuration.credentials, http: open.http)
        let target = try await connections.open(RepositoryLocator(json: specification), .write)
        var options = TransferOptions()
        options.isRecursive = true
        if folder.name == "kustomize-configuration-localization" {
            (options.copyResources, options.uploadAs) = (.all, .ociArtifact)
        }
        let plan = try await TransferPlanner(
            source: ComponentVersionSource(archive), targets: [target], access: AccessMethods(connections),
            options: options
        ).plan([root])
        var generator = TransferGenerator(plan, publishesArtifacts: options.uploadAs == .ociArtifact)
        let transfer = generator.specification()
        let run = try await TransferRun(
            carryingOut: plan, transfer, by: generator, in: OperationContext(connections: connections))
        let report = try await run.run()
        if let failure = report.targets.first?.failure { throw failure }
    }

    /// The layout that one example builds from its folder before its component: one layer with the files.
    private func makeLayout(_ copy: String) async throws {
        guard FileSystem.exists("\(copy)/kustomize"), !FileSystem.exists("\(copy)/oci-layout") else { return }
        let store = MemoryStore(name: "layout")
        let root = try await ExampleInternet.artifact(
            config: "application/vnd.cncf.flux.config.v1+json", layer: "application/vnd.cncf.flux.content.v1.tar+gzip",
            ExampleInternet.archive(of: "\(copy)/kustomize"), in: store, "kustomize", nil)
        try await OCILayoutWriter.write(
            root: root, from: store, repository: "kustomize", tag: "1.0.0", toFolder: "\(copy)/oci-layout")
    }

    // MARK: What becomes of it

    /// Whether a registry has what a status says of an artifact: at least one place, and each of them.
    func expectArtifacts(_ additional: JSON?, of name: String) async throws {
        var fields: [String: String] = [:]
        func collect(_ json: JSON) {
            for (key, value) in json.object ?? JSONObject() {
                if let text = value.string { fields[key] = text } else { collect(value) }
            }
        }
        collect(additional ?? [:])
        #expect(!fields.isEmpty, "\(name) shows nothing")
        guard let registry = fields["registry"], let repository = fields["repository"] else { return }
        #expect(registry.hasPrefix("localhost:"), "\(name): \(registry)")
        let store = try #require(
            try await open.open(RepositoryLocator("http://\(registry)"), .read).storeRepository?.store)
        for reference in ["digest", "tag"].compactMap({ fields[$0] }) where !reference.isEmpty {
            let found = try await store.resolve(reference, in: repository)
            #expect(found != nil, "\(name): \(registry)/\(repository) has no \(reference)")
        }
    }

    /// The version that the registry with a password has, read with the password.
    func replicated(_ identity: String) async throws -> StoredComponentVersion? {
        let text = """
            type: generic.config.ocm.software/v1
            configurations:
              - type: credentials.config.ocm.software
                consumers:
                  - identity: {type: OCIRegistry, hostname: localhost, port: "\(addresses.first)"}
                    credentials: [{type: Credentials, properties: {username: admin, password: admin}}]
            """
        let configuration = try LoadedConfiguration(Configuration(documents: [(Array(text.utf8), "a test")]))
        let connections = RepositoryConnections(credentials: configuration.credentials, http: open.http)
        let repository = try await connections.open(RepositoryLocator(place.firstURL), .read)
        return try await repository.find(ComponentVersionIdentity(identity))
    }
}
