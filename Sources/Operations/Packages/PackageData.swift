// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Orchestration
internal import PackageRepositories
internal import Repositories

/// What an uploader publishes: bytes with their digest, and the resource they are, if that is known.
struct PackageData: Sendable {
    let content: PackageContent
    let digest: Digest
    let mediaType: String
    private let origin: ContentOrigin?
    private let resource: JSON?
    private let descriptor: ComponentDescriptor?

    /// Properties that say what is published; others say where.
    static let properties: [Property] = [
        .required("data", .fileSchema, "the content, from the output of another operation"),
        .optional("componentDescriptor", .objectSchema, "the descriptor whose resource this is"),
        .optional("resource", .objectSchema, "which resource of it: name, version and extra identity"),
    ]
    /// What an uploader yields.
    static let outputs: [Property] = [
        .required("resource", .objectSchema, "the resource with its new access and digest"),
        .optional("descriptor", .objectSchema, "the descriptor with this resource in it"),
        .required("outcome", .textSchema, "published, alreadyThere or replaced"),
    ]

    /// Reads the properties.
    ///
    /// Content whose digest is known passes through and is checked on the way. Of other content nobody could say what was
    /// published, so it is read into a temporary file first.
    /// - Parameter layerType: when an OCI artifact will do, the media type of the one layer of it that is published.
    init(_ properties: JSON, _ context: OperationContext, layerType: String? = nil) async throws {
        var data = try context.content(of: properties["data"])
        if let layerType, case .artifact(let artifact) = data { data = .blob(try await artifact.file(of: layerType)) }
        guard case .blob(let blob) = data else {
            throw Fault(
                .unsupported, "'data' is an OCI artifact, which this kind of repository does not take",
                fix: "make a file of it first, as with oci.to.maven/v1alpha1")
        }
        mediaType = blob.mediaType
        if let known = blob.digest {
            let (open, size) = (blob.open, blob.size)
            digest = known
            content = PackageContent(size: size) {
                try await open().verified(digest: known, size: size, of: "the content")
            }
        } else {
            let spool = try await MeasuredSpool(
                blob.open(), temporaryFolder: context.temporaryFolder, name: "the content")
            digest = spool.digest
            content = PackageContent(size: spool.size) { spool.stream() }
        }
        if let json = properties["componentDescriptor"], json != .null {
            let read = try ComponentDescriptor(json: json, source: "'componentDescriptor'")
            let found = try read.resource(selectedBy: properties["resource"])
            (descriptor, resource) = (read, found.json)
            origin = ContentOrigin(version: read.identity, resource: found.identity)
        } else {
            let known = try context.origin(of: properties["data"])
            let read = known.flatMap { context.version($0.version)?.version.descriptor }
            (descriptor, origin) = (read, known)
            resource = properties["resource"] ?? read?.resources.first { $0.identity == known?.resource }?.json
        }
    }

    /// What the operation yields, noted for when the component's descriptor is written.
    ///
    /// The digest stays as it is when it is that of these bytes: a signature may cover it.
    func published(
        as access: JSON, _ outcome: PublishOutcome, _ context: OperationContext
    ) throws(Fault) -> JSON {
        var resource = resource ?? [:]
        resource["access"] = access
        let old = try DigestSpecification.read(resource["digest"], of: "the resource")
        let ours = DigestSpecification(blob: digest)
        if old.map({ !$0.isSameContent(as: ours) }) ?? true { resource["digest"] = ours.json }
        var outputs: JSON = ["resource": resource, "outcome": .string(outcome.rawValue)]
        if let origin { context.relocate(origin, to: resource) }
        if let origin, var changed = descriptor {
            guard let index = changed.resources.firstIndex(where: { $0.identity == origin.resource }) else {
                return outputs
            }
            changed.resources[index] = try Resource(resource, place: "the resource")
            outputs["descriptor"] = changed.json
        }
        return outputs
    }
}
