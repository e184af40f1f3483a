// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import CommandLineKit
internal import KubernetesAccess
internal import KubernetesServer
internal import RegistryServer
internal import Site
internal import Telemetry
internal import Web
internal import WebServer

/// `sovereign up`
struct SiteUp: Command {
    static let configuration = CommandConfiguration(
        "up", abstract: "Run a whole site: registry, Kubernetes API and delivery controllers",
        discussion: """
            Everything is in one process and one folder. It runs until SIGTERM or SIGINT, then finishes what has been begun,
            and starts again with everything as it was.

            Without a configuration of the registry everybody on this machine may push and pull.
            """,
        examples: [
            "sovereign up --data /var/lib/sovereign",
            "KUBECONFIG=/var/lib/sovereign/api/admin.kubeconfig sovereign get components -A",
        ])

    @Option(
        help: "the folder that holds everything; made when it is not there", valueName: "DIR",
        environment: "SOVEREIGN_DATA", completion: .folder)
    var data: String?
    @Option(help: "where the registry listens", valueName: "ADDRESS:PORT") var registry = "127.0.0.1:5001"
    @Option(help: "where the API listens", valueName: "ADDRESS:PORT") var api = "127.0.0.1:6443"
    @Option(help: "YAML or JSON with rules and limits of the registry", valueName: "FILE", completion: .file)
    var registryConfig: String?
    @Option(name: "api-name", help: "a further name or address of the API; may be repeated", valueName: "NAME")
    var names: [String] = []
    @OptionGroup var audit: AuditOptions
    @Option(help: "how lines of the log are written: text or json") var log = LogForm.text
    @Option(help: "which lines are written: debug, info, warn or error") var logLevel = LogThreshold.warn

    func run(in context: SovereignContext) async throws {
        guard let folder = data else { throw UsageError("say which folder: --data DIR") }
        let start = ContinuousClock.now
        var configuration =
            try registryConfig.map { path throws(Fault) in try RegistryConfiguration.read(path) }
            ?? RegistryConfiguration()
        configuration.listen = try ListenAddress(registry)
        let access = try RegistryAccess(configuration.access, fetch: RegistryServe.fetch)
        guard !access.isOpen || configuration.listen.isLoopback else {
            throw Fault(
                .forbidden, "everybody who reaches \(configuration.listen) could do everything",
                fix: "give rules with --registry-config, or listen on 127.0.0.1")
        }
        let writer = try LogWriter.standardError(format: log.format, level: logLevel.level)
        var settings = SiteHost.Settings(access: access)
        (settings.registry, settings.log) = (configuration, Log(writer))
        let address = try ListenAddress(api)
        (settings.api.listening.address, settings.api.listening.port) = (address.address, address.port)
        settings.api.names = ServerNames(
            hosts: names.filter { IPAddress($0) == nil },
            addresses: (names + [address.address]).compactMap { IPAddress($0) }.filter { !$0.isUnspecified })
        settings.api.audit = try audit.settings()
        settings.api.version = ServerVersion(product: Version.text)
        settings.tracer = Tracer(
            try TracingSettings(environment: context.environment, serviceName: "sovereign"), log: Log(writer))
        do {
            let site = try await SiteHost(folder: folder, settings)
            let took = ContinuousClock.now - start
            for part in site.parts { context.terminal.note("\(part.name): \(part.place)") }
            context.terminal.note("ready after \(Int(took / .milliseconds(1))) ms")
            context.terminal.note("use it with: export KUBECONFIG=\(site.configuration)")
            // A signal cancels the command.
            while (try? await Task.sleep(for: .seconds(3600))) != nil {}
            await site.stop()
        } catch {
            await writer.flush()
            throw error
        }
        await settings.tracer.flush()
        await writer.flush()
    }
}
