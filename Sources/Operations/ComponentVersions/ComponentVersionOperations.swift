// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations on component versions and what is stored beside them, as the graphs of the OCM command line name
    /// them: once for registries and once for archives, which do the same.
    public static let componentVersions: [Operation] = ["OCI", "CTF"].flatMap { kind in
        [getComponentVersion(kind), addComponentVersion(kind), getLocalResource(kind), addLocalResource(kind)]
    }

    private static let repository = Property.required(
        "repository", .objectSchema, "the repository, as its specification describes it")
    private static let identity: [Property] = [
        .required("component", .textSchema, "the component's name"),
        .required("version", .textSchema, "its version"),
    ]
    private static let descriptor = Property.required("descriptor", .objectSchema, "a component descriptor")

    private static func getComponentVersion(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)GetComponentVersion/v1alpha1", summary: "Reads the descriptor of a component version.",
                properties: [repository] + identity, outputs: [descriptor])
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null)
            let version = try await context.stored(ComponentVersionIdentity(of: properties), in: repository)
            _ = context.data(for: version, in: repository)
            return ["descriptor": version.descriptor.json]
        }
    }

    private static func addComponentVersion(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)AddComponentVersion/v1alpha1",
                summary: "Writes a descriptor whose local contents were added, and makes the version visible.",
                properties: [repository, descriptor],
                outputs: [
                    descriptor,
                    .required("digest", .textSchema, "the digest of the manifest or index that it is stored as"),
                ],
                role: .writesDescriptor)
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null, writing: true)
            let descriptor = try ComponentDescriptor(json: properties["descriptor"] ?? .null, source: "'descriptor'")
            let digest = try await repository.commit(
                descriptor, contents: context.contents(for: descriptor, in: repository))
            return ["descriptor": descriptor.json, "digest": .string(digest.description)]
        }
    }

    private static func getLocalResource(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)GetLocalResource/v1alpha1",
                summary: "Reads a resource that is stored beside its descriptor.",
                properties: [repository] + identity + [
                    .required("resourceIdentity", .objectSchema, "name, version and extra identity of the resource")
                ],
                outputs: [
                    .required("file", .fileSchema, "its content"),
                    .required("resource", .objectSchema, "the resource as the descriptor has it"),
                ])
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null)
            let version = try await context.stored(ComponentVersionIdentity(of: properties), in: repository)
            let resource = try version.descriptor.resource(selectedBy: properties["resourceIdentity"])
            guard let access = resource.access, LocalBlobAccess.typeNames.contains(access.type.name) else {
                throw Fault(
                    .unsupported, "the resource \(resource.identity) of \(version.identity) is not stored beside it",
                    fix: "read it with an operation for its access")
            }
            let content = try await repository.content(
                of: LocalBlobAccess(access, of: "resource \(resource.identity)"), in: version)
            let origin = ContentOrigin(version: version.identity, resource: resource.identity)
            return ["file": context.file(for: content, origin: origin), "resource": resource.json]
        }
    }

    private static func addLocalResource(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)AddLocalResource/v1alpha1",
                summary: "Places a resource's content beside where its component version will be written.",
                properties: [repository] + identity + [
                    .required("resource", .objectSchema, "the resource; its access may name a 'referenceName'"),
                    .required("file", .fileSchema, "its content"),
                    .optional("globalAccessPolicy", .textSchema, "accepted and not needed"),
                ],
                outputs: [.required("resource", .objectSchema, "the resource with its access")],
                role: .placesContent)
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null, writing: true)
            let identity = try ComponentVersionIdentity(of: properties)
            return [
                "resource": try await context.place(
                    context.content(of: properties["file"]), as: properties["resource"] ?? [:], of: identity,
                    in: repository)
            ]
        }
    }
}

extension OperationContext {
    /// What was placed for a descriptor that is written now, and what the version that is there already has of the rest.
    func contents(
        for descriptor: ComponentDescriptor, in repository: any ComponentVersionRepository
    ) async throws -> LocalContents {
        var contents = placedContents(for: descriptor.identity, in: repository.locator)
        let local = (descriptor.resources.map(\.access) + descriptor.sources.map(\.access)).compactMap { access in
            access.flatMap { try? LocalBlobAccess($0, of: "") }?.digest
        }
        let missing = Set(local.filter { contents.blobs[$0] == nil && contents.artifacts[$0] == nil })
        guard !missing.isEmpty, let existing = try await repository.find(descriptor.identity) else { return contents }
        for digest in missing {
            contents.blobs[digest] = existing.contents.blobs[digest]
            contents.artifacts[digest] = existing.contents.artifacts[digest]
        }
        return contents
    }

    /// Places the content of a resource or source beside where its component version will be written, checked against
    /// the digest that the element states while it moves; gives the element with its new access.
    func place(
        _ content: ResourceContent, as element: JSON, of identity: ComponentVersionIdentity,
        in repository: any ComponentVersionRepository, referenceName: String? = nil
    ) async throws -> JSON {
        let thing = "“\(element["name"]?.string ?? "")” of \(identity)"
        let expected = try DigestSpecification.read(element["digest"], of: thing)
        let placed = try await within(memoryFor: content) {
            var content = content
            if let expected, !expected.isExcluded {
                content = try await content.bound(to: expected, thing: thing, temporaryFolder: temporaryFolder)
            }
            return try await moving(thing, bytes: content.knownSize(), to: repository.locator) { [content] watch in
                try await repository.place(content, for: identity, observer: watch)
            }
        }
        note(placed, for: identity, in: repository.locator)
        var element = element
        element["access"] = LocalBlobAccess.specification(
            for: placed, referenceName: referenceName ?? element["access"]?["referenceName"]?.string)
        return element
    }
}

extension ComponentVersionIdentity {
    /// The component version that `component` and `version` of an operation's properties name.
    init(of properties: JSON) throws(Fault) {
        self.init(
            name: try ComponentName(properties["component"]?.string ?? ""),
            version: try ComponentVersion(properties["version"]?.string ?? ""))
    }
}

extension ComponentDescriptor {
    /// The one resource that a selector names, an object of name, version and extra identity.
    ///
    /// Throws `notFound` when none or several fit.
    func resource(selectedBy selector: JSON?) throws(Fault) -> Resource {
        var attributes: [String: String] = [:]
        for (key, value) in selector?.object ?? [:] { attributes[key] = value.string }
        if let exact = resources.first(where: { $0.identity.attributes == attributes }) { return exact }
        let found = resources.filter { $0.identity.matches(attributes) }
        guard found.count == 1 else {
            throw Fault(
                .notFound, "\(found.count) resources of \(identity) match \(ElementIdentity(attributes: attributes))",
                fix: "name the resource so that one matches; `ocm get resources` lists them")
        }
        return found[0]
    }
}
