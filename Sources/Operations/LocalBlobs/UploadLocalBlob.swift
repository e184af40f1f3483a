// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations that store contents beside a descriptor.
    public static let localBlobUploaders = RepositoryForm.allCases.map(localBlobUploader)

    private static func localBlobUploader(_ form: RepositoryForm) -> Operation {
        Operation(
            OperationType(
                "uploader.localblob.\(form)/v1alpha1",
                summary: """
                    Stores a content beside where its component version will be written; it is visible once that is.
                    """,
                properties: form.properties + [
                    .required("componentDescriptor", .objectSchema, "the descriptor that has the resource"),
                    .required("data", .fileSchema, "the content"),
                    .optional(
                        "resource", .objectSchema,
                        "identity of the resource; without it, the one that the content comes from"),
                    .optional(
                        "referenceName", .textSchema,
                        "what the content is called when it is published as an artifact of its own"),
                ],
                outputs: [
                    .required("descriptor", .objectSchema, "the descriptor with the resource's access and digest"),
                    .required("resource", .objectSchema, "the resource with its access and digest"),
                ], role: .placesContent,
                example: """
                    \(ExampleOperations.localBlob)
                    - type: uploader.localblob.\(form)/v1alpha1
                      id: store
                      \(form.targetExample)
                      componentDescriptor: ${read.outputs.descriptor}
                      data: ${docs.outputs.data}
                    - type: uploader.component.\(form)/v1alpha1
                      \(form.targetExample)
                      componentDescriptor: ${store.outputs.descriptor}
                    """)
        ) { properties, context in
            let repository = try await context.repository(form.required(properties), writing: true)
            let content = try context.content(of: properties["data"])
            let descriptor = try ComponentDescriptor(
                json: properties["componentDescriptor"] ?? .null, source: "'componentDescriptor'")
            let identity = descriptor.identity
            let resource = try descriptor.resource(of: properties, context)
            let thing = resource.map { "“\($0.name)” of \(identity)" } ?? "a resource of \(identity)"
            let facts = try PlacementEvidence(
                content.digest, resource: resource?.json,
                origin: ContentOrigin(
                    version: identity, resource: resource?.identity ?? ElementIdentity(attributes: [:])),
                to: repository.locator.description, context)
            try await context.lookAhead(for: identity, in: repository)
            let placed = try await context.within(memoryFor: content) {
                try await context.evidencing(facts, digest: { $0.descriptor.digest }) { tally in
                    try await context.moving(thing, bytes: content.knownSize()) { watch in
                        try await repository.place(content, for: identity, observer: tally.counting(watch))
                    }
                }
            }
            context.note(placed, for: identity, in: repository.locator)
            let name = properties["referenceName"]?.string
            let found = try await PlacedResource(
                properties, content: content, storedAs: placed.descriptor.digest, context
            ) { LocalBlobAccess.specification(for: placed, referenceName: name ?? $0.referenceName) }
            guard let found, let descriptor = found.descriptor else {
                throw Fault(.internal, "a descriptor was given and is not there")
            }
            context.relocate(found.origin, to: found.resource.json, in: repository.locator)
            return ["descriptor": descriptor.json, "resource": found.resource.json]
        }
    }
}

extension ComponentDescriptor {
    /// The resource whose content is stored: by its selector, else by where the content comes from; nil when neither
    /// says.
    fileprivate func resource(of properties: JSON, _ context: OperationContext) throws(Fault) -> Resource? {
        if let selector = properties["resource"], selector != .null { return try resource(selectedBy: selector) }
        guard let origin = try context.origin(of: properties["data"]), origin.version == identity else { return nil }
        return resources.first { $0.identity == origin.resource }
    }
}

extension Resource {
    /// What the content was called before: by its local access, or by repository and tag of an image reference.
    fileprivate var referenceName: String? {
        if let name = access?.json["referenceName"]?.string { return name }
        guard let text = access?.json["imageReference"]?.string, let reference = try? ImageReference(text) else {
            return nil
        }
        return reference.repository + (reference.tag.map { ":\($0)" } ?? "")
    }
}
