// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Kubernetes
public import KubernetesAccess
internal import KubernetesStore
public import Telemetry
public import WebServer

/// A Kubernetes API server in this process: objects in a folder, its own authority, roles that decide who may do what.
public final class KubernetesServer: Sendable {
    private let server: HTTPServer
    private let store: ObjectStore
    private let upkeep: Upkeep
    private let renewal: Task<Void, Never>?
    private let grace: Duration
    private let audit: AuditLog?
    /// Where clients reach it.
    public let url: String
    /// The file with which clients may do everything; nil when the server is open.
    public let configuration: String?

    /// What a server is started with.
    public struct Settings: Sendable {
        /// Where it listens, and its limits; TLS is its own matter.
        public var listening: ServerSettings = {
            var settings = ServerSettings()
            (settings.port, settings.connections) = (6443, 4096)
            return settings
        }()
        /// Under which names and addresses clients reach it.
        public var names = ServerNames()
        /// Whether it speaks plain HTTP and lets everybody do everything: for tests, on loopback only.
        public var isOpen = false
        /// Whether those who show nothing are let in as `system:anonymous`.
        public var allowsAnonymous = false
        /// A file of tokens and whose they are.
        public var tokenFile: String?
        /// The version it tells clients.
        public var version = ServerVersion(product: "0")
        /// The file of the keys that seal Secrets on disk; nil for one in the folder, which protects copies of the
        /// database and not copies of the whole folder.
        public var sealingKeys: String?
        /// How long changes are kept for those who watch.
        public var history = Duration.seconds(300)
        /// Where records of requests go; nil for nowhere.
        public var audit: AuditSettings?
        /// How long requests that run may take when it ends.
        public var grace = Duration.seconds(10)
        /// Where it writes what happens.
        public var log = Log.none

        /// The defaults.
        public init() {}
    }

    /// Starts a server whose objects and keys are in a folder, made when it is not there.
    ///
    /// Throws `.conflict` when the port is taken or another process serves the folder, and `.forbidden` when it would
    /// let others than this machine in without asking who they are.
    public init(folder: String, _ settings: Settings = Settings()) async throws {
        let address = settings.listening.address
        guard !settings.isOpen || address == "127.0.0.1" || address == "::1" else {
            throw Fault(
                .forbidden, "an open API server may listen on this machine's own addresses only",
                fix: "leave authentication on, or listen on 127.0.0.1")
        }
        try FileSystem.makeFolder(folder, mode: 0o700)
        grace = settings.grace
        let audit = try settings.audit.map { (kept) throws(Fault) in try AuditLog(kept, settings.log) }
        self.audit = audit
        let store = try await Self.openStore(folder, settings)
        self.store = store
        do {
            let running = try await RunningServer(store, audit, folder: folder, settings)
            (server, upkeep, renewal) = (running.server, running.upkeep, running.renewal)
            (url, configuration) = (running.url, running.configuration)
        } catch {
            // Whoever tries again finds the folder free.
            await store.close()
            await audit?.end()
            throw error
        }
    }

    private static func openStore(_ folder: String, _ settings: Settings) async throws -> ObjectStore {
        var storing = ObjectStore.Settings()
        storing.history = settings.history
        // A key is made with a new store only: without its own key, an old one must not seem to be empty of secrets.
        let keys = settings.sealingKeys ?? "\(folder)/pki/sealing.keys"
        try FileSystem.makeFolder(FileSystem.folder(of: keys), mode: 0o700)
        let sealing = try KeyFileSealing(keys, isMade: !FileSystem.exists("\(folder)/objects.db"))
        storing.sealing = sealing
        let store = try ObjectStore("\(folder)/objects.db", storing)
        // Who changes keys does so while the store is his; what was read before it was ours may be from before.
        let now = Result { try KeyFileSealing(keys).keyIDs }
        guard case .success(sealing.keyIDs) = now else {
            await store.close()
            _ = try now.get()
            throw Fault(.conflict, "the keys of \(keys) were changed meanwhile", fix: "start again")
        }
        return store
    }

    /// Where it listens.
    public var port: Int { server.port }

    /// Ends it: connections are refused, watches end, requests that run are answered; only then the store is closed.
    ///
    /// New requests on open connections get 503 and `Retry-After`. What is not answered within the grace of the settings,
    /// because of clients that take nothing for example, is given up.
    public func stop() async {
        renewal?.cancel()
        store.endFollowing()
        await server.stop(deadline: grace)
        await upkeep.stop()
        await store.close()
        await audit?.end()
    }
}
