// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations on the content of any resource or source, whatever its access.
    public static let contents: [Operation] = [readContent, placeContent]

    private static let element = Property.required(
        "element", .choiceSchema(["resource", "source"]), "whether it is a resource or a source")

    private static let readContent = Operation(
        OperationType(
            "ReadContent/v1alpha1",
            summary: "Reads a resource or source of a component version by whatever access it has.",
            properties: [
                .required("repository", .objectSchema, "the repository of the component version"),
                .required("component", .textSchema, "the component's name"),
                .required("version", .textSchema, "its version"), element,
                .required("identity", .objectSchema, "name, version and extra identity of the resource or source"),
            ],
            outputs: [
                .required("file", .fileSchema, "its content"),
                .required("data", .fileSchema, "the same"),
                .required("resource", .objectSchema, "the resource or source as the descriptor has it"),
            ],
            example: """
                - id: read
                  type: ReadContent/v1alpha1
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/app
                  version: 1.0.0
                  element: source
                  identity: {name: code}
                """)
    ) { properties, context in
        let repository = try await context.repository(properties["repository"] ?? .null)
        let version = try await context.stored(ComponentVersionIdentity(of: properties), in: repository)
        _ = context.data(for: version, in: repository)
        let (json, access, identity) = try version.descriptor.element(
            properties["element"]?.string ?? "", selectedBy: properties["identity"])
        let thing = "“\(json["name"]?.string ?? "")” of \(version.identity)"
        guard let access,
            let content = try await AccessMethods(context.connections).content(
                of: access, thing: thing, in: version, repository: repository)
        else { throw Fault(.invalid, "\(thing) has no content", fix: "leave the operation out") }
        let origin = ContentOrigin(version: version.identity, resource: identity)
        let file = context.file(for: content, origin: origin)
        return ["file": file, "data": file, "resource": json]
    }

    private static let placeContent = Operation(
        OperationType(
            "PlaceContent/v1alpha1",
            summary: "Places the content of a resource or source beside where its component version will be written.",
            properties: [
                .required("repository", .objectSchema, "the repository that the component version is written to"),
                .required("component", .textSchema, "the component's name"),
                .required("version", .textSchema, "its version"),
                .required("resource", .objectSchema, "the resource or source; a digest that it states must fit"),
                .required("file", .fileSchema, "its content"),
                .optional("referenceName", .textSchema, "repository and tag the content goes by when it is published"),
            ],
            outputs: [.required("resource", .objectSchema, "the resource or source with its access")],
            role: .placesContent,
            example: """
                - id: read
                  type: ReadContent/v1alpha1
                  repository: {type: CommonTransportFormat/v1, filePath: ./archive}
                  component: acme.org/app
                  version: 1.0.0
                  element: source
                  identity: {name: code}
                - id: place
                  type: PlaceContent/v1alpha1
                  repository: {type: OCIRepository/v1, baseUrl: registry.enclave}
                  component: acme.org/app
                  version: 1.0.0
                  resource: ${read.outputs.resource}
                  file: ${read.outputs.file}
                """)
    ) { properties, context in
        let repository = try await context.repository(properties["repository"] ?? .null, writing: true)
        let identity = try ComponentVersionIdentity(of: properties)
        let content = try context.content(of: properties["file"])
        let element = properties["resource"] ?? [:]
        return [
            "resource": try await context.place(
                content, as: element, of: identity, in: repository, referenceName: properties["referenceName"]?.string)
        ]
    }
}

extension ComponentDescriptor {
    /// The one resource or source that a selector names, as JSON, with its access and identity. Throws `notFound`.
    func element(
        _ kind: String, selectedBy selector: JSON?
    ) throws(Fault) -> (json: JSON, access: TypedSpecification?, identity: ElementIdentity) {
        guard kind == "source" else {
            let resource = try resource(selectedBy: selector)
            return (resource.json, resource.access, resource.identity)
        }
        var attributes: [String: String] = [:]
        for (key, value) in selector?.object ?? [:] { attributes[key] = value.string }
        if let exact = sources.first(where: { $0.identity.attributes == attributes }) {
            return (exact.json, exact.access, exact.identity)
        }
        let found = sources.filter { $0.identity.matches(attributes) }
        guard found.count == 1 else {
            throw Fault(
                .notFound, "\(found.count) sources of \(identity) match \(ElementIdentity(attributes: attributes))",
                fix: "name the source so that one matches; `ocm get sources` lists them")
        }
        return (found[0].json, found[0].access, found[0].identity)
    }
}
