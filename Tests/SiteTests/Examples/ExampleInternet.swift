// SPDX-License-Identifier: Apache-2.0

import Archives
import Basics
import Cryptography
import Documents
import OCI
import Repositories
import Web
import WebServer

/// What the examples take from the Internet: a chart and an image of a registry, and the files of a commit on GitHub. Here
/// they are small, and have digests of their own.
enum ExampleInternet {
    /// The artifacts with the digests by which the examples name them.
    private static let artifacts = [
        (
            "stefanprodan/charts/podinfo", "6.9.1", "application/vnd.cncf.helm.config.v1+json",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
            "sha256:565d310746f1fa4be7f93ba7965bb393153a2d57a15cfe5befc909b790a73f8a"
        ),
        (
            "stefanprodan/podinfo", "6.9.1", "application/vnd.oci.image.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar",
            "sha256:262578cde928d5c9eba3bce079976444f624c13ed0afb741d90d5423877496cb"
        ),
    ]

    /// Pushes them into a registry; gives their digests by those of the examples.
    static func push(to registry: any ArtifactStore) async throws -> [String: String] {
        var digests: [String: String] = [:]
        for (repository, tag, config, layer, known) in artifacts {
            let root = try await artifact(
                config: config, layer: layer, Array("content of \(repository):\(tag)".utf8), in: registry, repository,
                tag)
            digests[known] = "\(root.digest)"
        }
        return digests
    }

    /// An artifact with one layer.
    static func artifact(
        config: String, layer: String, _ content: [UInt8], in store: any ArtifactStore, _ repository: String,
        _ tag: String?
    ) async throws -> OCIDescriptor {
        var entries: [JSON] = []
        for (type, bytes) in [(config, Array("{}".utf8)), (layer, content)] {
            let source = BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count)) { ByteStream(bytes) }
            _ = try await store.pushBlob(source, in: repository)
            entries.append(
                OCIDescriptor(mediaType: type, digest: Digest(of: bytes), size: Int64(bytes.count)).json)
        }
        let type = "application/vnd.oci.image.manifest.v1+json"
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(type), "config": entries[0], "layers": [entries[1]],
        ]
        return try await store.pushManifest(manifest.encoded(), mediaType: type, in: repository, tag: tag)
    }

    /// The files of a folder as tools pack them into a layer.
    static func archive(of folder: String) async throws -> [UInt8] {
        var members: [TarMember] = []
        for name in try FileSystem.names(in: folder).sorted() {
            members.append(.bytes(name, try FileSystem.read("\(folder)/\(name)", limit: 1 << 20)))
        }
        return try await Tar.stream(members).gzipped().collect(limit: 1 << 20)
    }

    /// A server that answers every question for a commit with its files.
    static func gitHub() async throws -> HTTPServer {
        let files = try await Tar.stream([.bytes("podinfo/kustomize/kustomization.yaml", Array("resources: []\n".utf8))]
        )
        .gzipped().collect(limit: 1 << 20)
        var settings = ServerSettings()
        (settings.address, settings.port) = ("127.0.0.1", 0)
        return try HTTPServer(settings) { _ in
            ServerResponse(status: 200, headers: ["Content-Type": "application/x-gzip"], body: .bytes(files))
        }
    }
}
