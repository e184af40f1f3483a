// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
public import Documents
internal import OCI

/// A packed Helm chart with its name and version.
public struct HelmChart: Sendable {
    /// The chart's name.
    public let name: String
    /// Its version.
    public let version: String
    /// The chart as `helm package` writes it.
    public let packed: [UInt8]
    /// `Chart.yaml`.
    public let metadata: JSON

    /// The most bytes of a packed chart. Helm itself refuses charts that unpack to more than 100 MiB.
    public static let sizeLimit = 20 * 1024 * 1024

    /// The media type of the configuration of a chart's artifact.
    public static let configType = "application/vnd.cncf.helm.config.v1+json"
    /// The media type of a packed chart.
    public static let contentType = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
    /// The media type of the signed statement of where a chart comes from.
    public static let provenanceType = "application/vnd.cncf.helm.chart.provenance.v1.prov"

    /// Reads `Chart.yaml` out of a packed chart, and the rest to see that nothing in it harms who unpacks it.
    ///
    /// - Parameter source: names the chart in messages.
    public init(packed: [UInt8], source: String) async throws {
        var limits = ArchiveLimits()
        limits.totalSize = 100 << 20
        let reader = TarReader(ByteStream(packed).gunzipped(source: source), source: source, limits: limits)
        var metadata: [UInt8]?
        while let entry = try await reader.next() {
            guard entry.kind == .file || entry.kind == .folder else {
                throw Fault(
                    .invalid, "\(source) has “\(entry.path)”, which is neither a file nor a folder",
                    fix: "pack the chart with `helm package`, which follows links")
            }
            let parts = entry.path.split(separator: "/")
            guard metadata == nil, parts.count == 2, parts[1] == "Chart.yaml", entry.kind == .file else { continue }
            metadata = try await reader.content().collect(limit: 1024 * 1024, of: "Chart.yaml in \(source)")
        }
        guard let metadata else {
            throw Fault(
                .invalid, "\(source) is no Helm chart: it has no Chart.yaml in its top folder",
                fix: "pack the chart with `helm package`")
        }
        try self.init(metadata: metadata, packed: packed, source: source)
    }

    /// Packs a chart folder: `Chart.yaml` first, the other files in the order of their names, no times, no owners.
    init(folder: String, files: InputFiles, thing: String) async throws {
        let path = "\(folder)/Chart.yaml"
        guard FileSystem.exists(path) else {
            throw Fault(
                .invalid, "\(thing): \(folder) is no Helm chart: it has no Chart.yaml",
                fix: "name the folder that holds Chart.yaml")
        }
        let metadata = try FileSystem.read(path, limit: 1024 * 1024)
        let name = try Self.names(YAML.document(metadata, source: path).root, source: path).name
        var walk = FolderWalk(
            files: files, thing: thing, followLinks: false, include: [], exclude: try Self.ignored(folder))
        try walk.add(folder, relative: "", prefix: "\(name)/")
        // Helm packs files only, and reads Chart.yaml first when it streams.
        let members = walk.members.filter { $0.entry.kind == .file }
        let first = members.filter { $0.entry.path == "\(name)/Chart.yaml" }
        let rest = members.filter { $0.entry.path != "\(name)/Chart.yaml" }
        let packed = try await Tar.stream(first + rest).gzipped().collect(
            limit: Self.sizeLimit, of: "the chart of \(thing)")
        try self.init(metadata: metadata, packed: packed, source: path)
    }

    private init(metadata: [UInt8], packed: [UInt8], source: String) throws(Fault) {
        self.metadata = try YAML.document(metadata, source: source).root
        (name, version) = try Self.names(self.metadata, source: source)
        self.packed = packed
    }

    private static func names(_ json: JSON, source: String) throws(Fault) -> (name: String, version: String) {
        guard let name = json["name"]?.string, !name.isEmpty, !name.contains("/"), !name.hasPrefix("."),
            let version = json["version"].flatMap({ $0.string ?? $0.numberText }), !version.isEmpty
        else {
            throw Fault(.invalid, "\(source) has no “name” and “version”", fix: "complete Chart.yaml")
        }
        return (name, version)
    }

    /// The patterns of `.helmignore`; comments, blank lines and negations, which Helm does not honour for files, are dropped.
    private static func ignored(_ folder: String) throws(Fault) -> [String] {
        let path = "\(folder)/.helmignore"
        guard FileSystem.exists(path) else { return [] }
        let text = String(decoding: try FileSystem.read(path, limit: 64 * 1024), as: UTF8.self)
        return text.split(separator: "\n").map(\.trimmed)
            .filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix("!") }
            .map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// Pushes the artifact that `helm push` would make, without its time of creation: the same chart, the same digest.
    func push(to store: MemoryStore, repository: String) async throws -> OCIDescriptor {
        let config: JSON = ["name": .string(name), "version": .string(version)]
        let configBytes = config.encoded()
        for bytes in [configBytes, packed] {
            _ = try await store.pushBlob(
                BlobSource(digest: Digest(of: bytes), size: Int64(bytes.count), open: { ByteStream(bytes) }),
                in: repository)
        }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest),
            "config": OCIDescriptor(
                mediaType: Self.configType, digest: Digest(of: configBytes), size: Int64(configBytes.count)
            ).json,
            "layers": [
                OCIDescriptor(mediaType: Self.contentType, digest: Digest(of: packed), size: Int64(packed.count)).json
            ],
            "annotations": [
                "org.opencontainers.image.title": .string(name), "org.opencontainers.image.version": .string(version),
            ],
        ]
        return try await store.pushManifest(
            manifest.encoded(), mediaType: MediaType.ociManifest, in: repository, tag: version.replacing("+", with: "_")
        )
    }
}
