// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import Documents
internal import OCI
internal import Orchestration
internal import Repositories

extension Operation {
    static let filterPlatforms = Operation(
        OperationType(
            "filter.platforms/v1alpha1",
            summary: "Leaves platforms out of an image index; the images that stay keep their digests.",
            properties: [
                .required("data", .fileSchema, "an image index"),
                .required(
                    "platforms", .listSchema(of: .textSchema),
                    "the platforms that stay, `os/architecture` or `os/architecture/variant`; each has to be there"),
            ],
            outputs: [.required("data", .fileSchema, "the new index, with a digest of its own")],
            example: """
                - id: getImage
                  type: CTFGetLocalResource/v1alpha1
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/demo
                  version: 1.0.0
                  resourceIdentity: {name: image}
                - id: forServers
                  type: filter.platforms/v1alpha1
                  data: ${getImage.output.file}
                  platforms: [linux/amd64, linux/arm64]
                """)
    ) { properties, context in
        let platforms = (properties["platforms"]?.array ?? []).compactMap(\.string)
        guard !platforms.isEmpty else { throw Fault.nothingToDo("'platforms'") }
        let artifact = try context.content(of: properties["data"]).storedArtifact()
        let manifest = try await artifact.readManifest()
        guard manifest.isIndex else {
            throw Fault(
                .invalid, "\(artifact.root.digest) is an image for one platform, not an index",
                fix: "leave the operation out")
        }
        // One that is missing is a mistake even when another is there.
        for platform in platforms { _ = try await artifact.filtered(platforms: [platform]) }
        let filtered = try await artifact.filtered(platforms: platforms)
        return ["data": context.file(for: .artifact(filtered), origin: try context.origin(of: properties["data"]))]
    }
}

extension ResourceContent {
    /// The content as an OCI artifact. Throws `unsupported` for other bytes.
    func storedArtifact() throws(Fault) -> ArtifactContent {
        guard case .artifact(let artifact) = self else {
            throw Fault(
                .unsupported, "the content is \(mediaType), and no OCI artifact",
                fix: "make one of it first, with localblob.to.oci or tar.to.oci")
        }
        return artifact
    }
}
