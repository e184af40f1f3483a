// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
public import Orchestration
internal import Repositories
internal import Transfer

extension Operation {
    /// Operations that write whole component versions.
    public static let componentUploaders = RepositoryForm.allCases.map(componentUploader)

    private static func componentUploader(_ form: RepositoryForm) -> Operation {
        Operation(
            OperationType(
                "uploader.component.\(form)/v1alpha1",
                summary: """
                    Writes a component version, with its local contents from where it was read, and with the places \
                    and digests that operations before this one gave to its resources.
                    """,
                properties: form.properties + [
                    .optional("data", .objectSchema, "a component version that was read"),
                    .optional(
                        "componentDescriptor", .objectSchema, "its descriptor; without it, the one that was read"),
                    SignaturePolicy.property,
                ],
                outputs: [
                    .required("descriptor", .objectSchema, "the descriptor that was written"),
                    .required("digest", .textSchema, "the digest of the manifest it is stored as"),
                ], role: .writesDescriptor,
                example: """
                    \(ExampleOperations.component)
                    - type: uploader.component.\(form)/v1alpha1
                      \(form.targetExample)
                      data: ${read.outputs.data}
                      signatures: drop
                    """)
        ) { properties, context in
            let policy = try SignaturePolicy(properties)
            let given = try GivenDescriptor(properties, context)
            let repository = try await context.repository(form.required(properties), writing: true)
            var descriptor = try given.descriptor.relocated(by: context, in: repository.locator)
            try policy.apply(to: &descriptor)
            let contents = try await LocalContentCarrier(context, repository, source: given.source)
                .carry(&descriptor)
            let digest = try await repository.commit(descriptor, contents: contents)
            try context.evidence(
                .versionCommitted(
                    EvidenceSubject(descriptor.identity), action: "write", digest: digest,
                    to: repository.locator.description))
            return ["descriptor": descriptor.json, "digest": .string(digest.description)]
        }
    }
}

/// The descriptor that an operation is given, by itself or as that of a component version that was read.
struct GivenDescriptor {
    let descriptor: ComponentDescriptor
    /// The component version as it was read, if it was.
    let source: (version: StoredComponentVersion, repository: any ComponentVersionRepository)?

    /// Reads `componentDescriptor` and `data`. Throws `invalid` when there is neither, and when they are of two
    /// component versions.
    init(_ properties: JSON, _ context: OperationContext) throws(Fault) {
        var named: ComponentVersionIdentity?
        if let data = properties["data"], data != .null {
            guard data["type"] == "ComponentVersion/v1alpha1" else {
                throw Fault(
                    .invalid, "'data' is no component version", fix: "take it from the 'data' of downloader.component")
            }
            named = try ComponentVersionIdentity(of: data)
        }
        if let json = properties["componentDescriptor"], json != .null {
            descriptor = try ComponentDescriptor(json: json, source: "'componentDescriptor'")
            if let named, named != descriptor.identity {
                throw Fault(.invalid, "'data' is \(named) and 'componentDescriptor' is of \(descriptor.identity)")
            }
            source = context.version(descriptor.identity)
            return
        }
        guard let named else {
            throw Fault(
                .invalid, "neither 'data' nor 'componentDescriptor' is given",
                fix: "take one from an operation that reads a component version")
        }
        guard let found = context.version(named) else {
            throw Fault(.invalid, "'data' is \(named), which no operation before this one read")
        }
        (descriptor, source) = (found.version.descriptor, found)
    }
}
