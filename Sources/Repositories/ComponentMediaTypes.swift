// SPDX-License-Identifier: Apache-2.0

public import OCI

/// The media types of stored component versions, current and historic.
extension MediaType {
    static let descriptorJSON = "application/vnd.ocm.software.component-descriptor.v2+json"
    static let componentConfig = "application/vnd.ocm.software.component.config.v1+json"
    static let componentArtifactType = "application/vnd.ocm.software.component-descriptor.v2"
    static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    static let ociIndex = "application/vnd.oci.image.index.v1+json"

    /// Configurations that name the descriptor layer.
    static let componentConfigs: Set<String> = [
        componentConfig, "application/vnd.gardener.cloud.cnudie.component.config.v1+json",
        "application/vnd.oci.gardener.cloud.cnudie.component-descriptor-metadata.config.v2+json",
    ]

    /// Whether a layer of this type is a component descriptor.
    static func isDescriptor(_ mediaType: String) -> Bool {
        let known = [
            "application/vnd.ocm.software.component-descriptor.v2",
            "application/vnd.gardener.cloud.cnudie.component-descriptor.v2",
            "application/vnd.oci.gardener.cloud.cnudie.component-descriptor.config.v2",
        ]
        return known.contains { mediaType == $0 || mediaType.hasPrefix($0 + "+") }
    }

    /// Whether a blob of this type is an archive of one OCI artifact: an artifact set or an OCI layout.
    public static func isArtifactArchive(_ mediaType: String) -> Bool {
        guard mediaType.hasSuffix("+tar") || mediaType.hasSuffix("+tar+gzip") else { return false }
        return [
            "application/vnd.ocm.software.oci.layout.v1", "application/vnd.oci.image.manifest.v1",
            "application/vnd.oci.image.index.v1", "application/vnd.docker.distribution.manifest.v2",
            "application/vnd.docker.distribution.manifest.list.v2",
        ].contains { mediaType.hasPrefix($0 + "+") }
    }
}
