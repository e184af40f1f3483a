// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that writes a resource into a registry.
    public static let artifactUploader = Operation(
        OperationType(
            "uploader.resource.oci/v1alpha1", aliases: ["uploader.oci/v1alpha1"],
            summary: """
                Writes an OCI artifact into a registry under a tag. The component version that it comes from, when it \
                is written later, names the new place, and the new digest where the content has changed.
                """,
            properties: [
                .required("imageReference", .textSchema, "where it goes: HOST/REPOSITORY:TAG"),
                .required("data", .fileSchema, "the artifact, or an archive of one"),
                .optional("componentDescriptor", .objectSchema, "the descriptor that has the resource"),
                .optional(
                    "resource", .objectSchema,
                    "identity of the resource; without it, the one that the content comes from"),
            ],
            outputs: [
                .required(
                    "resource", .objectSchema,
                    "the resource with its access, `ociArtifact` with tag and digest, and its digest"),
                .optional("descriptor", .objectSchema, "the descriptor that was given, with the resource in it"),
            ], role: .placesContent,
            example: """
                \(ExampleOperations.image)
                - type: uploader.resource.oci/v1alpha1
                  id: place
                  imageReference: registry.acme.org/images/demo:1.0.0
                  data: ${image.outputs.data}
                """)
    ) { properties, context in
        let reference = try ImageReference(properties["imageReference"]?.string ?? "")
        let content = try context.content(of: properties["data"])
        let artifact = try await content.artifact(temporaryFolder: context.temporaryFolder)
        let facts = try PlacementEvidence(artifact, properties, to: reference, context)
        try await artifact.publish(at: reference, facts, context)
        let access: JSON = ["type": "ociArtifact", "imageReference": .string(reference.pinned(to: artifact.root))]
        guard
            let placed = try await PlacedResource(
                properties, content: .artifact(artifact), storedAs: artifact.root.digest, context,
                access: { _ in access })
        else { return ["resource": reference.resource(artifact)] }
        context.relocate(placed.origin, to: placed.resource.json)
        var outputs: JSON = ["resource": placed.resource.json]
        if let descriptor = placed.descriptor { outputs["descriptor"] = descriptor.json }
        return outputs
    }
}

extension ArtifactContent {
    /// Copies the artifact into a registry under a tag; each blob is checked while it moves.
    ///
    /// Throws `invalid` for a reference without a tag, since registries remove what has none, and `mismatch` when the
    /// reference has a digest that is not the artifact's.
    func publish(at reference: ImageReference, _ facts: PlacementEvidence, _ context: OperationContext) async throws {
        guard let tag = reference.tag else {
            throw Fault(
                .invalid, "\(reference) has no tag to write the artifact under", fix: "write it as HOST/REPOSITORY:TAG")
        }
        if let digest = reference.digest, digest != root.digest {
            throw Fault(.mismatch, "\(reference) should be written, and the artifact is \(root.digest)")
        }
        let registry = try context.connections.registry(for: reference)
        try await context.evidencing(facts, digest: { _ in root.digest }) { tally in
            try await context.moving("\(reference)", bytes: size()) { watch in
                try await copy(
                    to: registry, repository: reference.registryRepository, tag: tag, observer: tally.counting(watch))
            }
        }
    }
}

extension PlacementEvidence {
    /// Evidence of an artifact whose resource the properties of an uploader name, or the content's origin does.
    fileprivate init(
        _ artifact: ArtifactContent, _ properties: JSON, to target: ImageReference, _ context: OperationContext
    ) throws {
        var (origin, resource) = (try context.origin(of: properties["data"]), JSON.object([:]))
        if let json = properties["componentDescriptor"], json != .null {
            let descriptor = try ComponentDescriptor(json: json, source: "'componentDescriptor'")
            if let selector = properties["resource"], selector != .null {
                let named = try descriptor.resource(selectedBy: selector)
                origin = ContentOrigin(version: descriptor.identity, resource: named.identity)
            }
            let found = descriptor.resources.first { $0.identity == origin?.resource }
            if let found, origin?.version == descriptor.identity { resource = found.json }
        } else if let known = origin {
            let descriptor = context.version(known.version)?.version.descriptor
            resource = descriptor?.resources.first { $0.identity == known.resource }?.json ?? resource
        }
        try self.init(artifact, resource: resource, origin: origin, to: target, context)
    }
}
