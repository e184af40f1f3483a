// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import KubernetesAccess
internal import KubernetesServer
internal import Telemetry
internal import Web
internal import WebServer

/// `sovereign apiserver`
struct APIServerRun: Command {
    static let configuration = CommandConfiguration(
        "apiserver", abstract: "Serve a Kubernetes API from a folder",
        discussion: """
            Listens until SIGTERM or SIGINT, then takes no more requests, finishes those that run, and ends.

            On the first start it makes an authority, a certificate, and admin.kubeconfig in the folder, with which
            everything may be done. Roles and bindings decide what others may do.
            """,
        examples: [
            "sovereign apiserver --data /var/lib/sovereign/api",
            "KUBECONFIG=/var/lib/sovereign/api/admin.kubeconfig kubectl get namespaces",
        ])

    @Option(
        help: "the folder that holds everything; made when it is not there", valueName: "DIR",
        environment: "SOVEREIGN_API_DATA", completion: .folder)
    var data: String?
    @Option(help: "where to listen", valueName: "ADDRESS:PORT") var listen = "127.0.0.1:6443"
    @Option(help: "a further name or address under which clients reach it; may be repeated", valueName: "NAME")
    var name: [String] = []
    @Option(
        help: "a file of tokens, one a line: token,user,uid,\"group1,group2\"", valueName: "FILE", completion: .file)
    var tokenFile: String?
    @Option(
        help: "the file of keys that seal Secrets on disk; keep it elsewhere than the folder", valueName: "FILE",
        completion: .file)
    var sealingKeys: String?
    @OptionGroup var audit: AuditOptions
    @Option(help: "how lines of the log are written: text or json") var log = LogForm.text
    @Option(help: "which lines are written: debug, info, warn or error") var logLevel = LogThreshold.warn
    @Flag(help: "let those who do not say who they are do what system:anonymous may") var anonymous = false

    func run(in context: SovereignContext) async throws {
        guard let folder = data else { throw UsageError("say which folder: --data DIR") }
        let writer = try LogWriter.standardError(format: log.format, level: logLevel.level)
        var settings = KubernetesServer.Settings()
        let address = try ListenAddress(listen)
        (settings.listening.address, settings.listening.port) = (address.address, address.port)
        settings.names = ServerNames(
            hosts: name.filter { IPAddress($0) == nil },
            addresses: (name + [address.address]).compactMap { IPAddress($0) }.filter { !$0.isUnspecified })
        (settings.tokenFile, settings.allowsAnonymous) = (tokenFile, anonymous)
        (settings.sealingKeys, settings.audit) = (sealingKeys, try audit.settings())
        (settings.log, settings.version) = (Log(writer), ServerVersion(product: Version.text))
        do {
            let server = try await KubernetesServer(folder: folder, settings)
            context.terminal.note("the API listens at \(server.url)")
            if let configuration = server.configuration {
                context.terminal.note("use it with: export KUBECONFIG=\(configuration)")
            }
            // A signal cancels the command.
            while (try? await Task.sleep(for: .seconds(3600))) != nil {}
            await server.stop()
        } catch {
            await writer.flush()
            throw error
        }
        await writer.flush()
    }
}
