// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// The operation that finds a resource in a registry.
    public static let artifactDownloader = Operation(
        OperationType(
            "downloader.resource.oci/v1alpha1",
            summary: """
                Finds an OCI artifact, by a resource of a component version or by its reference. Nothing is read until \
                another operation needs it.
                """,
            properties: [
                .optional("componentDescriptor", .objectSchema, "the descriptor that has the resource"),
                .optional("resource", .objectSchema, "name, version and extra identity of the resource"),
                .optional(
                    "imageReference", .textSchema,
                    "the artifact; for a resource, where to read it instead of where its access says"),
            ],
            outputs: [
                .required("data", .fileSchema, "the artifact, checked against the resource's digest"),
                .required("resource", .objectSchema, "the resource as the descriptor has it"),
            ],
            example: """
                \(ExampleOperations.image)
                """)
    ) { properties, context in
        let reference = try properties["imageReference"]?.string.map { text throws(Fault) in try ImageReference(text) }
        guard let json = properties["componentDescriptor"], json != .null else {
            guard let reference else {
                throw Fault(
                    .invalid, "no artifact is named",
                    fix: "give 'componentDescriptor' and 'resource', or 'imageReference'")
            }
            let artifact = try await context.connections.artifact(reference, thing: "the artifact")
            return ["data": context.file(for: .artifact(artifact)), "resource": reference.resource(artifact)]
        }
        let descriptor = try ComponentDescriptor(json: json, source: "'componentDescriptor'")
        let resource = try descriptor.resource(selectedBy: properties["resource"])
        let thing = "the resource \(resource.identity) of \(descriptor.identity)"
        let content = try await resource.content(of: descriptor, at: reference, thing: thing, context)
        let artifact = try await content.artifact(temporaryFolder: context.temporaryFolder)
        let bound = try await ResourceContent.artifact(artifact).bound(
            to: resource.digest, thing: thing, temporaryFolder: context.temporaryFolder)
        let origin = ContentOrigin(version: descriptor.identity, resource: resource.identity)
        return ["data": context.file(for: bound, origin: origin), "resource": resource.json]
    }
}

extension Resource {
    /// Where the content of a resource is read.
    fileprivate func content(
        of descriptor: ComponentDescriptor, at reference: ImageReference?, thing: String, _ context: OperationContext
    ) async throws -> ResourceContent {
        if let reference { return .artifact(try await context.connections.artifact(reference, thing: thing)) }
        guard let access, let content = try await context.content(of: access, of: descriptor.identity, thing: thing)
        else {
            throw Fault(.notFound, "\(thing) has no content", fix: "name an artifact with 'imageReference'")
        }
        return content
    }
}

extension OperationContext {
    /// The content of an access, wherever it is; nil when the access says that there is none.
    ///
    /// Throws `invalid` for a local access of a component version that no operation before this one read.
    func content(
        of access: TypedSpecification, of identity: ComponentVersionIdentity, thing: String
    ) async throws -> ResourceContent? {
        let methods = AccessMethods(connections)
        guard let (version, repository) = version(identity) else {
            return try await methods.remoteContent(of: access, thing: thing)
        }
        return try await methods.content(of: access, thing: thing, in: version, repository: repository)
    }
}

extension ImageReference {
    /// A resource for an artifact that is in no component version.
    func resource(_ artifact: ArtifactContent) -> JSON {
        let name = repository.split(separator: "/").last.map(String.init) ?? repository
        return [
            "name": .string(name), "version": .string(tag ?? "latest"), "type": "ociArtifact", "relation": "external",
            "access": ["type": "ociArtifact", "imageReference": .string(pinned(to: artifact.root))],
            "digest": DigestSpecification(artifact: artifact.root.digest).json,
        ]
    }

    /// The reference with the digest behind its tag: what it names does not change any more.
    func pinned(to root: OCIDescriptor) -> String {
        (scheme.map { "\($0)://" } ?? "") + "\(host)/\(repository)" + (tag.map { ":\($0)" } ?? "") + "@\(root.digest)"
    }
}
