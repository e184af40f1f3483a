// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import ComponentModel
import Cryptography
import Documents
import OCI
import Operations
import Orchestration
import Repositories

/// An archive with one component version that has what localisation and filters work on.
struct DemoArchive {
    static let values = """
        # values of the app
        image:
          repository: ghcr.io/acme/app # where it comes from
          tag: 1.1.0
        job: {img: 'busybox:1'}

        """
    static let manifest = """
        kind: Deployment
        spec:
          template:
            spec:
              containers:
              - {name: app, image: "ghcr.io/acme/app:1.1.0"}

        """

    let folder: TemporaryFolder
    let connections: RepositoryConnections
    var path: String { "\(folder.path)/archive" }

    init(_ connections: RepositoryConnections) async throws {
        self.connections = connections
        folder = try TemporaryFolder(prefix: "localisation")
        let repository = try await connections.open(RepositoryLocator("\(folder.path)/archive"), .create(nil))
        let identity = try ComponentVersionIdentity("acme.org/demo:1.0.0")
        let chart = try await Self.chart()
        let contents: [(name: String, type: String, content: ResourceContent)] = [
            ("chart", "helmChart", Self.blob(chart, "application/gzip")),
            ("chart-artifact", "helmChart", .artifact(try await Self.chartArtifact(chart))),
            ("signed-chart", "helmChart", .artifact(try await Self.chartArtifact(chart, isSigned: true))),
            ("values", "blob", Self.blob(Array(Self.values.utf8), "application/yaml")),
            (
                "manifests", "manifests",
                Self.blob(
                    try await Self.tar([("deploy/app.yaml", Self.manifest), ("README", "image: ghcr.io/acme/app")]))
            ),
            (
                "kustomization", "manifests",
                Self.blob(try await Self.tar([("overlays/prod/kustomization.yaml", "resources: [../../base]\n")]))
            ),
            ("image", "ociImage", .artifact(try await Self.index())),
            ("files", "blob", .artifact(try await Self.image())),
        ]
        var local = LocalContents()
        var resources: [JSON] = []
        for (name, type, content) in contents {
            let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
            local.add(placed)
            resources.append([
                "name": .string(name), "version": "1.0.0", "type": .string(type), "relation": "local",
                "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
            ])
        }
        let descriptor: JSON = [
            "meta": ["schemaVersion": "v2"],
            "component": [
                "name": "acme.org/demo", "version": "1.0.0", "provider": "acme.org", "repositoryContexts": [],
                "sources": [], "componentReferences": [], "resources": .array(resources),
            ],
        ]
        try await repository.commit(ComponentDescriptor(json: descriptor, source: "test"), contents: local)
        try await repository.finish()
    }

    /// Runs a specification whose archive is `./archive`.
    func run(
        _ text: String, and more: [Operation] = []
    ) async throws -> (reports: [OperationReport], context: OperationContext) {
        let text = text.replacing("./archive", with: path)
        let operations = Operation.builtIn + more
        let document = try YAML.document(Array(text.utf8), source: "spec.yaml")
        let graph = try OrchestrationGraph(OrchestrationSpecification(document), types: operations.map(\.type))
        let context = OperationContext(connections: connections)
        return (try await GraphExecutor(graph, operations: operations, context: context).run(), context)
    }

    /// The operation that reads a resource, as `get`.
    static func get(_ resource: String) -> String {
        """
        transformations:
        - id: get
          type: CTFGetLocalResource/v1alpha1
          repository: {type: CommonTransportFormat/v1, filePath: ./archive}
          component: acme.org/demo
          version: 1.0.0
          resourceIdentity: {name: \(resource)}

        """
    }

    // MARK: Contents

    static func tar(_ files: [(String, String)]) async throws -> [UInt8] {
        try await Tar.stream(
            files.map { path, text in
                TarMember(
                    entry: TarEntry(path: path, kind: .file, size: Int64(text.utf8.count), mode: 0o644),
                    open: { ByteStream(Array(text.utf8)) })
            }
        ).collect(limit: 1 << 20)
    }

    static func chart(_ values: String = values) async throws -> [UInt8] {
        let packed = try await tar([
            ("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 1.0.0\n"), ("app/values.yaml", values),
            ("app/templates/app.yaml", "image: {{ .Values.image.repository }}\n"),
        ])
        return try await ByteStream(packed).gzipped().collect(limit: 1 << 20)
    }

    private static func blob(_ bytes: [UInt8], _ mediaType: String = "application/x-tar") -> ResourceContent {
        .blob(BlobContent(mediaType: mediaType, bytes: bytes))
    }

    private static func push(_ bytes: [UInt8], _ mediaType: String, to store: MemoryStore) async throws -> JSON {
        let digest = Digest(of: bytes)
        _ = try await store.pushBlob(
            BlobSource(digest: digest, size: Int64(bytes.count), open: { ByteStream(bytes) }), in: "r")
        return OCIDescriptor(mediaType: mediaType, digest: digest, size: Int64(bytes.count)).json
    }

    private static func chartArtifact(_ chart: [UInt8], isSigned: Bool = false) async throws -> ArtifactContent {
        let store = MemoryStore(name: "charts")
        let config = try await push(
            Array(#"{"name":"app"}"#.utf8), "application/vnd.cncf.helm.config.v1+json", to: store)
        var layer = try await push(chart, "application/vnd.cncf.helm.chart.content.v1.tar+gzip", to: store)
        layer["annotations"] = ["title": "app-1.0.0.tgz"]
        var layers = [layer]
        if isSigned {
            layers.append(
                try await push(
                    Array("signed".utf8), "application/vnd.cncf.helm.chart.provenance.v1.prov", to: store))
        }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue), "config": config,
            "layers": .array(layers), "annotations": ["org.opencontainers.image.version": "1.0.0"],
        ]
        let root = try await store.pushManifest(
            manifest.encoded(), mediaType: MediaType.imageManifest.rawValue, in: "r", tag: nil)
        return ArtifactContent(store: store, repository: "r", root: root)
    }

    private static func image(
        in store: MemoryStore = MemoryStore(name: "images"), ids: Int = 3, note: String = ""
    ) async throws -> ArtifactContent {
        let config: JSON = [
            "architecture": "amd64", "os": "linux", "note": .string(note),
            "rootfs": ["type": "layers", "diff_ids": .array((0..<ids).map { .string("sha256:\($0)") })],
            "history": [
                ["created_by": "a"], ["created_by": "env", "empty_layer": true], ["created_by": "b"],
                ["created_by": "c"],
            ],
        ]
        var layers: [JSON] = []
        for name in ["a", "b.src", "c"] {
            var layer = try await push(
                Array("layer \(name)".utf8), "application/vnd.oci.image.layer.v1.tar+gzip", to: store)
            layer["annotations"] = ["org.opencontainers.image.title": .string("\(name).tar")]
            layers.append(layer)
        }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": try await push(config.encoded(), "application/vnd.oci.image.config.v1+json", to: store),
            "layers": .array(layers),
        ]
        let root = try await store.pushManifest(
            manifest.encoded(), mediaType: MediaType.imageManifest.rawValue, in: "r", tag: nil)
        return ArtifactContent(store: store, repository: "r", root: root)
    }

    private static func index() async throws -> ArtifactContent {
        let store = MemoryStore(name: "images")
        var manifests: [JSON] = []
        for architecture in ["amd64", "arm64"] {
            let image = try await image(in: store, note: architecture)
            var descriptor = image.root.json
            descriptor["platform"] = ["os": "linux", "architecture": .string(architecture)]
            manifests.append(descriptor)
        }
        let index: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue), "manifests": .array(manifests),
        ]
        let root = try await store.pushManifest(
            index.encoded(), mediaType: MediaType.imageIndex.rawValue, in: "r", tag: nil)
        return ArtifactContent(store: store, repository: "r", root: root)
    }
}
