// SPDX-License-Identifier: Apache-2.0

internal import AccessControl
internal import Basics
internal import CommandLineKit
internal import Documents
internal import Registry
internal import RegistryServer
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
            "sovereign registry serve --root /var/lib/registry --listen [::]:5001 --config registry.yaml",
        ])

    @Option(help: "the folder that holds everything; made when it is not there", valueName: "DIR", completion: .folder)
    var root: String
    @Option(help: "where to listen", valueName: "ADDRESS:PORT")
    var listen = ListenAddress(address: "127.0.0.1", port: 5001)
    @Option(help: "YAML or JSON with rules, limits and certificates", valueName: "FILE", completion: .file)
    var config: String?
    @Flag(help: "let everybody do everything also when others than this machine can connect")
    var openToEverybody = false

    func run(in context: SovereignContext) async throws {
        let access = try access()
        guard !access.isOpen || openToEverybody || (IPAddress(listen.address)?.isLoopback ?? false) else {
            throw Fault(
                .forbidden, "everybody who reaches \(listen) could do everything",
                fix: "give rules with --config, or say --open-to-everybody")
        }
        let registry = try RegistryFolder(root)
        var settings = ServerSettings()
        (settings.address, settings.port) = (listen.address, listen.port)
        settings.connections = 12_000
        let terminal = context.terminal
        let host = try RegistryHost(registry, access: access, settings: settings) { terminal.note("\($0)") }
        terminal.note("serving \(root) on \(ListenAddress(address: listen.address, port: host.port))")
        do {
            while true { try await Task.sleep(for: .seconds(3600)) }
        } catch {
            await host.stop()
        }
    }

    private func access() throws(Fault) -> RegistryAccess {
        var configuration = AccessConfiguration()
        if let config {
            let document = try YAML.document(FileSystem.read(config, limit: 1 << 20), source: config)
            configuration = try AccessConfiguration(
                document, at: JSONPointer(["access"]), folder: FileSystem.folder(of: config))
        }
        let client = HTTPClient(HTTPClientSettings())
        return try RegistryAccess(configuration) { url throws(Fault) in
            do {
                let response = try await client.open(HTTPRequest(method: .get, url: url), followingRedirects: false)
                guard response.status == 200 else {
                    throw Fault(.unavailable, "\(url.redacted) answered \(response.status)")
                }
                return try await response.body.collect(limit: 1 << 20, of: "the keys of \(url.redacted)")
            } catch { throw Fault(wrapping: error) }
        }
    }
}
