// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Kubernetes
internal import KubernetesClient

/// Which objects of a cluster a command is about.
struct ObjectSelection: ParsableOptions {
    @Option(short: "n", help: "the namespace; that of the context if none is given", valueName: "NAME")
    var namespace: String?
    @Flag(short: "A", help: "objects of all namespaces") var allNamespaces = false
    @Option(short: "l", help: "only objects with these labels", valueName: "SELECTOR") var selector: String?

    init() {}

    /// The namespace that is asked in; nil for all, and for kinds that are in none.
    func place(_ resource: APIResource, _ client: KubernetesClient) -> String? {
        guard resource.isNamespaced, !allNamespaces else { return nil }
        return namespace ?? client.configuration.namespace
    }

    func labels() throws -> LabelSelector { try selector.map { try LabelSelector($0) } ?? .everything }
}
