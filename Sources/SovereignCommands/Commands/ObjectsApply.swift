// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Documents
internal import Kubernetes
internal import KubernetesClient

/// `sovereign apply`
struct ObjectsApply: Command {
    static let configuration = CommandConfiguration(
        "apply", abstract: "Apply objects of files to a cluster (server-side apply)",
        examples: ["sovereign apply -f deploy/", "cat objects.yaml | sovereign apply -f -"])

    @Option(name: "file", short: "f", help: "a file or a folder with YAML or JSON; - reads stdin", valueName: "PATH")
    var files: [String] = []
    @OptionGroup var cluster: ClusterOptions
    @Option(short: "n", help: "the namespace of objects that name none", valueName: "NAME") var namespace: String?
    @Flag(help: "take over fields that others set") var forceConflicts = false
    @Flag(help: "have it checked as if it were applied") var dryRun = false
    @Option(help: "in whose name fields are set", valueName: "NAME") var fieldManager = "sovereign"
    private static let limit = 16 << 20

    func run(in context: SovereignContext) async throws {
        guard !files.isEmpty else { throw UsageError("say which files: -f PATH") }
        let client = try cluster.client(context.environment)
        let discovery = Discovery(client)
        for (source, bytes) in try files.flatMap({ try Self.read($0) }) {
            for document in try YAML.documents(bytes, source: source) {
                let items = document.root["kind"]?.string == "List" ? document.root["items"]?.array ?? [] : [document.root]
                for json in items where json != .null {
                    let object: KubernetesObject
                    do { object = try KubernetesObject(json) } catch { throw error.about(source) }
                    try await apply(object, source, client, discovery, context)
                }
            }
        }
    }

    private func apply(
        _ object: KubernetesObject, _ source: String, _ client: KubernetesClient, _ discovery: Discovery,
        _ context: SovereignContext
    ) async throws {
        let (resource, name) = try await discovery.address(of: object, namespace: namespace)
        var placed = object
        placed.namespace = name.namespace
        do {
            _ = try await client.apply(
                placed, to: resource.resource, force: forceConflicts,
                WriteOptions(fieldManager: fieldManager, isDryRun: dryRun, fieldValidation: .strict))
        } catch let status as APIStatus {
            throw Fault(status).during("applying \(object.kind) \(name) of \(source)")
        }
        context.terminal.show(
            "\(resource.resource.groupResource)/\(name.name) applied\(dryRun ? " (nothing was stored)" : "")")
    }

    private static func read(_ path: String) throws -> [(String, [UInt8])] {
        if path == "-" { return [("stdin", try FileSystem.read("/dev/stdin", limit: limit))] }
        guard FileSystem.isFolder(path) else { return [(path, try FileSystem.read(path, limit: limit))] }
        return try FileSystem.names(in: path).sorted().filter { name in
            [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
        }.map { ("\(path)/\($0)", try FileSystem.read("\(path)/\($0)", limit: limit)) }
    }
}
