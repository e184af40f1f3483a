// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import KubernetesClient

/// Which cluster a command is about, and as whom.
struct ClusterOptions: ParsableOptions {
    @Option(
        help: "a kubeconfig; else $KUBECONFIG, ~/.kube/config, or the cluster this runs in", valueName: "FILE",
        completion: .file)
    var kubeconfig: String?
    @Option(help: "the context of the kubeconfig", valueName: "NAME") var context: String?

    init() {}

    func client(_ environment: Environment) throws -> KubernetesClient {
        try KubernetesClient(
            ClusterConfiguration.find(kubeconfig: kubeconfig, context: context, environment: environment))
    }
}
