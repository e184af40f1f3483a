// SPDX-License-Identifier: Apache-2.0

import Basics
import KubernetesClient
import TestCluster
import Testing

@Suite(
    "The contract of API servers, kept by a real one",
    .enabled(
        if: Environment.process["SOVEREIGN_TEST_KUBECONFIG"] != nil, "needs a cluster: set SOVEREIGN_TEST_KUBECONFIG"),
    .timeLimit(.minutes(5)))
struct ContractTests {
    @Test("every step holds", arguments: ClusterContract.steps + ClusterContract.toolkit) func step(
        _ step: ClusterContract.Step
    ) async throws {
        let path = try #require(Environment.process["SOVEREIGN_TEST_KUBECONFIG"])
        let client = try KubernetesClient(ClusterConfiguration.find(kubeconfig: path))
        try await ClusterContract.withNamespace(client) { try await step.run(client, $0) }
    }
}
