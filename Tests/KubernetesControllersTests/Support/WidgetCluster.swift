// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import KubernetesClient
import KubernetesControllers
import KubernetesServer
import Reconciling
import TestServers
import Web
import WebClient
import WebServer

/// An API server in this process that has the kind Widget.
struct WidgetCluster: Sendable {
    static let kind = GroupVersionKind("example.org", "v1", "Widget")
    static let resource = GroupVersionResource("example.org", "v1", "widgets")
    static let maps = GroupVersionResource("", "v1", "configmaps")
    static let leases = GroupVersionResource("coordination.k8s.io", "v1", "leases")

    let port: Int
    let client: KubernetesClient

    /// Starts a server, lets it be used, and stops it.
    static func with(_ use: (WidgetCluster) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let server = try await start(in: folder.path)
        do {
            try await use(try await WidgetCluster(port: server.port))
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    static func start(in folder: String, port: Int = 0) async throws -> KubernetesServer {
        var settings = KubernetesServer.Settings()
        settings.isOpen = true
        settings.listening.port = port
        return try await KubernetesServer(folder: folder, settings)
    }

    /// A cluster at a port, to which the kind Widget is added.
    init(port: Int) async throws {
        try await self.init(port: port, Self.client(port))
    }

    init(port: Int, _ client: KubernetesClient) async throws {
        (self.port, self.client) = (port, client)
        _ = try await client.apply(
            KubernetesObject(unchecked: Self.definition),
            to: GroupVersionResource("apiextensions.k8s.io", "v1", "customresourcedefinitions"), force: true)
        try await eventually("widgets are served") {
            do { return try await client.list(Self.resource).objects.isEmpty || true } catch { return false }
        }
    }

    static func client(_ port: Int) throws -> KubernetesClient {
        var configuration = ClusterConfiguration(server: try HTTPURL("http://127.0.0.1:\(port)"))
        configuration.proxy = .none
        return try KubernetesClient(configuration)
    }

    static let definition: JSON = [
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": ["name": "widgets.example.org"],
        "spec": [
            "group": "example.org", "scope": "Namespaced",
            "names": ["plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"],
            "versions": [
                [
                    "name": "v1", "served": true, "storage": true, "subresources": ["status": [:]],
                    "schema": [
                        "openAPIV3Schema": [
                            "type": "object",
                            "properties": [
                                "spec": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                                "status": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                            ],
                        ]
                    ],
                ]
            ],
        ],
    ]

    static func widget(_ name: String, size: Int64 = 1, namespace: String = "default") -> KubernetesObject {
        var object = KubernetesObject(kind, namespace: namespace, name: name)
        object.json["spec"] = ["size": .number(JSONNumber(size))]
        return object
    }

    static func name(_ name: String) -> ObjectName { ObjectName("default", name) }

    @discardableResult func create(_ name: String, size: Int64 = 1) async throws -> KubernetesObject {
        try await client.create(Self.widget(name, size: size), in: Self.resource)
    }
    func get(_ name: String) async throws -> KubernetesObject {
        try await client.get(Self.resource, Self.name(name))
    }
    @discardableResult func patch(_ name: String, _ json: JSON) async throws -> KubernetesObject {
        try await client.patch(Self.resource, Self.name(name), .merge(json))
    }
    func delete(_ name: String) async throws { _ = try await client.delete(Self.resource, Self.name(name)) }
    func exists(_ name: String) async throws -> Bool {
        do {
            _ = try await get(name)
            return true
        } catch let status as APIStatus where status.code == 404 { return false }
    }

    /// A cache of widgets that comes back quickly after failures.
    func cache(_ client: KubernetesClient? = nil, indexes: [String: ObjectCache.Index] = [:]) -> ObjectCache {
        var options = FeedOptions()
        (options.firstDelay, options.longestDelay) = (.milliseconds(5), .milliseconds(50))
        options.reduce = { $0.setMetadata("managedFields", nil) }
        return ObjectCache(Self.kind, (client ?? self.client).feed(Self.resource, options), indexes: indexes)
    }
}

extension Moment {
    /// The time of the system.
    static var present: Moment { Moment(seconds: Timestamp.now().seconds) ?? Moment.first }
    private static var first: Moment {
        guard let first = Moment(seconds: 0) else { preconditionFailure("1970 is in the range") }
        return first
    }
}
