// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import OCI
internal import Orchestration
internal import Repositories

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
        let attributes = try selector?.selectedAttributes ?? [:]
        // Names are compared first: to make the identities of thousands of resources for each of them takes seconds.
        let named = resources.lazy.filter { $0.name == attributes["name"] }
        if let exact = named.first(where: { $0.identity.attributes == attributes }) { return exact }
        let found = resources.filter { $0.identity.matches(attributes) }
        guard found.count == 1 else {
            throw Fault(
                .notFound, "\(found.count) resources of \(identity) match \(ElementIdentity(attributes: attributes))",
                fix: "name the resource so that one matches; `ocm get resources` lists them")
        }
        return found[0]
    }
}

extension JSON {
    /// The attributes of an identity, of which `extraIdentity` may hold some as in a descriptor.
    var selectedAttributes: [String: String] {
        get throws(Fault) {
            var attributes: [String: String] = [:]
            for (key, value) in object ?? [:] {
                if key == "extraIdentity" {
                    for (key, value) in value.object ?? [:] { attributes[key] = value.string }
                } else if let text = value.string {
                    attributes[key] = text
                } else {
                    throw Fault(
                        .invalid, "'\(key.prefix(60))' of a resource's identity is a \(value.kindName), not a text",
                        fix: "write it in quotes")
                }
            }
            return attributes
        }
    }
}

extension StoredComponentVersion {
    /// The content of a resource that is stored beside the descriptor, with the resource's digest bound to it.
    ///
    /// Throws `unsupported` for a resource that is elsewhere.
    /// - Parameter readsArchives: whether an archive, whose digest is that of the artifact in it, is read for that.
    func localContent(
        of resource: Resource, in repository: any ComponentVersionRepository, _ context: OperationContext,
        readsArchives: Bool = true
    ) async throws -> ResourceContent {
        guard let access = resource.access, LocalBlobAccess.typeNames.contains(access.type.name) else {
            throw Fault(
                .unsupported, "the resource \(resource.identity) of \(identity) is not stored beside it",
                fix: "read it with an operation for its access")
        }
        let thing = "the resource \(resource.identity) of \(identity)"
        let content = try await repository.content(of: LocalBlobAccess(access, of: thing), in: self)
        if !readsArchives, MediaType.isArtifactArchive(content.mediaType) { return content }
        return try await content.bound(to: resource.digest, thing: thing, temporaryFolder: context.temporaryFolder)
    }
}
