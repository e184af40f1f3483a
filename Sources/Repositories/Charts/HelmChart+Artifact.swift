// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import OCI

extension HelmChart {
    /// The artifact that `helm push` makes of the chart, without its time of creation: the same chart, the same digest.
    ///
    /// Its configuration is all of `Chart.yaml`, its layers are sorted by digest, and its annotations are the standard
    /// ones and those of the chart (Helm documentation, “Use OCI-based registries”).
    ///
    /// - Parameter provenance: the signed statement beside the chart, `<name>-<version>.tgz.prov`.
    public func artifact(provenance: [UInt8]? = nil) -> ArtifactContent {
        var store = OverlayStore(name: "chart \(name)")
        let config = store.add(metadata.encoded(), mediaType: Self.configType)
        var layers = [store.add(packed, mediaType: Self.contentType)]
        if let provenance { layers.append(store.add(provenance, mediaType: Self.provenanceType)) }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest), "config": config.json,
            "layers": .array(layers.sorted { $0.digest < $1.digest }.map(\.json)),
            "annotations": .object(JSONObject(annotations.sorted { $0.key < $1.key }.map { ($0, .string($1)) })),
        ]
        let root = store.add(manifest: manifest.encoded(), mediaType: MediaType.ociManifest)
        return ArtifactContent(store: store, repository: "chart", root: root)
    }

    private var annotations: [String: String] {
        var annotations: [String: String] = [:]
        for (key, value) in metadata["annotations"]?.object ?? [:] { annotations[key] = value.string }
        func set(_ name: String, _ value: String?) {
            guard let value, !value.isEmpty else { return }
            annotations["org.opencontainers.image.\(name)"] = value
        }
        set("description", metadata["description"]?.string)
        set("url", metadata["home"]?.string)
        set("source", metadata["sources"]?.array?.first?.string)
        let authors = (metadata["maintainers"]?.array ?? []).compactMap { maintainer -> String? in
            guard let name = maintainer["name"]?.string else { return nil }
            return maintainer["email"]?.string.map { "\(name) (\($0))" } ?? name
        }
        set("authors", authors.joined(separator: ", "))
        set("title", name)
        set("version", version)
        return annotations
    }
}
