// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import Kubernetes
import KubernetesClient
import Repositories
import Web
import WebClient

/// Signed component versions in a site's registry, and Components that follow them.
struct ComponentLoad: Sendable {
    let count: Int
    private let key: PrivateKey
    private static let namespace = "bench"
    private static let components = GroupVersionResource("delivery.ocm.software", "v1alpha1", "components")

    init(count: Int) throws {
        self.count = count
        key = try PrivateKey.generate(.rsa(bits: 2048))
    }

    private static func name(_ index: Int) -> String { "example.org/bench/component-\(index)" }

    /// Pushes the versions, each with a resource of 1 KB and a signature.
    func push(to registry: String) async throws {
        let next = Guarded(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
                    let repository = try await connections.open(RepositoryLocator(registry), .write)
                    while true {
                        let index = next.withLock { value in
                            defer { value += 1 }
                            return value
                        }
                        guard index < count else { return }
                        try await push(index, to: repository)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func push(_ index: Int, to repository: any ComponentVersionRepository) async throws {
        let identity = try ComponentVersionIdentity("\(Self.name(index)):1.0.0")
        let bytes = Array("settings of \(index)\n".utf8) + [UInt8](repeating: 0x2E, count: 1000)
        let blob = BlobContent(mediaType: "text/plain", bytes: bytes)
        var local = LocalContents()
        let placed = try await repository.place(.blob(blob), for: identity, observer: PlacementObserver())
        local.add(placed)
        let resource: JSON = [
            "name": "settings", "version": "1.0.0", "type": "blob", "relation": "local",
            "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
            "digest": DigestSpecification(blob: Digest(of: bytes)).json,
        ]
        let json: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": .string(identity.name.text), "version": .string(identity.version.text),
                "provider": "example.org", "repositoryContexts": [], "resources": [resource], "sources": [],
                "componentReferences": [],
            ],
        ]
        var descriptor = try ComponentDescriptor(json: json, source: "a sample")
        descriptor.signatures.append(
            try descriptor.sign(name: "bench", scheme: .rsaPSS, normalisation: .v4alpha1, key: key))
        try await repository.commit(descriptor, contents: local)
        try await repository.finish()
    }

    /// Creates the Components with all that they need, and waits until each is ready.
    func resolve(in process: ClusterProcess) async throws {
        let client = process.client
        try await create(
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(Self.namespace)]], "namespaces",
            client)
        try await create(
            [
                "apiVersion": "v1", "kind": "Secret",
                "metadata": ["name": "key", "namespace": .string(Self.namespace)],
                "data": ["bench": .string(Array(key.publicKey.pem().utf8).base64)],
            ], "secrets", client)
        let group = GroupVersion(group: "delivery.ocm.software", version: "v1alpha1")
        var repository = KubernetesObject(group.kind("Repository"), namespace: Self.namespace, name: "site")
        repository.json["spec"] = [
            "repositorySpec": ["type": "OCIRegistry", "baseUrl": .string(process.registry)], "interval": "10m",
        ]
        _ = try await client.create(repository, in: group.resource("repositories"))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await waitUntilReady(client) }
            let load = ClusterLoad(process: process, namespace: Self.namespace)
            _ = try await load.rate(count) { index in
                _ = try await client.create(component(index), in: Self.components)
            }
            try await tasks.waitForAll()
        }
    }

    private func create(_ json: JSON, _ resource: String, _ client: KubernetesClient) async throws {
        _ = try await client.create(
            KubernetesObject(json), in: GroupVersionResource("", "v1", resource))
    }

    private func component(_ index: Int) -> KubernetesObject {
        let group = GroupVersion(group: "delivery.ocm.software", version: "v1alpha1")
        var object = KubernetesObject(group.kind("Component"), namespace: Self.namespace, name: "component-\(index)")
        object.json["spec"] = [
            "component": .string(Self.name(index)), "repositoryRef": ["name": "site"], "semver": ">=1.0.0",
            "interval": "10m", "verify": [["signature": "bench", "secretRef": ["name": "key"]]],
        ]
        return object
    }

    private func waitUntilReady(_ client: KubernetesClient) async throws {
        var ready: Set<String> = []
        var last = "nothing"
        let deadline = ContinuousClock.now + .seconds(600)
        for try await event in try await client.watch(Self.components, namespace: Self.namespace) {
            let conditions = event.object.json["status"]?["conditions"]?.array ?? []
            let condition = conditions.first { $0["type"]?.string == "Ready" }
            if condition?["status"]?.string == "True" { ready.insert(event.object.name) }
            if let message = condition?["message"]?.string { last = message }
            if ready.count == count { return }
            guard ContinuousClock.now < deadline else { break }
        }
        throw Fault(.unavailable, "\(ready.count) of \(count) Components are ready; the last condition says: \(last)")
    }

    /// How many requests a registry has answered.
    static func requests(of registry: String) async throws -> Double {
        let request = HTTPRequest(method: .get, url: try HTTPURL("\(registry)/metrics"))
        let body = try await HTTPClient().send(request, retry: false) { response in
            try await response.body.collect(limit: 4 << 20)
        }
        return String(decoding: body, as: UTF8.self).split(separator: "\n")
            .filter { $0.hasPrefix("sovereign_registry_requests_total") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}
