// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that makes an OCI artifact of a local blob.
    public static let blobToArtifact = Operation(
        OperationType(
            "localblob.to.oci/v1alpha1",
            summary: """
                Makes an OCI artifact of a local blob: the artifact in an archive of one, the artifact that Helm pulls \
                of a packed chart, and of any other content an artifact with that as its only layer.
                """,
            properties: [
                .required("data", .fileSchema, "the content"),
                .optional(
                    "artifactType", .textSchema,
                    "the type of an artifact that is made of other content; without it, the content's media type"),
            ],
            outputs: [.required("data", .fileSchema, "the artifact")],
            example: """
                - type: downloader.localblob.ctf/v1alpha1
                  id: docs
                  filePath: ./archive
                  name: acme.org/demo
                  version: 1.0.0
                  resource: {name: docs}
                - type: localblob.to.oci/v1alpha1
                  id: convert
                  data: ${docs.outputs.data}
                - type: uploader.oci/v1alpha1
                  imageReference: registry.acme.org/docs/demo:1.0.0
                  data: ${convert.outputs.data}
                """)
    ) { properties, context in
        let origin = try context.origin(of: properties["data"])
        let artifact: ArtifactContent
        switch try context.content(of: properties["data"]) {
        case .artifact(let known): artifact = known
        case .blob(let blob) where MediaType.isArtifactArchive(blob.mediaType):
            artifact = try await blob.archivedArtifact(temporaryFolder: context.temporaryFolder)
        case .blob(let blob) where blob.mediaType == HelmChart.contentType:
            artifact = try await blob.chart().artifact()
        case .blob(let blob):
            let type = properties["artifactType"]?.string ?? blob.mediaType
            artifact = try await blob.wrapped(artifactType: type, temporaryFolder: context.temporaryFolder)
        }
        return ["data": context.file(for: .artifact(artifact), origin: origin)]
    }

    /// The operation that makes a local blob of an OCI artifact.
    public static let artifactToBlob = Operation(
        OperationType(
            "oci.to.localblob/v1alpha1",
            summary: """
                Makes an archive of an OCI artifact, a compressed tar with an OCI layout, for places that keep blobs \
                only. Its digest as a resource stays that of the artifact.
                """,
            properties: [.required("data", .fileSchema, "the artifact")],
            outputs: [.required("data", .fileSchema, "the archive")],
            example: """
                \(ExampleOperations.image)
                - type: oci.to.localblob/v1alpha1
                  id: pack
                  data: ${image.outputs.data}
                - type: uploader.localblob.ctf/v1alpha1
                  filePath: ./target
                  componentDescriptor: ${read.outputs.descriptor}
                  data: ${pack.outputs.data}
                """)
    ) { properties, context in
        let origin = try context.origin(of: properties["data"])
        let artifact = try await context.content(of: properties["data"]).artifact(
            temporaryFolder: context.temporaryFolder)
        return ["data": context.file(for: .blob(try artifact.archive()), origin: origin)]
    }
}

extension BlobContent {
    /// The Helm chart that the content is. Throws `limitExceeded` for one that Helm would not take.
    func chart() async throws -> HelmChart {
        var stream = try await open()
        if let digest { stream = stream.verified(digest: digest, size: size, of: "the chart") }
        return try await HelmChart(
            packed: stream.collect(limit: HelmChart.sizeLimit, of: "the chart"), source: "the chart")
    }

    /// An artifact with the content as its only layer (OCI image specification, “Guidelines for artifact usage”).
    fileprivate func wrapped(artifactType: String, temporaryFolder: String?) async throws -> ArtifactContent {
        let (digest, size, content) = try await measured(temporaryFolder: temporaryFolder)
        var store = OverlayStore(name: "an artifact made here")
        store.add(digest, size: size, openFrom: content.openFrom) { try await content.open() }
        let config = store.add(Array("{}".utf8), mediaType: "application/vnd.oci.empty.v1+json")
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.imageManifest.rawValue),
            "artifactType": .string(artifactType), "config": config.json,
            "layers": [OCIDescriptor(mediaType: mediaType, digest: digest, size: size).json],
        ]
        let root = store.add(manifest: manifest.encoded(), mediaType: MediaType.imageManifest.rawValue)
        return ArtifactContent(store: store, repository: "", root: root)
    }
}

extension ArtifactContent {
    /// The artifact as a compressed tar with an OCI layout, under the media type that both families of tools read.
    fileprivate func archive() throws(Fault) -> BlobContent {
        let type = root.mediaType
        guard type.hasSuffix("+json") else {
            throw Fault(.unsupported, "an artifact of type \(type) cannot be archived")
        }
        let tar = layoutTar()
        return BlobContent(mediaType: String(type.dropLast("+json".count)) + "+tar+gzip") {
            try await tar.open().gzipped()
        }
    }
}
