// SPDX-License-Identifier: Apache-2.0

import AccessControl
import Basics
import Cryptography
import DeliveryControllers
import Documents
import Kubernetes
import KubernetesClient
import KubernetesServer
import Registry
import RegistryServer
import Site
import TestServers
import TestSite
import WebServer

/// A site on a folder, which can be ended and started again.
actor RunningSite {
    private let folder: TemporaryFolder
    let registryPort: Int
    private var host: SiteHost?
    /// How the site's API is used.
    private(set) var client: KubernetesClient

    /// Starts one.
    init() async throws {
        folder = try TemporaryFolder(prefix: "site")
        registryPort = try ServerProgram.freePort()
        let host = try await Self.open(folder.path, registryPort)
        self.host = host
        client = try KubernetesClient(ClusterConfiguration(try Kubeconfig(path: host.configuration)))
    }

    /// Where releases are pushed to.
    nonisolated var repository: String { "\(registry)/acme" }
    /// Where its registry is.
    nonisolated var registry: String { "http://localhost:\(registryPort)" }

    private static func open(_ folder: String, _ port: Int) async throws -> SiteHost {
        var settings = SiteHost.Settings(access: try openAccess())
        settings.registry = configuration(port)
        (settings.api.listening.address, settings.api.listening.port) = ("127.0.0.1", 0)
        return try await SiteHost(folder: folder, settings)
    }

    /// Everybody may do everything.
    static func openAccess() throws -> RegistryAccess {
        try RegistryAccess(AccessConfiguration()) { _ throws(Fault) in
            throw Fault(.internal, "no keys are fetched here")
        }
    }

    /// A registry on a port of this machine.
    static func configuration(_ port: Int) -> RegistryConfiguration {
        var configuration = RegistryConfiguration()
        configuration.listen = ListenAddress(address: "127.0.0.1", port: port)
        configuration.limits.freeSpaceFloor = 0
        return configuration
    }

    /// Ends it, if it runs.
    func stop() async {
        let ending = host
        host = nil
        await ending?.stop()
    }

    /// Ends it and starts it again on the same folder.
    func restart() async throws {
        await stop()
        let host = try await Self.open(folder.path, registryPort)
        self.host = host
        client = try KubernetesClient(ClusterConfiguration(try Kubeconfig(path: host.configuration)))
    }

    /// Applies objects that follow the releases of a repository.
    ///
    /// - Parameter interval: how often the Component is looked at anyway.
    func follow(_ repository: String? = nil, interval: String = "1h") async throws {
        let client = self.client
        let discovery = Discovery(client)
        let pem = Array(try SignedRelease.key.get().publicKey.pem().utf8)
        let base = repository ?? self.repository
        let text = """
            {apiVersion: v1, kind: Namespace, metadata: {name: demo}}
            ---
            {apiVersion: v1, kind: Secret, metadata: {name: key, namespace: demo}, data: {release: \(pem.base64)}}
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Repository
            metadata: {name: repo, namespace: demo}
            spec: {repositorySpec: {type: OCIRegistry, baseUrl: "\(base)"}, interval: \(interval)}
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Component
            metadata: {name: app, namespace: demo}
            spec:
              repositoryRef: {name: repo}
              component: \(SignedRelease.component)
              semver: ">=1.0.0"
              interval: \(interval)
              verify: [{signature: release, secretRef: {name: key}}]
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Resource
            metadata: {name: manifests, namespace: demo}
            spec:
              componentRef: {name: app}
              resource: {byReference: {resource: {name: manifests}}}
              interval: \(interval)
            ---
            apiVersion: delivery.ocm.software/v1alpha1
            kind: Deployer
            metadata: {name: app}
            spec: {resourceRef: {name: manifests, namespace: demo}}
            """
        for document in try YAML.documents(Array(text.utf8), source: "the objects") {
            let object = try KubernetesObject(document.root)
            let (resource, _) = try await discovery.address(of: object)
            _ = try await client.apply(object, to: resource.resource, WriteOptions(fieldValidation: .strict))
        }
    }

    /// An object of a delivery kind; nil when there is none.
    func object(_ kind: DeliveryKind, _ name: String) async throws -> KubernetesObject? {
        try await found(kind.resource, ObjectName(kind.isNamespaced ? "demo" : nil, name))
    }

    /// What the deployer applied: the version it says; nil when it is not there.
    func deployed() async throws -> String? { try await settings()?.json["data"]?["version"]?.string }

    /// The object that the deployer applies.
    func settings() async throws -> KubernetesObject? {
        try await found(GroupVersionResource("", "v1", "configmaps"), ObjectName("default", "settings"))
    }

    private func found(_ resource: GroupVersionResource, _ name: ObjectName) async throws -> KubernetesObject? {
        do { return try await client.get(resource, name) } catch let status as APIStatus where status.code == 404 {
            return nil
        }
    }

    /// All objects that the test has made, by kind and name.
    func all() async throws -> [String: KubernetesObject] {
        var all: [String: KubernetesObject] = [:]
        for kind in DeliveryKind.allCases {
            for object in try await client.listAll(kind.resource).objects { all["\(kind) \(object.name)"] = object }
        }
        all["ConfigMap settings"] = try await settings()
        return all
    }

    /// Waits until something is so; throws with how all stands when it does not become so within a minute.
    func eventually(
        _ what: String, within: Duration = .seconds(120), _ condition: @Sendable (RunningSite) async throws -> Bool
    ) async throws {
        let end = ContinuousClock.now + within
        while ContinuousClock.now < end {
            if try await condition(self) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        let state = try await all().sorted { $0.key < $1.key }.map { "\($0.key): \(Self.ready($0.value))" }
        throw Fault(.unavailable, "\(what): it did not become so; \(state.joined(separator: "; "))")
    }

    /// The condition Ready as a line.
    static func ready(_ object: KubernetesObject?) -> String {
        let conditions = object?.json["status"]?["conditions"]?.array ?? []
        guard let ready = conditions.first(where: { $0["type"] == "Ready" }) else { return "none" }
        return "\(ready["status"]?.string ?? "") \(ready["reason"]?.string ?? ""): \(ready["message"]?.string ?? "")"
    }

    /// Waits until a release is followed to its end.
    func eventually(deployed version: String, within: Duration = .seconds(120)) async throws {
        try await eventually("\(version) is deployed", within: within) { site in
            guard try await site.deployed() == version else { return false }
            for (kind, name) in [(DeliveryKind.component, "app"), (.resource, "manifests"), (.deployer, "app")] {
                guard Self.ready(try await site.object(kind, name)).hasPrefix("True") else { return false }
            }
            return true
        }
    }
}
