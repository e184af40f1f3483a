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
import Testing
import WebClient

/// Runs specifications with all built-in operations, in a folder of its own.
struct SpecificationBench: Sendable {
    let connections = RepositoryConnections(credentials: CredentialResolver(), http: HTTPClient())
    let folder: TemporaryFolder
    var keys = OperationKeys()
    /// Operations beside the built-in ones.
    var others: [Orchestration.Operation] = []

    init() throws { folder = try TemporaryFolder(prefix: "orchestration") }

    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// Runs the operations of a list in YAML; `@/` stands for the folder.
    func run(_ text: String) async throws -> SpecificationOutcome {
        let whole = text.hasPrefix("type:") || text.hasPrefix("metadata:") ? text : "transformations:\n\(text)"
        let bytes = Array(whole.replacing("@/", with: folder.path + "/").utf8)
        let operations = Operation.builtIn + others
        let graph = try OrchestrationGraph(
            OrchestrationSpecification(
                reading: YAML.document(bytes, source: "spec.yaml"), types: operations.map(\.type)),
            types: operations.map(\.type))
        let context = OperationContext(connections: connections, keys: keys)
        let reports = try await GraphExecutor(graph, operations: operations, context: context).run()
        try await context.finish()
        return SpecificationOutcome(reports: reports)
    }

    /// An operation that puts a content in the place of another.
    static func replacement(_ bytes: [UInt8], mediaType: String = "application/x-tar") -> Orchestration.Operation {
        Operation(
            OperationType(
                "test.replace/v1", summary: "Puts a content in the place of another.",
                properties: [.required("data", .fileSchema, "what is replaced")],
                outputs: [.required("data", .fileSchema, "what is there instead")])
        ) { properties, context in
            let origin = try context.origin(of: properties["data"])
            let content = ResourceContent.blob(BlobContent(mediaType: mediaType, bytes: bytes))
            return ["data": context.file(for: content, origin: origin)]
        }
    }

    // MARK: What is carried

    /// Writes a component version; blobs are local resources, each with a digest, and accesses those of others.
    @discardableResult
    func write(
        _ identity: String = "acme.org/demo:1.0.0", to repository: RepositoryLocator,
        blobs: [String: BlobContent] = [:],
        resources: [JSON] = [], references: [JSON] = [], signedWith key: PrivateKey? = nil
    ) async throws -> ComponentDescriptor {
        let store = try await connections.open(repository, .create(nil))
        let identity = try ComponentVersionIdentity(identity)
        var contents = LocalContents(), all = resources
        for (name, blob) in blobs.sorted(by: { $0.key < $1.key }) {
            let placed = try await store.place(.blob(blob), for: identity, observer: PlacementObserver())
            contents.add(placed)
            all.append([
                "name": .string(name), "version": "1.0.0", "type": "blob", "relation": "local",
                "access": LocalBlobAccess.specification(for: placed, referenceName: nil),
                "digest": try await ContentVerifier().digest(of: .blob(blob), thing: name).json,
            ])
        }
        var descriptor = try ComponentDescriptor(
            json: [
                "meta": ["schemaVersion": "v2"],
                "component": [
                    "name": .string(identity.name.text), "version": .string(identity.version.text),
                    "provider": "acme.org", "repositoryContexts": [], "sources": [], "resources": .array(all),
                    "componentReferences": .array(references),
                ],
            ], source: "test")
        if let key {
            descriptor.signatures = [
                try descriptor.sign(name: "maker", scheme: key.usualScheme, normalisation: .v4alpha1, key: key)
            ]
        }
        try await store.commit(descriptor, contents: contents)
        try await store.finish()
        return descriptor
    }

    /// Writes another descriptor over the contents that are there.
    func replace(_ descriptor: ComponentDescriptor, in repository: RepositoryLocator) async throws {
        let store = try await connections.open(repository, .write)
        try await store.commit(descriptor, contents: store.get(descriptor.identity).contents)
        try await store.finish()
    }

    /// Stores a content beside where a component version would be, and writes no descriptor.
    func place(_ blob: BlobContent, of identity: ComponentVersionIdentity, in repository: RepositoryLocator)
        async throws
    {
        let store = try await connections.open(repository, .create(nil))
        _ = try await store.place(.blob(blob), for: identity, observer: PlacementObserver())
        try await store.finish()
    }

    /// A resource whose content is in a registry.
    static func artifact(_ name: String, at reference: String, digest: DigestSpecification? = nil) -> JSON {
        var json: JSON = [
            "name": .string(name), "version": "1.0.0", "type": "ociArtifact", "relation": "external",
            "access": ["type": "ociArtifact", "imageReference": .string(reference)],
        ]
        json["digest"] = digest?.json
        return json
    }

    func read(_ repository: RepositoryLocator, _ identity: String = "acme.org/demo:1.0.0") async throws
        -> (version: StoredComponentVersion, repository: any ComponentVersionRepository)
    {
        let store = try await connections.open(repository, .read)
        return (try await store.get(ComponentVersionIdentity(identity)), store)
    }

    /// The bytes of a local resource.
    func bytes(_ name: String, in repository: RepositoryLocator, _ identity: String = "acme.org/demo:1.0.0")
        async throws -> [UInt8]
    {
        let (version, store) = try await read(repository, identity)
        let access = try #require(version.descriptor.resources.first { $0.name == name }?.access)
        let content = try await store.content(of: LocalBlobAccess(access, of: name), in: version)
        guard case .blob(let blob) = content else { throw Fault(.invalid, "\(name) is an artifact") }
        return try await blob.open().collect(limit: 1 << 20)
    }

    /// Whether a component version is there.
    func has(_ repository: RepositoryLocator, _ identity: String = "acme.org/demo:1.0.0") async throws -> Bool {
        if case .archive(let path, _) = repository.kind, !FileSystem.exists(path) { return false }
        return try await connections.open(repository, .read).find(ComponentVersionIdentity(identity)) != nil
    }

    func artifact(_ reference: String) async throws -> ArtifactContent {
        try await connections.artifact(ImageReference(reference), thing: reference)
    }

    /// Writes an artifact into a registry.
    @discardableResult
    func push(_ artifact: ArtifactContent, to reference: String) async throws -> Digest {
        let target = try ImageReference(reference)
        try await artifact.copy(
            to: connections.registry(for: target), repository: target.repository, tag: target.tag,
            observer: PlacementObserver())
        return artifact.root.digest
    }

    /// An image with layers of these files.
    static func image(_ layers: [[String: String]], architecture: String = "amd64") async throws -> ArtifactContent {
        var store = OverlayStore(name: "test"), descriptors: [JSON] = [], ids: [JSON] = []
        for files in layers {
            let tar = try await tar(files)
            ids.append(.string(Digest(of: tar).description))
            let packed = try await ByteStream(tar).gzipped(level: 9).collect(limit: 1 << 20)
            descriptors.append(store.add(packed, mediaType: "application/vnd.oci.image.layer.v1.tar+gzip").json)
        }
        let config: JSON = [
            "architecture": .string(architecture), "os": "linux",
            "rootfs": ["type": "layers", "diff_ids": .array(ids)],
        ]
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "config": store.add(config.encoded(), mediaType: "application/vnd.oci.image.config.v1+json").json,
            "layers": .array(descriptors),
        ]
        let root = store.add(manifest: manifest.encoded(), mediaType: MediaType.imageManifest.rawValue)
        return ArtifactContent(store: store, repository: "", root: root)
    }

    /// A packed Helm chart with these values.
    static func chart(values: String, name: String = "podinfo") async throws -> [UInt8] {
        let tar = try await tar([
            "\(name)/Chart.yaml": "apiVersion: v2\nname: \(name)\nversion: 6.7.1\ndescription: A chart\n",
            "\(name)/values.yaml": values,
            "\(name)/templates/deployment.yaml": "image: {{ .Values.image.repository }}\n",
        ])
        return try await ByteStream(tar).gzipped(level: 9).collect(limit: 1 << 20)
    }

    static func tar(_ files: [String: String]) async throws -> [UInt8] {
        let members = files.sorted { $0.key < $1.key }.map { TarMember.bytes($0.key, Array($0.value.utf8)) }
        return try await Tar.stream(members).collect(limit: 1 << 20)
    }

    /// The files of a tar.
    static func files(_ tar: ByteStream) async throws -> [String: String] {
        let reader = TarReader(tar, source: "test")
        var files: [String: String] = [:]
        while let entry = try await reader.next() {
            guard entry.kind == .file else { continue }
            files[entry.path] = String(decoding: try await reader.content().collect(limit: 1 << 20), as: UTF8.self)
        }
        return files
    }

    /// The files of the only layer of an artifact.
    static func files(in artifact: ArtifactContent) async throws -> [String: String] {
        let (bytes, type) = try await artifact.store.manifest(artifact.root.digest, in: artifact.repository)
        let manifest = try OCIManifest(parsing: bytes, mediaType: type, source: "test")
        let layer = try #require(manifest.layers.first)
        let stream = try await artifact.store.openBlob(layer.digest, size: layer.size, in: artifact.repository)
        return try await files(stream.gunzipped(source: "test"))
    }
}

/// What became of a specification.
struct SpecificationOutcome: CustomStringConvertible {
    let reports: [OperationReport]

    var isFinished: Bool { reports.allSatisfy { $0.outcome.isFinished } }

    /// What an operation yielded.
    subscript(id: String) -> JSON? {
        guard case .finished(_, let outputs)? = reports.first(where: { $0.id == id })?.outcome else { return nil }
        return outputs
    }

    /// The first failure.
    var failure: Fault? {
        for report in reports { if case .failed(let fault) = report.outcome { return fault } }
        return nil
    }

    var description: String {
        reports.map { report in
            switch report.outcome {
            case .finished: "\(report.id) finished"
            case .failed(let fault): "\(report.id) failed: \(fault) (\(fault.code))"
            case .skipped(let other): "\(report.id) waits for \(other)"
            }
        }.joined(separator: "\n")
    }
}
