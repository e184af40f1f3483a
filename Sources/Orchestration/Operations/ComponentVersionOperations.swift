// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Repositories

extension Operation {
    /// Operations on component versions and what is stored beside them, as the graphs of the OCM command line name
    /// them: once for registries and once for archives, which do the same.
    public static let componentVersions: [Operation] = ["OCI", "CTF"].flatMap { kind in
        [getComponentVersion(kind), addComponentVersion(kind), getLocalResource(kind), addLocalResource(kind)]
    }

    private static let any: JSON = ["type": "object", "x-kubernetes-preserve-unknown-fields": true]
    private static let text: JSON = ["type": "string"]

    private static func schema(_ required: [String], _ properties: JSON) -> JSON {
        ["type": "object", "required": .array(required.map { .string($0) }), "properties": properties]
    }

    private static func getComponentVersion(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)GetComponentVersion/v1alpha1", summary: "Reads the descriptor of a component version.",
                properties: schema(
                    ["repository", "component", "version"],
                    ["repository": any, "component": text, "version": text]),
                outputs: schema(["descriptor"], ["descriptor": any]))
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null)
            return ["descriptor": try await repository.get(identity(properties)).descriptor.json]
        }
    }

    private static func addComponentVersion(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)AddComponentVersion/v1alpha1",
                summary: "Writes a descriptor whose local contents were added, and makes the version visible.",
                properties: schema(["repository", "descriptor"], ["repository": any, "descriptor": any]),
                outputs: schema(["descriptor"], ["descriptor": any]))
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
                properties: schema(
                    ["repository", "component", "version", "resourceIdentity"],
                    ["repository": any, "component": text, "version": text, "resourceIdentity": any]),
                outputs: schema(["file", "resource"], ["file": any, "resource": any]))
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null)
            let version = try await repository.get(identity(properties))
            let resource = try selected(properties["resourceIdentity"], in: version.descriptor)
            guard let access = resource.access, LocalBlobAccess.typeNames.contains(access.type.name) else {
                throw Fault(
                    .unsupported, "the resource \(resource.identity) of \(version.identity) is not stored beside it",
                    fix: "read it with an operation for its access")
            }
            let content = try await repository.content(
                of: LocalBlobAccess(access, of: "resource \(resource.identity)"), in: version)
            return ["file": context.file(for: content), "resource": resource.json]
        }
    }

    private static func addLocalResource(_ kind: String) -> Operation {
        Operation(
            OperationType(
                "\(kind)AddLocalResource/v1alpha1",
                summary: "Places a resource's content beside where its component version will be written.",
                properties: schema(
                    ["repository", "component", "version", "resource", "file"],
                    ["repository": any, "component": text, "version": text, "resource": any, "file": any]),
                outputs: schema(["resource"], ["resource": any]))
        ) { properties, context in
            let repository = try await context.repository(properties["repository"] ?? .null, writing: true)
            let identity = try identity(properties)
            let content = try context.content(of: properties["file"] ?? .null)
            let placed = try await repository.place(content, for: identity, observer: PlacementObserver())
            context.note(placed, for: identity, in: repository.locator)
            var resource = properties["resource"] ?? [:]
            resource["access"] = LocalBlobAccess.specification(
                for: placed, referenceName: resource["access"]?["referenceName"]?.string)
            return ["resource": resource]
        }
    }

    private static func identity(_ properties: JSON) throws(Fault) -> ComponentVersionIdentity {
        ComponentVersionIdentity(
            name: try ComponentName(properties["component"]?.string ?? ""),
            version: try ComponentVersion(properties["version"]?.string ?? ""))
    }

    /// The one resource that a selector names.
    private static func selected(_ selector: JSON?, in descriptor: ComponentDescriptor) throws(Fault) -> Resource {
        var attributes: [String: String] = [:]
        for (key, value) in selector?.object ?? [:] { attributes[key] = value.string }
        let found = descriptor.resources.filter { $0.identity.matches(attributes) }
        guard found.count == 1 else {
            throw Fault(
                .notFound,
                "\(found.count) resources of \(descriptor.identity) match \(ElementIdentity(attributes: attributes))",
                fix: "name the resource so that one matches; `ocm get resources` lists them")
        }
        return found[0]
    }
}
