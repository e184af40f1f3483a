// SPDX-License-Identifier: Apache-2.0

/// A media type of the OCI image specification or of Docker's, which mean the same.
public struct MediaType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public let rawValue: String
    /// The text.
    public var description: String { rawValue }
    /// Takes a text without parameters.
    public init(rawValue: String) {
        self.rawValue = rawValue.split(separator: ";").first.map { String($0) } ?? rawValue
    }
    /// Takes a text.
    public init(_ text: String) { self.init(rawValue: text) }

    /// An OCI image manifest.
    public static let imageManifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    /// An OCI image index.
    public static let imageIndex = MediaType("application/vnd.oci.image.index.v1+json")
    /// Docker's image manifest.
    public static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    /// Docker's manifest list.
    public static let dockerManifestList = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    /// Bytes of which nothing is known.
    public static let octetStream = MediaType("application/octet-stream")

    /// Whether it is a manifest with layers.
    public var isManifest: Bool { self == .imageManifest || self == .dockerManifest }
    /// Whether it is a list of manifests.
    public var isIndex: Bool { self == .imageIndex || self == .dockerManifestList }
}
