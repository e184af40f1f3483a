// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that packs an OCI artifact again.
    public static let tarToArtifact = Operation(
        OperationType(
            "tar.to.oci.transformer/v1alpha1",
            summary: """
                Packs a tar into the OCI artifact that it came out of: compressed as it was, with new digests and \
                sizes. The same tar gives the same artifact, and a tar that was not changed the very artifact.
                """,
            properties: [
                .required("data", .fileSchema, "the tar, or an OCI layout as oci.to.tar.transformer yields it"),
                .required("manifest", .objectSchema, "the artifact's manifest before"),
                .optional("ref", .textSchema, "the artifact before, for its other layers"),
                .optional("configLayer", .fileSchema, "the artifact's configuration before"),
                .optional(
                    "dropProvenance", .booleanSchema,
                    "whether a chart's provenance is left out, which does not fit a changed chart; without this such a "
                        + "chart is refused"),
            ],
            outputs: [.required("data", .fileSchema, "the artifact")],
            example: """
                - type: downloader.resource.oci/v1alpha1
                  id: chart
                  imageReference: registry.acme.org/charts/demo:1.0.0
                - type: oci.to.tar.transformer/v1alpha1
                  id: unpack
                  data: ${chart.outputs.data}
                - type: tar.to.oci.transformer/v1alpha1
                  id: pack
                  data: ${unpack.outputs.data}
                  manifest: ${unpack.outputs.manifest}
                  ref: ${unpack.outputs.ref}
                  configLayer: ${unpack.outputs.configLayer}
                """)
    ) { properties, context in
        let origin = try context.origin(of: properties["data"])
        guard case .blob(let blob) = try context.content(of: properties["data"]) else {
            throw Fault(.invalid, "'data' is an artifact already, and no tar")
        }
        let artifact: ArtifactContent
        if MediaType.isArtifactArchive(blob.mediaType) {
            artifact = try await blob.archivedArtifact(temporaryFolder: context.temporaryFolder)
        } else {
            artifact = try await ArtifactPacker(properties, context).pack(blob)
        }
        return ["data": context.file(for: .artifact(artifact), origin: origin)]
    }
}

/// Makes an artifact of another one and a new content.
private struct ArtifactPacker {
    private let context: OperationContext
    private let manifest: OCIManifest
    private let layer: ContentLayer
    private let config: ResourceContent?
    private let dropsProvenance: Bool
    /// The artifact as it was.
    private let old: ArtifactContent?

    /// The most bytes of a configuration.
    private static let configLimit = 8 << 20

    init(_ properties: JSON, _ context: OperationContext) throws(Fault) {
        self.context = context
        let json = properties["manifest"] ?? .null
        manifest = try OCIManifest(parsing: json.encoded(), mediaType: nil, source: "'manifest'")
        guard let layer = ContentLayer(of: manifest) else {
            throw Fault(
                .unsupported, "'manifest' has no single layer that is a tar, so that it is not known which to replace",
                fix: "leave 'layout' of oci.to.tar.transformer out, and give its data")
        }
        self.layer = layer
        let file = properties["configLayer"].flatMap { $0 == .null ? nil : $0 }
        config = try file.map { file throws(Fault) in try context.content(of: file) }
        dropsProvenance = properties["dropProvenance"]?.bool ?? false
        old = properties["ref"]?.string.flatMap(context.artifact)
    }

    func pack(_ tar: BlobContent) async throws -> ArtifactContent {
        let plain = StreamMeter(try await tar.open())
        let stream = layer.compression == .gzip ? plain.stream.gzipped() : plain.stream
        let packed = try await MeasuredSpool(
            stream, temporaryFolder: context.temporaryFolder, name: "a layer of \(old?.reference ?? "an artifact")")
        let content = try plain.result()
        if let old, try await isUnchanged(content.digest, old) { return old }

        var store = old.map { OverlayStore(over: $0.store) } ?? OverlayStore(name: "an artifact made here")
        store.add(packed.digest, size: packed.size) { packed.stream() }
        var json = manifest.json
        var layers: [JSON] = []
        for (index, descriptor) in manifest.layers.enumerated() {
            if index == layer.index {
                layers.append(descriptor.json.described(packed.digest, packed.size))
            } else if descriptor.mediaType == HelmChart.provenanceType {
                guard dropsProvenance else {
                    throw Fault(
                        .unsupported,
                        "the chart has a provenance, whose signature does not hold for a changed chart",
                        fix: "set 'dropProvenance: true' to leave it out, and sign the component version")
                }
            } else {
                guard old != nil else { throw missing(descriptor) }
                layers.append(descriptor.json)
            }
        }
        json["layers"] = .array(layers)
        json["config"] = try await configuration(content.digest, &store).json
        let root = store.add(manifest: json.encoded(), mediaType: manifest.mediaType.rawValue)
        return ArtifactContent(store: store, repository: old?.repository ?? "", root: root)
    }

    /// Whether the tar is what the artifact holds already. Another program may have compressed that in another way, and
    /// what did not change is to keep its digest.
    private func isUnchanged(_ digest: Digest, _ old: ArtifactContent) async throws -> Bool {
        guard try await old.manifest().json == manifest.json else { return false }
        let meter = StreamMeter(try await old.tar(of: layer).open())
        for try await _ in meter.stream {}
        return try meter.result().digest == digest
    }

    /// The configuration; that of an image names the new content.
    private func configuration(_ content: Digest, _ store: inout OverlayStore) async throws -> OCIDescriptor {
        guard let descriptor = manifest.config else {
            throw Fault(.invalid, "'manifest' has no configuration")
        }
        guard let blob = try await configurationBlob(descriptor) else { throw missing(descriptor) }
        var bytes = try await blob.open().collect(limit: Self.configLimit, of: "the configuration of an artifact")
        guard Digest(of: bytes, algorithm: descriptor.digest.algorithm) == descriptor.digest else {
            throw Fault(
                .mismatch, "'configLayer' is not the configuration \(descriptor.digest) that 'manifest' names",
                fix: "take both from the same oci.to.tar.transformer")
        }
        if MediaType.imageConfigs.contains(descriptor.mediaType) {
            var json = try JSON(parsing: bytes, source: "'configLayer'")
            guard var ids = json["rootfs"]?["diff_ids"]?.array, ids.count == manifest.layers.count else {
                throw Fault(
                    .corrupt, "the configuration \(descriptor.digest) does not list the layers of its manifest")
            }
            ids[layer.index] = .string(content.description)
            var root = json["rootfs"] ?? [:]
            root["diff_ids"] = .array(ids)
            json["rootfs"] = root
            bytes = json.encoded()
        }
        let new = store.add(bytes, mediaType: descriptor.mediaType)
        return try OCIDescriptor(json: descriptor.json.described(new.digest, new.size))
    }

    private func configurationBlob(_ descriptor: OCIDescriptor) async throws -> BlobContent? {
        switch config {
        case .blob(let blob)?: return blob
        case .artifact?: throw Fault(.invalid, "'configLayer' is an artifact, and no configuration")
        case nil: return old?.blob(descriptor)
        }
    }

    private func missing(_ descriptor: OCIDescriptor) -> Fault {
        Fault(
            .invalid, "'manifest' names \(descriptor.digest), \(descriptor.mediaType), which is not given",
            fix: "give 'ref' and 'configLayer' of oci.to.tar.transformer")
    }
}

extension JSON {
    /// A descriptor of other content; its type and annotations stay.
    fileprivate func described(_ digest: Digest, _ size: Int64) -> JSON {
        var json = self
        json["digest"] = .string(digest.description)
        json["size"] = .number(JSONNumber(size))
        json["urls"] = nil
        json["data"] = nil
        return json
    }
}
