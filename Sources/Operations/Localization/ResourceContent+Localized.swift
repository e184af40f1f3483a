// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Cryptography
internal import Documents
internal import Localization
internal import OCI
internal import Repositories

extension ResourceContent {
    /// The content with changed files, new in every respect: its digest is that of its new bytes.
    ///
    /// Read to its end here, so that a mistake shows where it is made. A chart in an artifact becomes another artifact
    /// whose manifest keeps all but the layer; other artifacts are refused.
    ///
    /// - Parameter dropsProvenance: whether a chart loses its provenance, which a changed chart does not fit.
    func localized(
        by localizer: ContentLocalizer, dropsProvenance: Bool, temporaryFolder: String?
    ) async throws -> (content: ResourceContent, files: [String]) {
        switch self {
        case .blob(let blob):
            var stream = try await blob.open()
            if let digest = blob.digest {
                stream = stream.verified(digest: digest, size: blob.size, of: "the content to localise")
            }
            let (changed, report) = try await localizer.localized(stream, source: "the content")
            let spool = try await MeasuredSpool(
                changed, temporaryFolder: temporaryFolder, name: "the localised content")
            return (.blob(spool.blob(mediaType: blob.mediaType)), report.changedFiles)
        case .artifact(let artifact):
            let (changed, files) = try await artifact.localizedChart(
                by: localizer, dropsProvenance: dropsProvenance, temporaryFolder: temporaryFolder)
            return (.artifact(changed), files)
        }
    }
}

extension ArtifactContent {
    private static let chartType = "application/vnd.cncf.helm.config.v1+json"
    private static let chartLayer = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    private static let provenanceLayer = "application/vnd.cncf.helm.chart.provenance.v1.prov"

    fileprivate func localizedChart(
        by localizer: ContentLocalizer, dropsProvenance: Bool, temporaryFolder: String?
    ) async throws -> (artifact: ArtifactContent, files: [String]) {
        let manifest = try await readManifest()
        guard manifest.config?.mediaType == Self.chartType,
            let index = manifest.layers.firstIndex(where: { $0.mediaType == Self.chartLayer }),
            manifest.layers.allSatisfy({ [Self.chartLayer, Self.provenanceLayer].contains($0.mediaType) }),
            manifest.layers.filter({ $0.mediaType == Self.chartLayer }).count == 1
        else {
            throw Fault(
                .unsupported, "the artifact \(root.digest) is no Helm chart, so it is not known what to change in it",
                fix: "convert it with oci.to.tar, change that, and convert it back with tar.to.oci")
        }
        let provenances = manifest.layers.indices.filter { manifest.layers[$0].mediaType == Self.provenanceLayer }
        guard provenances.isEmpty || dropsProvenance else {
            throw Fault(
                .unsupported,
                "the chart \(root.digest) has a provenance, whose signature a changed chart does not have",
                fix: "set 'dropProvenance: true' to leave it out, and sign the component version")
        }
        let layer = manifest.layers[index]
        let stream = try await store.openBlob(layer.digest, size: layer.size, in: repository)
        let (changed, report) = try await localizer.localized(stream, source: "the chart")
        let bytes = try await MeasuredSpool(
            changed, temporaryFolder: temporaryFolder, name: "the localised content")
        var overlay = OverlayStore(over: store)
        let blob = bytes.blob(mediaType: layer.mediaType)
        overlay.add(bytes.digest, size: bytes.size, open: blob.open)
        var layers = manifest.json["layers"]?.array ?? []
        layers[index].point(to: bytes.digest, size: bytes.size)
        for provenance in provenances.reversed() { layers.remove(at: provenance) }
        var json = manifest.json
        json["layers"] = .array(layers)
        return (adding(json, as: manifest.mediaType, to: overlay), report.changedFiles)
    }

    /// The manifest of the artifact.
    func readManifest() async throws -> OCIManifest {
        let (bytes, mediaType) = try await store.manifest(root.digest, in: repository)
        try root.require(size: bytes.count, of: "\(repository)@\(root.digest)")
        return try OCIManifest(parsing: bytes, mediaType: mediaType, source: "\(repository)@\(root.digest)")
    }

    /// The artifact with another manifest, over a store that has what is new in it.
    func adding(_ manifest: JSON, as mediaType: MediaType, to store: OverlayStore) -> ArtifactContent {
        var overlay = store
        let root = overlay.add(manifest: manifest.encoded(), mediaType: mediaType.rawValue)
        return ArtifactContent(store: overlay, repository: repository, root: root)
    }
}

extension JSON {
    /// Lets a descriptor of OCI name other bytes; what it said of the old ones alone goes.
    mutating func point(to digest: Digest, size: Int64) {
        self["digest"] = .string(digest.description)
        self["size"] = .number(JSONNumber(size))
        self["data"] = nil
        self["urls"] = nil
    }
}
