// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
public import Orchestration
internal import Repositories

extension Operation {
    /// Operations that read what is stored beside a descriptor.
    public static let localBlobDownloaders = RepositoryForm.allCases.map(localBlobDownloader)

    private static func localBlobDownloader(_ form: RepositoryForm) -> Operation {
        Operation(
            OperationType(
                "downloader.localblob.\(form)/v1alpha1",
                summary: """
                    Reads a resource that is stored beside its descriptor. The component version is named by name and \
                    version or by its descriptor; else it is the one that was read from this repository before and \
                    has the resource.
                    """,
                properties: form.properties + [
                    .required("resource", .objectSchema, "name, version and extra identity of the resource"),
                    .optional("componentDescriptor", .objectSchema, "the descriptor that has the resource"),
                    .optional("name", .textSchema, "the component's name"),
                    .optional("version", .textSchema, "its version"),
                ],
                outputs: [
                    .required("data", .fileSchema, "the content, checked against the resource's digest"),
                    .required("resource", .objectSchema, "the resource as the descriptor has it"),
                ],
                example: """
                    - type: downloader.component.\(form)/v1alpha1
                      id: read
                      name: acme.org/demo
                      version: 1.0.0
                      \(form.example)
                    - type: downloader.localblob.\(form)/v1alpha1
                      id: docs
                      \(form.example)
                      componentDescriptor: ${read.outputs.descriptor}
                      resource: {name: docs}
                    """)
        ) { properties, context in
            let (version, repository) = try await LocalBlobOwner(form, properties, context).find()
            let resource = try version.descriptor.resource(selectedBy: properties["resource"])
            let content = try await version.localContent(of: resource, in: repository, context)
            let origin = ContentOrigin(version: version.identity, resource: resource.identity)
            return ["data": context.file(for: content, origin: origin), "resource": resource.json]
        }
    }
}

/// Finds the component version whose local blob is asked for.
private struct LocalBlobOwner {
    typealias Found = (version: StoredComponentVersion, repository: any ComponentVersionRepository)

    private let form: RepositoryForm
    private let properties: JSON
    private let context: OperationContext

    init(_ form: RepositoryForm, _ properties: JSON, _ context: OperationContext) {
        (self.form, self.properties, self.context) = (form, properties, context)
    }

    func find() async throws -> Found {
        let identity = try identity()
        guard let specification = try form.specification(properties) else {
            guard let identity, let known = context.version(identity) else {
                throw Fault(
                    .invalid, "neither a repository nor a component version that was read is named",
                    fix: "name the repository, or give the 'descriptor' of downloader.component")
            }
            return known
        }
        let repository = try await context.repository(specification)
        guard let identity else { return try known(in: repository) }
        if let known = context.version(identity), known.repository.locator.kind == repository.locator.kind {
            return known
        }
        return (try await repository.get(identity), repository)
    }

    private func identity() throws(Fault) -> ComponentVersionIdentity? {
        if let json = properties["componentDescriptor"], json != .null {
            return try ComponentDescriptor(json: json, source: "'componentDescriptor'").identity
        }
        switch (properties["name"]?.string, properties["version"]?.string) {
        case (nil, nil): return nil
        case (let name?, let version?):
            return ComponentVersionIdentity(name: try ComponentName(name), version: try ComponentVersion(version))
        default: throw Fault(.invalid, "'name' and 'version' belong together", fix: "give both or none")
        }
    }

    private func known(in repository: any ComponentVersionRepository) throws(Fault) -> Found {
        let selector = try properties["resource"]?.selectedAttributes ?? [:]
        var found: [ComponentVersionIdentity: Found] = [:]
        for version in context.versions() where version.repository.locator.kind == repository.locator.kind {
            guard version.version.descriptor.resources.contains(where: { $0.identity.matches(selector) }) else {
                continue
            }
            found[version.version.identity] = version
        }
        guard found.count == 1, let only = found.values.first else {
            let names = found.keys.sorted().map(\.description).joined(separator: ", ")
            throw Fault(
                .notFound,
                "of the component versions that were read from \(repository.locator) before, "
                    + (found.isEmpty ? "none has" : "several have, \(names),")
                    + " the resource \(ElementIdentity(attributes: selector))",
                fix: "name the component version with 'componentDescriptor' or with 'name' and 'version'")
        }
        return only
    }
}
