// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that unpacks an OCI artifact.
    public static let artifactToTar = Operation(
        OperationType(
            "oci.to.tar.transformer/v1alpha1",
            summary: """
                Unpacks an OCI artifact. One whose content is a single tar, such as a Helm chart, becomes that tar, \
                uncompressed; any other becomes a tar with an OCI layout of it.
                """,
            properties: [
                .required("data", .fileSchema, "the artifact, or an archive of one"),
                .optional(
                    "layout", .choiceSchema(["layer", "artifact"]),
                    "`layer` for the tar that is the content, `artifact` for an OCI layout; without it, `layer` where "
                        + "there is exactly one"),
            ],
            outputs: [
                .required("data", .fileSchema, "the tar"),
                .required("manifest", .objectSchema, "the artifact's manifest or index"),
                .required("ref", .textSchema, "names the artifact for tar.to.oci.transformer"),
                .optional("configLayer", .fileSchema, "the artifact's configuration; an index has none"),
            ],
            example: """
                - type: downloader.resource.oci/v1alpha1
                  id: chart
                  imageReference: registry.acme.org/charts/demo:1.0.0
                - type: oci.to.tar.transformer/v1alpha1
                  id: unpack
                  data: ${chart.outputs.data}
                """)
    ) { properties, context in
        let artifact = try await context.content(of: properties["data"]).artifact(
            temporaryFolder: context.temporaryFolder)
        let origin = try context.origin(of: properties["data"])
        let manifest = try await artifact.manifest()
        let layer = ContentLayer(of: manifest)
        let content: BlobContent
        switch properties["layout"]?.string {
        case "layer":
            guard let layer else {
                throw Fault(
                    .unsupported, "the artifact \(artifact.root.digest) has no single layer that is a tar",
                    fix: "leave 'layout' out to get all of it")
            }
            content = artifact.tar(of: layer)
        case "artifact": content = artifact.layoutTar()
        case nil: content = layer.map { artifact.tar(of: $0) } ?? artifact.layoutTar()
        case let other?:
            throw Fault(.invalid, "'layout' is layer or artifact, not '\(other.prefix(60))'")
        }
        let reference = artifact.reference
        context.note(artifact, as: reference)
        var outputs: JSON = [
            "data": context.file(for: .blob(content), origin: origin), "manifest": manifest.json,
            "ref": .string(reference),
        ]
        if let config = manifest.config {
            outputs["configLayer"] = context.file(for: .blob(artifact.blob(config)), origin: origin)
        }
        return outputs
    }
}

extension ArtifactContent {
    /// The root of the artifact.
    func manifest() async throws -> OCIManifest {
        let (bytes, mediaType) = try await store.manifest(root.digest, in: repository)
        return try OCIManifest(parsing: bytes, mediaType: mediaType, source: reference)
    }

    /// What messages and other operations call it.
    var reference: String { "\(store.name)\(repository.isEmpty ? "" : "/\(repository)")@\(root.digest)" }

    /// A blob of the artifact.
    func blob(_ descriptor: OCIDescriptor) -> BlobContent {
        let (store, repository) = (store, repository)
        return BlobContent(
            mediaType: descriptor.mediaType, digest: descriptor.digest, size: descriptor.size
        ) { try await store.openBlob(descriptor.digest, size: descriptor.size, in: repository) }
    }

    /// A layer, uncompressed.
    func tar(of layer: ContentLayer) -> BlobContent {
        let blob = blob(layer.descriptor)
        guard layer.compression == .gzip else {
            return BlobContent(
                mediaType: MediaType.tar, digest: blob.digest, size: blob.size, open: blob.open)
        }
        let source = "the layer \(layer.descriptor.digest) of \(reference)"
        return BlobContent(mediaType: MediaType.tar) { try await blob.open().gunzipped(source: source) }
    }

    /// The whole artifact as a tar with an OCI layout.
    func layoutTar() -> BlobContent {
        let artifact = self
        return BlobContent(mediaType: MediaType.layoutTar) {
            try await OCILayoutWriter.tar(
                root: artifact.root, from: artifact.store, repository: artifact.repository)
        }
    }
}
