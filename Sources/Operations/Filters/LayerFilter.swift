// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations that leave things out.
    public static let filters: [Operation] = [filterResources, filterPlatforms, filterLayers]

    static let filterLayers = Operation(
        OperationType(
            "filter.layers/v1alpha1",
            summary: "Leaves layers out of an image or artifact, and out of the image's configuration as well.",
            properties: [
                .required("data", .fileSchema, "an image or another artifact with layers, no index"),
                .required(
                    "expression", .textSchema,
                    "which layers stay: CEL that reads `layer`, which has `mediaType`, `digest`, `size`, `annotations` "
                        + "and `index`, without `${}`, so that the graph leaves it alone"),
            ],
            outputs: [
                .required("data", .fileSchema, "the new artifact, with a digest of its own"),
                .required("removed", .listSchema(of: .textSchema), "the digests of the layers that were left out"),
            ],
            example: """
                - id: getModel
                  type: CTFGetLocalResource/v1alpha1
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/demo
                  version: 1.0.0
                  resourceIdentity: {name: files}
                - id: withoutSources
                  type: filter.layers/v1alpha1
                  data: ${getModel.output.file}
                  expression: "!(layer.annotations[?'org.opencontainers.image.title'].orValue('').endsWith('.src.tar'))"
                """)
    ) { properties, context in
        var filter = try FilterExpression(
            properties["expression"]?.string ?? "", variable: "layer", schema: layerSchema, of: "layer")
        let artifact = try context.content(of: properties["data"]).storedArtifact()
        let (filtered, removed) = try await artifact.filteringLayers { layer, index throws(Fault) in
            let value: JSON = [
                "mediaType": .string(layer.mediaType), "digest": .string(layer.digest.description),
                "size": .number(JSONNumber(layer.size)), "index": .number(JSONNumber(Int64(index))),
                "annotations": .object(
                    JSONObject(layer.annotations.sorted { $0.key < $1.key }.map { ($0, .string($1)) })),
            ]
            return try filter.keeps(value, named: "\(index)")
        }
        return [
            "data": context.file(for: .artifact(filtered), origin: try context.origin(of: properties["data"])),
            "removed": .array(removed.map { .string($0.description) }),
        ]
    }

    private static let layerSchema: JSON = .objectSchema([
        .required("mediaType", .textSchema, ""), .required("digest", .textSchema, ""),
        .required("size", .integerSchema, ""), .required("index", .integerSchema, ""),
        .required("annotations", ["type": "object", "additionalProperties": .textSchema], ""),
    ])
}

extension ArtifactContent {
    private static let imageConfigs: Set<String> = [
        "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json",
    ]

    /// The artifact without the layers that are not kept.
    ///
    /// An image's configuration lists its layers twice, as `diff_ids` and in its history; both lose the same layers,
    /// and a configuration where they do not fit the manifest is refused (OCI image specification, “Image Configuration”).
    fileprivate func filteringLayers(
        _ keeps: (OCIDescriptor, Int) throws(Fault) -> Bool
    ) async throws -> (artifact: ArtifactContent, removed: [Digest]) {
        let manifest = try await readManifest()
        guard !manifest.isIndex else {
            throw Fault(
                .invalid, "\(root.digest) is an index of images",
                fix: "choose one with filter.platforms, or filter each")
        }
        var kept: Set<Int> = []
        for (index, layer) in manifest.layers.enumerated() where try keeps(layer, index) { kept.insert(index) }
        let removed = manifest.layers.enumerated().filter { !kept.contains($0.offset) }.map(\.element.digest)
        guard !removed.isEmpty else { return (self, []) }
        guard !kept.isEmpty else {
            throw Fault(
                .invalid, "the expression keeps no layer of \(root.digest)", fix: "leave the resource out instead")
        }
        var json = manifest.json
        json["layers"] = .array((json["layers"]?.array ?? []).filtered(to: kept))
        var overlay = OverlayStore(over: store)
        if let config = manifest.config, Self.imageConfigs.contains(config.mediaType) {
            let stream = try await store.openBlob(config.digest, size: config.size, in: repository)
            let bytes = try await stream.collect(limit: OCIManifest.sizeLimit, of: "the configuration of an image")
            let old = try JSON(parsing: bytes, source: "the configuration \(config.digest)")
            let new = try old.imageConfiguration(keeping: kept, of: manifest.layers.count, config.digest).encoded()
            let descriptor = overlay.add(new, mediaType: config.mediaType)
            json["config"]?.point(to: descriptor.digest, size: descriptor.size)
        }
        return (adding(json, as: manifest.mediaType, to: overlay), removed)
    }
}

extension JSON {
    /// An image's configuration with some of its layers.
    fileprivate func imageConfiguration(keeping kept: Set<Int>, of count: Int, _ digest: Digest) throws(Fault) -> JSON {
        func refused(_ what: String) -> Fault {
            Fault(
                .unsupported, "the configuration \(digest) \(what), so a layer cannot be left out of both",
                fix: "build the image again without the layer")
        }
        guard let ids = self["rootfs"]?["diff_ids"]?.array, ids.count == count else {
            throw refused("does not have one diff_id for each of the \(count) layers")
        }
        var json = self
        json["rootfs"]?["diff_ids"] = .array(ids.filtered(to: kept))
        guard let history = self["history"]?.array, !history.isEmpty else { return json }
        var layer = 0
        var entries: [JSON] = []
        for entry in history {
            if entry["empty_layer"]?.bool == true {
                entries.append(entry)
            } else {
                if kept.contains(layer) { entries.append(entry) }
                layer += 1
            }
        }
        guard layer == count else { throw refused("has a history of \(layer) layers and not of \(count)") }
        json["history"] = .array(entries)
        return json
    }
}

extension [JSON] {
    fileprivate func filtered(to kept: Set<Int>) -> [JSON] {
        enumerated().filter { kept.contains($0.offset) }.map(\.element)
    }
}
