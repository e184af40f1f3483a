// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations on OCI artifacts as the graphs of the OCM command line name them.
    public static let graphArtifacts: [Operation] = [getOCIArtifact, addOCIArtifact, transferOCIArtifact]

    private static let resource = Property.required("resource", .objectSchema, "the resource, with its access")
    private static let outputPath = Property.optional("outputPath", .textSchema, "accepted and not needed")
    private static let result = Property.required(
        "resource", .objectSchema, "the resource with the reference of what was written, with its digest")
    private static let example = """
        - type: GetOCIArtifact/v1alpha1
          id: get
          resource:
            name: image
            version: 1.0.0
            type: ociImage
            relation: external
            access: {type: ociArtifact, imageReference: "registry.acme.org/source/demo:1.0.0"}
        """

    private static let getOCIArtifact = Operation(
        OperationType(
            "GetOCIArtifact/v1alpha1", summary: "Finds the OCI artifact that is the content of a resource.",
            properties: [resource, outputPath],
            outputs: [
                .required("file", .fileSchema, "the artifact, checked against the resource's digest"),
                .required("resource", .objectSchema, "the resource as it was given"),
            ], example: example)
    ) { properties, context in
        let resource = StatedResource(properties["resource"] ?? [:])
        let artifact = try await resource.artifact(context)
        return ["file": context.file(for: .artifact(artifact)), "resource": resource.json]
    }

    private static let addOCIArtifact = Operation(
        OperationType(
            "AddOCIArtifact/v1alpha1",
            summary:
                "Writes an OCI artifact to where the access of a resource says; its digest must be the resource's.",
            properties: [resource, .required("file", .fileSchema, "the artifact, or an archive of one")],
            outputs: [result], role: .placesContent,
            example: example + "\n" + """
                - type: AddOCIArtifact/v1alpha1
                  id: add
                  resource:
                    name: image
                    version: 1.0.0
                    type: ociImage
                    relation: external
                    access: {type: ociArtifact, imageReference: "registry.acme.org/target/demo:1.0.0"}
                  file: ${get.output.file}
                """)
    ) { properties, context in
        let content = try context.content(of: properties["file"])
        let artifact = try await content.artifact(temporaryFolder: context.temporaryFolder)
        let origin = try context.origin(of: properties["file"])
        return try await StatedResource(properties["resource"] ?? [:]).place(artifact, origin, context)
    }

    private static let transferOCIArtifact = Operation(
        OperationType(
            "TransferOCIArtifact/v1alpha1",
            summary: "Copies the OCI artifact of a resource to where the access of another says, blob by blob.",
            properties: [
                resource, .required("targetResource", .objectSchema, "the resource as it will be, with its new access"),
            ], outputs: [result], role: .placesContent,
            example: """
                - type: TransferOCIArtifact/v1alpha1
                  id: transfer
                  resource:
                    name: image
                    version: 1.0.0
                    type: ociImage
                    relation: external
                    access: {type: ociArtifact, imageReference: "registry.acme.org/source/demo:1.0.0"}
                  targetResource:
                    name: image
                    version: 1.0.0
                    type: ociImage
                    relation: external
                    access: {type: ociArtifact, imageReference: "registry.acme.org/target/demo:1.0.0"}
                """)
    ) { properties, context in
        let artifact = try await StatedResource(properties["resource"] ?? [:]).artifact(context)
        return try await StatedResource(properties["targetResource"] ?? [:]).place(artifact, nil, context)
    }
}

extension StatedResource {
    /// The artifact that the resource is; its digest, if it has one, must be the artifact's.
    fileprivate func artifact(_ context: OperationContext) async throws -> ArtifactContent {
        let access = try access()
        guard let content = try await AccessMethods(context.connections).remoteContent(of: access, thing: thing) else {
            throw Fault(.notFound, "\(thing) has no content")
        }
        let artifact = try await content.artifact(temporaryFolder: context.temporaryFolder)
        try await check(artifact, context)
        return artifact
    }

    /// Writes an artifact to where the access says.
    fileprivate func place(
        _ artifact: ArtifactContent, _ origin: ContentOrigin?, _ context: OperationContext
    ) async throws -> JSON {
        let access = try access()
        guard AccessMethods.canonicalName(access.type) == "ociArtifact",
            let text = access.json["imageReference"]?.string
        else {
            throw Fault(
                .unsupported, "\(thing) goes to an access of type “\(access.type)”, which is no registry",
                fix: "give it an 'ociArtifact' access with an 'imageReference'")
        }
        let reference = try ImageReference(text)
        try await check(artifact, context)
        let facts = try PlacementEvidence(artifact, resource: json, origin: origin, to: reference, context)
        try await artifact.publish(at: reference, facts, context)
        var new = access.json
        new["imageReference"] = .string(reference.pinned(to: artifact.root))
        return ["resource": json(access: new)]
    }

    private func check(_ artifact: ArtifactContent, _ context: OperationContext) async throws {
        _ = try await ResourceContent.artifact(artifact).bound(
            to: digest(), thing: thing, temporaryFolder: context.temporaryFolder)
    }
}
