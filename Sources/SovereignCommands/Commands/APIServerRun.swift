// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import KubernetesServer
internal import WebServer

/// `sovereign apiserver`
struct APIServerRun: Command {
    static let configuration = CommandConfiguration(
        "apiserver", abstract: "Serve a Kubernetes API from a folder",
        examples: ["sovereign apiserver --data /var/lib/sovereign/api"])

    @Option(
        help: "the folder that holds everything; made when it is not there", valueName: "DIR",
        environment: "SOVEREIGN_API_DATA", completion: .folder)
    var data: String?
    @Option(help: "where to listen", valueName: "PORT") var port = 6443

    func run(in context: SovereignContext) async throws {
        guard let folder = data else { throw UsageError("say which folder: --data DIR") }
        var settings = KubernetesServer.Settings()
        settings.listening.port = port
        let server = try await KubernetesServer(folder: folder, settings)
        while (try? await Task.sleep(for: .seconds(3600))) != nil {}
        await server.stop()
    }
}
