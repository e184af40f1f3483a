// SPDX-License-Identifier: Apache-2.0

import Basics
import KubernetesClient
import KubernetesServer
import TestCluster
import Testing
import WebServer

@Suite("The contract of API servers, kept by ours", .timeLimit(.minutes(5))) struct EmbeddedServerTests {
    @Test("every step holds", arguments: ClusterContract.steps + ClusterContract.toolkit) func step(
        _ step: ClusterContract.Step
    ) async throws {
        let folder = try TemporaryFolder()
        var settings = KubernetesServer.Settings()
        settings.listening.port = 0
        let server = try await KubernetesServer(folder: folder.path, settings)
        let result: Result<Void, any Error>
        do {
            let client = try KubernetesClient(ClusterConfiguration.find(kubeconfig: server.configuration))
            try await ClusterContract.withNamespace(client) { try await step.run(client, $0) }
            result = .success(())
        } catch { result = .failure(error) }
        await server.stop()
        try result.get()
    }
}
