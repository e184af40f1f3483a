// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import OCI
internal import Repositories

/// Finds the contents of a version that travel by value.
struct ContentPlanner: Sendable {
    let access: AccessMethods
    let options: TransferOptions

    /// How many contents are looked at at once.
    private static let window = 8

    func contents(
        of version: StoredComponentVersion, _ repository: any ComponentVersionRepository
    ) async throws -> [PlannedContent] {
        let elements = try elements(of: version)
        return try await elements.mapConcurrently(limit: Self.window) { element in
            try await planned(element, version, repository)
        }.compactMap { $0 }
    }

    /// The contents with what sends some of them elsewhere in a target.
    func routed(_ contents: [PlannedContent], to target: RepositoryLocator) -> [PlannedContent] {
        guard !options.uploads.isEmpty else { return contents }
        return contents.map { content in
            var content = content
            let isArtifact = if case .artifact = content.content { true } else { false }
            if content.kind == .resource {
                content.upload = options.uploads.handler(
                    type: content.type, mediaType: content.content.mediaType, artifact: isArtifact, target: target)
            }
            return content
        }
    }

    /// A resource or source whose content is to travel.
    private struct Element: Sendable {
        let kind: PlannedContent.Kind
        let index: Int
        let identity: ElementIdentity
        let name: String
        let version: String
        let type: String
        let access: TypedSpecification
        let expected: DigestSpecification?
        let thing: String
    }

    private func elements(of version: StoredComponentVersion) throws(Fault) -> [Element] {
        var elements: [Element] = []
        for (index, resource) in version.descriptor.resources.enumerated() {
            let thing = "resource “\(resource.name)” of \(version.identity)"
            let isWanted =
                options.copyResources == .all || (options.copyResources == .local && resource.relation == .local)
            guard let access = resource.access, isCarried(access, isWanted: isWanted) else { continue }
            if !options.trust.isEmpty && resource.digest == nil {
                throw Fault(
                    .unverified, "\(thing) has no digest, so nothing vouches for its bytes",
                    fix: "sign \(version.identity) again; signing digests every resource")
            }
            elements.append(
                Element(
                    kind: .resource, index: index, identity: resource.identity, name: resource.name,
                    version: resource.version, type: resource.type, access: access,
                    expected: resource.digest.flatMap { $0.isExcluded ? nil : $0 }, thing: thing))
        }
        for (index, source) in version.descriptor.sources.enumerated() {
            guard let access = source.access, isCarried(access, isWanted: options.copiesSources) else { continue }
            elements.append(
                Element(
                    kind: .source, index: index, identity: source.identity, name: source.name, version: source.version,
                    type: source.type, access: access, expected: nil,
                    thing: "source “\(source.name)” of \(version.identity)"))
        }
        return elements
    }

    private func planned(
        _ element: Element, _ version: StoredComponentVersion, _ repository: any ComponentVersionRepository
    ) async throws -> PlannedContent? {
        guard
            let content = try await access.content(
                of: element.access, thing: element.thing, in: version, repository: repository)
        else { return nil }
        return PlannedContent(
            kind: element.kind, index: element.index, identity: element.identity,
            access: AccessMethods.canonicalName(element.access.type) ?? element.access.type.name, thing: element.thing,
            content: content, expected: element.expected, bytes: try await content.knownSize(),
            referenceName: referenceName(element, content, version), type: element.type)
    }

    /// Local blobs always travel. What is wanted but of an unknown type is an error later, never silently left behind.
    private func isCarried(_ access: TypedSpecification, isWanted: Bool) -> Bool {
        let name = AccessMethods.canonicalName(access.type)
        if name == "localBlob" { return true }
        if name == "none" || options.omittedAccessTypes.contains(access.type.name) { return false }
        if let name, options.omittedAccessTypes.contains(name) { return false }
        return isWanted
    }

    /// `repository:tag` an artifact goes by: the one noted, that of its image reference, or one made of its names.
    private func referenceName(
        _ element: Element, _ content: ResourceContent, _ version: StoredComponentVersion
    ) -> String? {
        if let noted = element.access.json["referenceName"]?.string { return noted }
        guard case .artifact = content else { return nil }
        let tag = element.version.replacing("+", with: ".build-")
        if let text = element.access.json["imageReference"]?.string, let reference = try? ImageReference(text) {
            return "\(reference.repository):\(reference.tag ?? tag)"
        }
        return "\(version.identity.name)/\(element.name):\(tag)"
    }
}
