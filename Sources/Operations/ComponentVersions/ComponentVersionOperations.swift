// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Evidence
internal import OCI
public import Orchestration
internal import Repositories
internal import Transfer

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

    private static func example(_ kind: String, _ name: String) -> String {
        kind == "CTF"
            ? "{type: CommonTransportFormat/v1, filePath: ./\(name)}"
            : "{type: OCIRepository/v1, baseUrl: registry.acme.org, subPath: \(name)}"
    }

    private static func readExample(_ kind: String) -> String {
        """
        - type: \(kind)GetComponentVersion/v1alpha1
          id: read
          repository: \(example(kind, "source"))
          component: acme.org/demo
          version: 1.0.0
        """
    }

    private static func getExample(_ kind: String) -> String {
        """
        - type: \(kind)GetLocalResource/v1alpha1
          id: get
          repository: \(example(kind, "source"))
          component: acme.org/demo
          version: 1.0.0
          resourceIdentity: {name: docs}
        """
    }

    private static func getComponentVersion(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)GetComponentVersion/v1alpha1", summary: "Reads the descriptor of a component version.",
                properties: [repository] + identity, outputs: [descriptor], role: .readsVersion,
                example: readExample(kind))
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
                role: .writesDescriptor,
                example: """
                    \(readExample(kind))
                    - type: \(kind)AddComponentVersion/v1alpha1
                      id: write
                      repository: \(example(kind, "target"))
                      descriptor: ${read.output.descriptor}
                    """)
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null, writing: true)
            var descriptor = try ComponentDescriptor(json: properties["descriptor"] ?? .null, source: "'descriptor'")
            let contents = try await LocalContentCarrier(context, repository, source: nil).carry(&descriptor)
            let digest = try await repository.commit(descriptor, contents: contents)
            try context.evidence(
                .versionCommitted(
                    EvidenceSubject(descriptor.identity), action: "write", digest: digest,
                    to: repository.locator.description))
            return ["descriptor": descriptor.json, "digest": .string(digest.description)]
        }
    }

    private static func getLocalResource(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)GetLocalResource/v1alpha1",
                summary: "Reads a resource that is stored beside its descriptor.",
                properties: [repository] + identity + [
                    .required("resourceIdentity", .objectSchema, "name, version and extra identity of the resource"),
                    .optional("outputPath", .textSchema, "accepted and not needed"),
                ],
                outputs: [
                    .required("file", .fileSchema, "its content"),
                    .required("resource", .objectSchema, "the resource as the descriptor has it"),
                ],
                example: getExample(kind))
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null)
            let version = try await context.stored(ComponentVersionIdentity(of: properties), in: repository)
            _ = context.data(for: version, in: repository)
            let resource = try version.descriptor.resource(selectedBy: properties["resourceIdentity"])
            // An archive of an artifact is compared with the resource's digest when it is placed.
            let content = try await version.localContent(of: resource, in: repository, context, readsArchives: false)
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
                    .required(
                        "resource", .objectSchema,
                        "the resource; its access may name a `referenceName`, and its digest must be that of the content"
                    ),
                    .required("file", .fileSchema, "its content"),
                    .optional("globalAccessPolicy", .textSchema, "accepted and not needed"),
                ],
                outputs: [.required("resource", .objectSchema, "the resource with its access")],
                role: .placesContent,
                example: """
                    \(getExample(kind))
                    - type: \(kind)AddLocalResource/v1alpha1
                      id: add
                      repository: \(example(kind, "target"))
                      component: acme.org/demo
                      version: 1.0.0
                      resource: ${get.output.resource}
                      file: ${get.output.file}
                    """)
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
    /// Places the content of a resource or source beside where its component version will be written, checked against
    /// the digest that the element states while it moves; gives the element with its new access.
    func place(
        _ content: ResourceContent, as element: JSON, of identity: ComponentVersionIdentity,
        in repository: any ComponentVersionRepository, referenceName: String? = nil
    ) async throws -> JSON {
        let thing = "“\(element["name"]?.string ?? "")” of \(identity)"
        let expected = try DigestSpecification.read(element["digest"], of: thing)
        try await lookAhead(for: identity, in: repository)
        let placed = try await within(memoryFor: content) {
            let facts = try PlacementEvidence(element, of: identity, to: repository.locator, self)
            return try await evidencing(facts, digest: { $0.descriptor.digest }) { tally in
                var content = content
                if let expected, !expected.isExcluded {
                    content = try await content.bound(to: expected, thing: thing, temporaryFolder: temporaryFolder)
                }
                return try await moving(thing, bytes: content.knownSize()) { [content] watch in
                    try await repository.place(content, for: identity, observer: tally.counting(watch))
                }
            }
        }
        note(placed, for: identity, in: repository.locator)
        var element = element
        element["access"] = LocalBlobAccess.specification(
            for: placed, referenceName: referenceName ?? element["access"]?["referenceName"]?.string)
        return element
    }
}
