// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesAccess
import KubernetesStore
import Telemetry
import Web
import WebClient
import WebServer

@testable import KubernetesServer

/// An API server in this process, on a free port, with its objects in a folder of its own.
final class TestAPI: Sendable {
    let api: KubernetesAPI
    let store: ObjectStore
    let client: HTTPClient
    let port: Int
    private let server: HTTPServer
    private let upkeep: Upkeep
    let folder: TemporaryFolder
    /// By how many seconds the server's clock is ahead of that of this machine.
    private let ahead: Guarded<Int64>

    /// - Parameters:
    ///   - feedBytes: how much of what happens is kept in memory for those who watch.
    ///   - folder: where the objects of a server before are.
    ///   - authenticator: who is known; without one everybody is an administrator.
    init(
        feedBytes: Int = 32 << 20, in folder: TemporaryFolder? = nil, authenticator: RequestAuthenticator? = nil
    ) async throws {
        let ahead = Guarded<Int64>(0)
        self.ahead = ahead
        self.folder = try folder ?? TemporaryFolder(prefix: "apiserver")
        var settings = ObjectStore.Settings()
        settings.feedBytes = feedBytes
        settings.clock = { (Timestamp.now().seconds + ahead.withLock { $0 }) * 1000 }
        store = try ObjectStore("\(self.folder.path)/objects.db", settings)
        api = try KubernetesAPI(store) { Timestamp(seconds: Timestamp.now().seconds + ahead.withLock { $0 }) }
        try await FirstObjects(api).create()
        let handler = RequestHandler(
            api: api, access: RequestAccess(authenticator: authenticator, state: api.access, clock: api.clock),
            version: ServerVersion(product: "test"), metrics: try ServerMetrics(api) { 0 }, log: .none)
        var listening = ServerSettings()
        listening.bodyBytes = Int64(BodyReading.bytes)
        server = try HTTPServer(listening) { await handler.respond(to: $0) }
        port = server.port
        var keeping = Upkeep.Settings()
        keeping.interval = .seconds(1)
        keeping.authority = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
        upkeep = Upkeep(api, keeping)
        client = HTTPClient()
    }

    /// A server for the time of a closure.
    static func with(feedBytes: Int = 32 << 20, _ use: (TestAPI) async throws -> Void) async throws {
        let api = try await TestAPI(feedBytes: feedBytes)
        do { try await use(api) } catch {
            await api.stop()
            throw error
        }
        await api.stop()
    }

    func stop() async {
        await upkeep.stop()
        await store.close()
        await server.stop(deadline: .zero)
    }

    /// Lets the server's clock go ahead.
    func pass(seconds: Int64) { ahead.withLock { $0 += seconds } }

    /// Forgets all changes so far.
    func forget() async throws {
        pass(seconds: 1000)
        try await store.compact()
    }

    /// Waits until something that happens by itself has happened; false when it does not.
    func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        for _ in 0..<6000 {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }
}
