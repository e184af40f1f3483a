// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesStore
internal import Telemetry
internal import WebServer

/// What runs over an open store: the server, and what it does by itself.
struct RunningServer {
    let server: HTTPServer
    let upkeep: Upkeep
    let renewal: Task<Void, Never>?
    let url: String
    let configuration: String?

    /// Makes what a new store lacks, listens, and writes the file for clients. Nothing runs when it throws.
    init(
        _ store: ObjectStore, _ audit: AuditLog?, folder: String, _ settings: KubernetesServer.Settings
    ) async throws {
        var listening = settings.listening
        let now = Timestamp.now()
        let api = try KubernetesAPI(store)
        let identity =
            settings.isOpen
            ? nil
            : try ServerIdentity(
                folder: folder, names: settings.names, tokenFile: settings.tokenFile,
                allowsAnonymous: settings.allowsAnonymous, store: store, at: now)
        listening.tls = try identity?.tls(at: now)
        listening.bodyBytes = Int64(BodyReading.bytes)
        try await FirstObjects(api).create()
        let running = Guarded<HTTPServer?>(nil)
        let metrics = try ServerMetrics(api) { running.withLock { $0 }?.statistics.connections ?? 0 }
        if let audit { try metrics.add(audit) }
        let handler = RequestHandler(
            api: api,
            access: RequestAccess(authenticator: identity?.authenticator, state: api.access, clock: api.clock),
            version: settings.version, metrics: metrics, log: settings.log,
            snapshots: SnapshotEndpoint(store, folder: "\(folder)/snapshots"),
            audit: audit.map { RequestAudit(log: $0) })
        let host = listening.address == "0.0.0.0" || listening.address == "::" ? "127.0.0.1" : listening.address
        let name = host.contains(":") ? "[\(host)]" : host
        let base = "\(identity == nil ? "http" : "https")://\(name)"
        configuration = identity == nil ? nil : "\(folder)/admin.kubeconfig"
        // Whoever finds that somebody listens finds the file as well; a port that the system chooses is known later.
        if let configuration, listening.port != 0 {
            try identity?.writeConfiguration(to: configuration, server: "\(base):\(listening.port)", at: now)
        }
        let server = try HTTPServer(listening) { await handler.respond(to: $0) }
        running.withLock { $0 = server }
        self.server = server
        url = "\(base):\(server.port)"
        if let configuration, listening.port == 0 {
            do { try identity?.writeConfiguration(to: configuration, server: url, at: now) } catch {
                await server.stop(deadline: .zero)
                throw error
            }
        }
        var keeping = Upkeep.Settings()
        keeping.authority = identity?.authorityText
        upkeep = Upkeep(api, keeping)
        renewal = identity.map { identity in
            Task.detached {
                while (try? await Task.sleep(for: .seconds(6 * 3600))) != nil {
                    do { try server.replaceCertificate(try identity.tls(at: .now())) } catch {
                        settings.log.error("the server's certificate could not be made anew", error)
                    }
                }
            }
        }
    }
}
