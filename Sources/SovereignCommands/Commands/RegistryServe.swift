// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import CommandLineKit
internal import RegistryServer
internal import Telemetry
internal import Web
internal import WebClient
internal import WebServer

/// `sovereign registry serve`
struct RegistryServe: Command {
    static let configuration = CommandConfiguration(
        "serve", abstract: "Serve a registry from a folder",
        discussion: """
            Listens until SIGTERM or SIGINT, then takes no more requests, finishes those that run, and ends.

            Without a configuration everybody may do everything, so it listens on this machine only. With one, rules say who
            may pull, push and delete what; what no rule allows is refused.
            """,
        examples: [
            "sovereign registry serve --root /var/lib/registry",
            "sovereign registry serve --config /etc/sovereign/registry.yaml --log json",
        ])

    @Option(
        help: "the folder that holds everything; made when it is not there", valueName: "DIR",
        environment: "SOVEREIGN_REGISTRY_ROOT", completion: .folder)
    var root: String?
    @Option(help: "where to listen; 127.0.0.1:5001 unless the configuration says otherwise", valueName: "ADDRESS:PORT")
    var listen: String?
    @Option(help: "YAML or JSON with rules, limits and certificates", valueName: "FILE", completion: .file)
    var config: String?
    @Option(help: "how lines of the log are written: text or json") var log = LogForm.text
    @Option(help: "which lines are written: debug, info, warn or error") var logLevel = LogThreshold.info
    @Flag(help: "let everybody do everything also when others than this machine can connect")
    var openToEverybody = false
    @OptionGroup var upkeep: UpkeepOptions

    func run(in context: SovereignContext) async throws {
        var settings =
            try config.map { path throws(Fault) in try RegistryConfiguration.read(path) } ?? RegistryConfiguration()
        if let listen { settings.listen = try ListenAddress(listen) }
        upkeep.apply(to: &settings)
        guard let folder = root ?? settings.root else {
            throw UsageError("say which folder: --root DIR, or “root” in the configuration")
        }
        let access = try RegistryAccess(settings.access, fetch: Self.fetch)
        guard !access.isOpen || openToEverybody || settings.listen.isLoopback else {
            throw Fault(
                .forbidden, "everybody who reaches \(settings.listen) could do everything",
                fix: "give rules with --config, or say --open-to-everybody")
        }
        let writer = try LogWriter.standardError(format: log.format, level: logLevel.level)
        let tracer = Tracer(
            try TracingSettings(environment: context.environment, serviceName: "sovereign-registry"),
            log: Log(writer))
        do {
            let host = try await RegistryHost.open(folder, access: access, settings, log: Log(writer), tracer: tracer)
            // A signal cancels the command.
            while (try? await Task.sleep(for: .seconds(3600))) != nil {}
            await host.stop()
        } catch {
            await writer.flush()
            throw error
        }
        await tracer.flush()
        await writer.flush()
    }

    /// Gets the keys of an issuer: from the place that is configured and from nowhere else.
    static func fetch(_ url: HTTPURL) async throws -> [UInt8] {
        let response = try await HTTPClient().open(HTTPRequest(method: .get, url: url), followingRedirects: false)
        guard response.status == 200 else {
            throw Fault(.unavailable, "\(url.redacted) answered \(response.status)")
        }
        return try await response.body.collect(limit: 1 << 20, of: "the keys of \(url.redacted)")
    }
}

/// How lines of a log are written.
enum LogForm: String, ArgumentValue, CaseIterable {
    case text, json
    var format: LogFormat { self == .text ? .text : .json }
}

/// From which level on lines are written.
enum LogThreshold: String, ArgumentValue, CaseIterable {
    case debug, info, warn, error
    var level: LogLevel { LogLevel(name: rawValue) ?? .info }
}
