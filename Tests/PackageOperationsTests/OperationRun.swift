// SPDX-License-Identifier: Apache-2.0

import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories
import WebClient

/// A run of operations over an archive of its own.
struct OperationRun {
    let connections: RepositoryConnections
    let folder: TemporaryFolder

    init(consumers: [CredentialResolver.Consumer] = []) throws {
        var settings = HTTPClientSettings()
        settings.retry.sleep = { _ in }
        connections = RepositoryConnections(
            credentials: CredentialResolver(consumers: consumers), http: HTTPClient(settings))
        folder = try TemporaryFolder(prefix: "operations")
    }

    /// Writes a component version `acme.org/demo:1.0.0` with these resources into the archive `source`.
    func archive(_ resources: [JSON], contents: LocalContents = LocalContents()) async throws {
        let repository = try await connections.open(RepositoryLocator("\(folder.path)/source"), .create(nil))
        let descriptor: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": "acme.org/demo", "version": "1.0.0", "provider": "acme.org", "repositoryContexts": [],
                "sources": [], "componentReferences": [], "resources": .array(resources),
            ],
        ]
        try await repository.commit(ComponentDescriptor(json: descriptor, source: "test"), contents: contents)
        try await repository.finish()
    }

    /// Puts a content beside the component version of the archive; a resource that has it.
    func local(_ name: String, _ content: ResourceContent, _ contents: inout LocalContents) async throws -> JSON {
        let repository = try await connections.open(RepositoryLocator("\(folder.path)/source"), .create(nil))
        let placed = try await repository.place(
            content, for: ComponentVersionIdentity("acme.org/demo:1.0.0"), observer: PlacementObserver())
        contents.add(placed)
        return [
            "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local",
            "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
        ]
    }

    /// An artifact with a layer, and annotations that describe it.
    static func artifact(layer: [UInt8], mediaType: String) async throws -> ArtifactContent {
        let store = MemoryStore(name: "artifact")
        let config = Array("{}".utf8)
        for bytes in [config, layer] {
            _ = try await store.pushBlob(
                BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count), open: { ByteStream(bytes) }), in: "app")
        }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": [
                "mediaType": "application/vnd.oci.empty.v1+json", "digest": .string(Digest(of: config).description),
                "size": 2,
            ],
            "layers": [
                [
                    "mediaType": .string(mediaType), "digest": .string(Digest(of: layer).description),
                    "size": .number(JSONNumber(Int64(layer.count))),
                ]
            ],
            "annotations": [
                "org.opencontainers.image.title": "Demo <app>", "org.opencontainers.image.licenses": "Apache-2.0",
                "org.opencontainers.image.description": "shows & tells",
                "org.opencontainers.image.source": "https://git.acme.org/demo",
            ],
        ]
        let root = try await store.pushManifest(
            manifest.encoded(), mediaType: "application/vnd.oci.image.manifest.v1+json", in: "app", tag: "1")
        return ArtifactContent(store: store, repository: "app", root: root)
    }

    /// Runs a specification's operations, behind one that reads the component version as `read`.
    func run(_ operations: String) async throws -> [String: GraphExecutor.Outcome] {
        let text = """
            transformations:
            - id: read
              type: CTFGetComponentVersion/v1alpha1
              spec: &from
                repository: {type: CommonTransportFormat/v1, filePath: \(folder.path)/source}
                component: acme.org/demo
                version: 1.0.0
            \(operations)
            """
        let document = try YAML.document(Array(text.utf8), source: "spec.yaml")
        let types = Operation.builtIn.map(\.type)
        let graph = try OrchestrationGraph(OrchestrationSpecification(document), types: types)
        let context = OperationContext(connections: connections)
        let reports = try await GraphExecutor(graph, operations: Operation.builtIn, context: context).run()
        try await context.finish()
        return Dictionary(uniqueKeysWithValues: reports.map { ($0.id, $0.outcome) })
    }
}

extension GraphExecutor.Outcome {
    /// What it yielded; nil when it did not finish.
    var outputs: JSON? { if case .finished(_, let outputs) = self { outputs } else { nil } }
    /// Why it failed.
    var fault: Fault? { if case .failed(let fault) = self { fault } else { nil } }
}
