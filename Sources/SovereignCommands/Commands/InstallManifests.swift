// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import DeliveryControllers
internal import Documents
internal import Kubernetes
internal import KubernetesClient

/// `sovereign install`
struct InstallManifests: Command {
    static let configuration = CommandConfiguration(
        "install", abstract: "Print or apply what a cluster needs for the delivery controllers",
        discussion: """
            Definitions of the kinds, a namespace, an account with the rights the controllers need, and a Deployment.

            What deployers apply needs rights of its own: give the account a role for it, or say --cluster-admin.
            """,
        examples: [
            "sovereign install --image registry.local/sovereign:1.0 > controllers.yaml",
            "sovereign install --apply --definitions-only",
        ])

    @OptionGroup var cluster: ClusterOptions
    @Flag(help: "apply it to the cluster instead of printing it") var apply = false
    @Flag(help: "only the definitions of the kinds") var definitionsOnly = false
    @Option(help: "the namespace of the controllers", valueName: "NAME") var namespace = "ocm-k8s-toolkit-system"
    @Option(help: "the image of the controllers", valueName: "IMAGE") var image = "sovereign:latest"
    @Flag(help: "let the controllers do everything in the cluster") var clusterAdmin = false

    func run(in context: SovereignContext) async throws {
        var manifests = DeliveryKind.allCases.map(\.definition)
        if !definitionsOnly {
            manifests += ControllerManifests(namespace: namespace, image: image, isAdministrator: clusterAdmin).all
        }
        guard apply else {
            return context.terminal.output(manifests.map { "---\n" + YAML.text($0) }.joined())
        }
        let client = try cluster.client(context.environment)
        let discovery = Discovery(client)
        for json in manifests {
            let object = try KubernetesObject(json)
            let (resource, name) = try await discovery.address(of: object)
            do {
                _ = try await client.apply(
                    object, to: resource.resource, force: true, WriteOptions(fieldManager: "sovereign-install"))
            } catch let status as APIStatus { throw Fault(status) }
            context.terminal.output("\(resource.resource.groupResource)/\(name.name) applied\n")
        }
    }
}
