// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
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
            let version = try await repository.get(ComponentVersionIdentity(of: properties))
            _ = context.data(for: version, in: repository)
            return ["descriptor": version.descriptor.json]
        }
    }

    private static func addComponentVersion(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)AddComponentVersion/v1alpha1",
                summary: "Writes a descriptor whose local contents were added, and makes the version visible.",
                properties: [repository, descriptor], outputs: [descriptor])
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null, writing: true)
            let descriptor = try ComponentDescriptor(json: properties["descriptor"] ?? .null, source: "'descriptor'")
            try await repository.commit(
                descriptor, contents: context.placedContents(for: descriptor.identity, in: repository.locator))
            return ["descriptor": descriptor.json]
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
            let version = try await repository.get(ComponentVersionIdentity(of: properties))
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
            let content = try context.content(of: properties["file"])
            let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
            context.note(placed, for: identity, in: repository.locator)
            var resource = properties["resource"] ?? [:]
            resource["access"] = LocalBlobAccess.specification(
                for: placed, referenceName: resource["access"]?["referenceName"]?.string)
            return ["resource": resource]
        }
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
        let found = resources.filter { $0.identity.matches(attributes) }
        guard found.count == 1 else {
            throw Fault(
                .notFound, "\(found.count) resources of \(identity) match \(ElementIdentity(attributes: attributes))",
                fix: "name the resource so that one matches; `ocm get resources` lists them")
        }
        return found[0]
    }
}
