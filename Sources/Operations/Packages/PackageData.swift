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
    /// How many bytes there are; known when they were read to their end.
    private let passed = Guarded<Int64?>(nil)
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
            let (open, size, passed) = (blob.open, blob.size, passed)
            digest = known
            content = PackageContent(size: size) {
                let stream = try await open().verified(digest: known, size: size, of: "the content")
                return size == nil ? stream.measured { count in passed.withLock { $0 = count } } : stream
            }
            passed.withLock { $0 = size }
        } else {
            let spool = try await MeasuredSpool(
                blob.open(), temporaryFolder: context.temporaryFolder, name: "the content")
            digest = spool.digest
            content = PackageContent(size: spool.size) { spool.stream() }
            passed.withLock { $0 = spool.size }
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

    /// Publishes the content while progress is told, counted, and left as evidence.
    ///
    /// Bytes count once, also when they had to be sent again; what was there already is spared.
    /// - Parameters:
    ///   - place: where it goes, for people, without secrets.
    ///   - publish: publishes, and says with what came of it whether there was something to do.
    func publish<Result: Sendable>(
        to place: String, _ context: OperationContext,
        _ publish: @Sendable (PackageContent) async throws -> (result: Result, outcome: PublishOutcome)
    ) async throws -> Result {
        let facts = try PlacementEvidence(digest, resource: resource, origin: origin, to: place, context)
        let (content, digest, passed) = (content, digest, passed)
        let thing = origin.map { "“\(resource?["name"]?.string ?? "")” of \($0.version)" } ?? place
        return try await context.evidencing(facts, digest: { _ in digest }) { tally in
            try await context.moving(thing, bytes: content.size) { watch in
                let observer = tally.counting(watch), furthest = Guarded<Int64>(0)
                var content = content
                content.sending = { through in
                    let more = furthest.withLock { furthest in
                        defer { furthest = max(furthest, through) }
                        return through - furthest
                    }
                    if more > 0 { observer.moved(more) }
                }
                let (result, outcome) = try await publish(content)
                let rest = (passed.withLock { $0 } ?? 0) - furthest.withLock { $0 }
                if outcome == .alreadyThere, rest > 0 { observer.skipped(rest) }
                return result
            }
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

extension ByteStream {
    /// The bytes; tells at their end how many there were.
    fileprivate func measured(_ tell: @escaping @Sendable (Int64) -> Void) -> ByteStream {
        let count = Guarded<Int64>(0)
        return ByteStream {
            if let chunk = try await next() {
                count.withLock { $0 += Int64(chunk.count) }
                return chunk
            }
            tell(count.withLock { $0 })
            return nil
        }
    }
}
