// SPDX-License-Identifier: Apache-2.0

internal import Archives
internal import Basics
internal import Cryptography
public import Documents

/// A packed Helm chart: its description, digest and size.
public struct PackedChart: Sendable {
    /// The description, `Chart.yaml`.
    public let metadata: JSON
    /// The chart's name.
    public let name: String
    /// The chart's version.
    public let version: String
    let digest: Digest

    /// The most bytes of a packed chart, as Helm has it.
    public static let sizeLimit: Int64 = 20 * 1024 * 1024

    /// Reads a packed chart. Throws `.invalid` when it is none, or when its name or version could lead elsewhere.
    public init(reading content: PackageContent) async throws {
        let bytes = try await content.open().collect(limit: Int(Self.sizeLimit), of: "the chart")
        var limits = ArchiveLimits()
        limits.totalSize = 100 << 20
        let reader = TarReader(ByteStream(bytes).gunzipped(source: "the chart"), source: "the chart", limits: limits)
        var found: [UInt8]?
        while let entry = try await reader.next() {
            let parts = entry.path.split(separator: "/")
            guard found == nil, parts.count == 2, parts[1] == "Chart.yaml", entry.kind == .file else { continue }
            found = try await reader.content().collect(limit: 1024 * 1024, of: "Chart.yaml")
        }
        guard let found else {
            throw Fault(
                .invalid, "the file is no Helm chart: it has no Chart.yaml in its top folder",
                fix: "pack the chart with `helm package`")
        }
        metadata = try YAML.document(found, source: "Chart.yaml").root
        name = metadata["name"]?.string ?? ""
        version = metadata["version"].flatMap { $0.string ?? $0.numberText } ?? ""
        digest = Digest(of: bytes)
        guard Self.isName(name), SemanticVersion(version) != nil, version.utf8.count <= 256 else {
            throw Fault(
                .invalid, "Chart.yaml has no proper “name” and “version”",
                fix: "use letters, digits, dots, dashes and underscores, and a version such as 1.2.3")
        }
    }

    /// The name of the file in a repository.
    var fileName: String { "\(name)-\(version).tgz" }

    private static func isName(_ name: String) -> Bool {
        (1...250).contains(name.utf8.count) && !name.hasPrefix(".") && !name.hasPrefix("-")
            && name.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || "-_.".utf8.contains($0)
            }
    }
}
