// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import OCI
internal import Orchestration
internal import Repositories

/// A resource of a component version whose content was given a new place.
struct PlacedResource {
    let origin: ContentOrigin
    /// The resource with its new access and digest.
    let resource: Resource
    /// The descriptor that was given, with the resource in it.
    let descriptor: ComponentDescriptor?

    /// Finds the resource that a content belongs to: by a selector, else by where the content comes from.
    ///
    /// Nil when nobody says which it is.
    /// - Parameters:
    ///   - placed: the content's digest as it was stored.
    ///   - access: where it is now, given the resource as it was.
    init?(
        _ properties: JSON, content: ResourceContent, storedAs placed: Digest, _ context: OperationContext,
        access: (_ old: Resource) throws -> JSON
    ) async throws {
        let given = try properties["componentDescriptor"].flatMap { $0 == .null ? nil : $0 }.map { json throws(Fault) in
            try ComponentDescriptor(json: json, source: "'componentDescriptor'")
        }
        let known = try context.origin(of: properties["data"])
        let selector = properties["resource"].flatMap { $0 == .null ? nil : $0 }
        guard let identity = given?.identity ?? known?.version,
            var descriptor = given ?? context.version(identity)?.version.descriptor
        else { return nil }
        var resource: Resource
        if let selector {
            resource = try descriptor.resource(selectedBy: selector)
        } else if let known, known.version == identity,
            let found = descriptor.resources.first(where: { $0.identity == known.resource })
        {
            resource = found
        } else if given != nil {
            throw Fault(
                .invalid, "'data' is no content of \(identity), so that its resource is not known",
                fix: "name it with 'resource'")
        } else {
            return nil
        }
        let origin = ContentOrigin(version: identity, resource: resource.identity)
        if given == nil, let json = context.relocations(of: identity)[resource.identity] {
            resource = try Resource(json, place: "the resource \(resource.identity) of \(identity)")
        }
        resource.digest = try await resource.digest(
            for: content, storedAs: placed, isSigned: !descriptor.signatures.isEmpty, context)
        resource.access = try TypedSpecification(access(resource))
        if let index = descriptor.resources.firstIndex(where: { $0.identity == origin.resource }) {
            descriptor.resources[index] = resource
        }
        (self.origin, self.resource) = (origin, resource)
        self.descriptor = given == nil ? nil : descriptor
    }
}
