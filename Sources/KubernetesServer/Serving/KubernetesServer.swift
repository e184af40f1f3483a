// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesStore
public import WebServer

/// A Kubernetes API server in this process.
public final class KubernetesServer: Sendable {
    private let server: HTTPServer
    private let store: ObjectStore
    private let api: KubernetesAPI
    private let upkeep: Upkeep

    /// What a server is started with.
    public struct Settings: Sendable {
        /// Where it listens.
        public var listening = ServerSettings()
        /// The version it tells clients.
        public var version = ServerVersion(product: "0")

        /// The defaults.
        public init() {}
    }

    /// Starts a server whose objects are in a folder.
    public init(folder: String, _ settings: Settings = Settings()) async throws {
        store = try ObjectStore("\(folder)/objects.db")
        api = try KubernetesAPI(store)
        try await FirstObjects(api).create()
        let handler = RequestHandler(api: api, version: settings.version)
        var listening = settings.listening
        listening.bodyBytes = Int64(BodyReading.bytes)
        server = try HTTPServer(listening) { await handler.respond(to: $0) }
        upkeep = Upkeep(api)
    }

    /// Where it listens.
    public var port: Int { server.port }

    /// Ends it: requests that run are answered, watches end.
    public func stop() async {
        await upkeep.stop()
        await store.close()
        await server.stop()
    }
}
