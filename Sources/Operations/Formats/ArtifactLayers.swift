// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import OCI

/// Which layer of an artifact holds its content, and how that is compressed.
struct ContentLayer {
    /// How the layer is compressed.
    enum Compression {
        case none, gzip
    }

    /// Where it stands among the layers.
    let index: Int
    let descriptor: OCIDescriptor
    let compression: Compression

    /// The only layer that is a tar; nil when there is none, or several, or when it is an index.
    init?(of manifest: OCIManifest) {
        let found = manifest.layers.enumerated().compactMap { index, layer in
            Self.compression(layer.mediaType).map { (index, layer, $0) }
        }
        guard found.count == 1, let (index, layer, compression) = found.first else { return nil }
        (self.index, descriptor, self.compression) = (index, layer, compression)
    }

    /// How a tar of that media type is compressed; nil when it is no tar that can be unpacked here.
    private static func compression(_ mediaType: String) -> Compression? {
        let type = MediaType(mediaType).rawValue
        if [".tar.gzip", ".tar+gzip", "/tar+gzip", "/x-tar+gzip", ".tar.gz", "/x-tgz", "/gzip"].contains(
            where: type.hasSuffix)
        {
            return .gzip
        }
        return [".tar", "+tar", "/tar", "/x-tar"].contains(where: type.hasSuffix) ? Compression.none : nil
    }
}

extension MediaType {
    /// Configurations of images, which list the digests of their uncompressed layers.
    static let imageConfigs = [
        "application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json",
    ]
    /// A layout of one artifact as an archive.
    static let layoutTar = "application/vnd.ocm.software.oci.layout.v1+tar"
    /// A tar of anything.
    static let tar = "application/x-tar"
}
