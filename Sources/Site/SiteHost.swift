// SPDX-License-Identifier: Apache-2.0

public import AccessControl
internal import Basics
internal import DeliveryControllers
internal import Documents
internal import Kubernetes
internal import KubernetesAccess
internal import KubernetesClient
internal import KubernetesControllers
public import KubernetesServer
internal import Registry
public import RegistryServer
public import Telemetry
internal import Web
internal import WebServer

/// A site in one process, on one folder: a registry, a Kubernetes API, and the delivery controllers between them.
public final class SiteHost: Sendable {
    /// What a site is started with.
    public struct Settings: Sendable {
        /// The registry: where it listens, its rules and limits.
        public var registry = RegistryConfiguration()
        /// Who may use the registry.
        public var access: RegistryAccess
        /// The API: where it listens and under which names.
        public var api = KubernetesServer.Settings()
        /// Where everything writes what happens.
        public var log = Log.none
        /// Where spans go.
        public var tracer = Tracer.off

        /// A site whose registry these may use.
        public init(access: RegistryAccess) { self.access = access }
    }
    /// Where one of its parts is.
    public struct Part: Sendable {
        /// What it is.
        public let name: String
        /// Where it is reached.
        public let place: String
    }
    private let registry: RegistryHost
    private let api: KubernetesServer
    private let controllers: Task<Void, Never>
    /// What runs where.
    public let parts: [Part]
    /// The file with which the API may be used for everything.
    public let configuration: String

    /// Starts a site whose data are in a folder, made when it is not there; returns when all of it can be used.
    public init(folder: String, _ settings: Settings) async throws {
        try FileSystem.makeFolder(folder, mode: 0o700)
        async let opened = RegistryHost.open(
            "\(folder)/registry", access: settings.access, settings.registry,
            log: settings.log.with("part", "registry"),
            tracer: settings.tracer)
        var serving = settings.api
        serving.log = settings.log.with("part", "api")
        let api = try await KubernetesServer(folder: "\(folder)/api", serving)
        let registry: RegistryHost
        do { registry = try await opened } catch {
            await api.stop()
            throw error
        }
        do {
            guard let configuration = api.configuration else {
                throw Fault(.invalid, "a site's API cannot be open", fix: "leave authentication on")
            }
            let client = try KubernetesClient(ClusterConfiguration(try Kubeconfig(path: configuration)))
            try await SiteDefinitions(client).install()
            let log = settings.log.with("part", "controllers")
            let metrics = try ControllerMetrics(log: log)
            let host = DeliveryHost(client, metrics: metrics)
            controllers = Task.detached { await Self.run(host, log) }
            registry.registry.observeTags { Self.tell(host, of: $0) }
            self.configuration = configuration
        } catch {
            await registry.stop()
            await api.stop()
            throw error
        }
        (self.registry, self.api) = (registry, api)
        let place = settings.registry.listen
        let scheme = settings.registry.tls == nil ? "http" : "https"
        let host = place.address == "::" || place.address == "0.0.0.0" ? "localhost" : place.address
        parts = [
            Part(name: "registry", place: "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(registry.port)"),
            Part(name: "Kubernetes API", place: api.url),
            Part(name: "controllers", place: "\(DeliveryKind.allCases.map(\.rawValue).joined(separator: ", "))"),
        ]
    }

    /// What is pushed into the site's own registry is looked at when it is there, whatever the intervals say.
    private static func tell(_ host: DeliveryHost, of repositories: Set<RepositoryName>) {
        let folder = "component-descriptors/"
        let components = repositories.compactMap { repository -> String? in
            let text = repository.description
            guard let place = text.firstRange(of: folder) else { return nil }
            return String(text[place.upperBound...])
        }
        guard !components.isEmpty else { return }
        Task { for component in components { await host.lookAgain(atComponent: component) } }
    }

    /// Runs controllers for as long as the site runs, also when they have failed.
    private static func run(_ host: DeliveryHost, _ log: Log) async {
        while !Task.isCancelled {
            do { try await host.run() } catch {
                guard !Task.isCancelled else { return }
                log.error("the controllers begin again", error)
            }
            try? await Task.sleep(for: .seconds(1))
        }
    }

    /// Ends all of it: controllers finish what they have begun, then the API ends, then the registry.
    public func stop() async {
        controllers.cancel()
        await controllers.value
        await api.stop()
        await registry.stop()
    }
}
