// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import ComponentModel
internal import Documents
internal import OCI
public import Repositories

/// Reads descriptors and decides what a transfer has to do. Moves nothing.
public struct TransferPlanner: Sendable {
    private let source: ComponentVersionSource
    private let target: any ComponentVersionRepository
    private let access: AccessMethods
    private let options: TransferOptions

    /// A planner from `source` to `target`.
    public init(
        source: ComponentVersionSource, target: any ComponentVersionRepository, access: AccessMethods,
        options: TransferOptions
    ) {
        (self.source, self.target, self.access, self.options) = (source, target, access, options)
    }

    /// Plans the transfer of these versions and, if recursive, of all they refer to.
    ///
    /// Signatures that the options demand are verified here, for each root, before anything is planned; the digests
    /// that references pin are checked in any case.
    public func plan(_ roots: [ComponentVersionIdentity]) async throws -> TransferPlan {
        var versions: [PlannedVersion] = []
        var visited: Set<ComponentVersionIdentity> = []
        let selected = Set(roots)
        for root in roots {
            let (version, repository) = try await source.get(root)
            if !options.trust.isEmpty {
                _ = try ComponentVersionVerifier.verifySignatures(of: version.descriptor, options.trust)
            }
            try await visit(version, repository, path: ReferencePath(root), selected, &versions, &visited)
        }
        return TransferPlan(source: source.repositories[0].locator, target: target.locator, versions: versions)
    }

    private func visit(
        _ version: StoredComponentVersion, _ repository: any ComponentVersionRepository,
        path: ReferencePath, _ selected: Set<ComponentVersionIdentity>,
        _ versions: inout [PlannedVersion], _ visited: inout Set<ComponentVersionIdentity>
    ) async throws {
        guard visited.insert(version.identity).inserted else { return }
        let existing = try await target.find(version.identity)
        if !(options.isRecursive && options.stopsOnExisting && existing != nil) {
            for reference in version.descriptor.references {
                let child = try reference.target
                // What is selected anyway comes before those that refer to it, also without recursion.
                guard options.isRecursive || selected.contains(child) else { continue }
                let childPath = try path.appending(child)
                let (found, home) = try await source.get(child)
                if let pinned = reference.digest {
                    try found.descriptor.check(pinned, pinnedBy: version.identity)
                } else if !options.trust.isEmpty {
                    throw Fault(
                        .unverified,
                        "\(version.identity) refers to \(child) without a digest, so nothing vouches for it",
                        fix: "sign \(version.identity) again; signing pins every reference")
                }
                try await visit(found, home, path: childPath, selected, &versions, &visited)
            }
        }
        versions.append(try await planned(version, repository, existing))
    }

    private func planned(
        _ version: StoredComponentVersion, _ repository: any ComponentVersionRepository,
        _ existing: StoredComponentVersion?
    ) async throws -> PlannedVersion {
        let action = try ExistingVersionDecision(options: options, target: target.locator).decide(version, existing)
        guard case .copy = action else {
            return PlannedVersion(version: version, repository: repository, action: action, contents: [])
        }
        return PlannedVersion(
            version: version, repository: repository, action: action, contents: try await contents(version, repository))
    }

    private func contents(
        _ version: StoredComponentVersion, _ repository: any ComponentVersionRepository
    ) async throws -> [PlannedContent] {
        var planned: [PlannedContent] = []
        for (index, resource) in version.descriptor.resources.enumerated() {
            let thing = "resource “\(resource.name)” of \(version.identity)"
            guard let specification = resource.access else { continue }
            let isWanted =
                options.copyResources == .all || (options.copyResources == .local && resource.relation == .local)
            guard isCarried(specification, isWanted: isWanted) else { continue }
            if !options.trust.isEmpty && resource.digest == nil {
                throw Fault(
                    .unverified, "\(thing) has no digest, so nothing vouches for its bytes",
                    fix: "sign \(version.identity) again; signing digests every resource")
            }
            guard
                let content = try await access.content(
                    of: specification, thing: thing, in: version, repository: repository)
            else { continue }
            planned.append(
                PlannedContent(
                    kind: .resource, index: index, thing: thing, content: content,
                    expected: resource.digest.flatMap { $0.isExcluded ? nil : $0 },
                    bytes: try await Self.size(of: content),
                    referenceName: referenceName(specification, content, resource.name, resource.version, version)))
        }
        for (index, element) in version.descriptor.sources.enumerated() {
            let thing = "source “\(element.name)” of \(version.identity)"
            guard let specification = element.access, isCarried(specification, isWanted: options.copiesSources),
                let content = try await access.content(
                    of: specification, thing: thing, in: version, repository: repository)
            else { continue }
            planned.append(
                PlannedContent(
                    kind: .source, index: index, thing: thing, content: content, expected: nil,
                    bytes: try await Self.size(of: content),
                    referenceName: referenceName(specification, content, element.name, element.version, version)))
        }
        return planned
    }

    /// Local blobs always travel. What is wanted but of an unknown type is an error later, never silently left behind.
    private func isCarried(_ access: TypedSpecification, isWanted: Bool) -> Bool {
        let name = AccessMethods.canonicalName(access.type)
        if name == "localBlob" { return true }
        if name == "none" || options.omittedAccessTypes.contains(access.type.name) { return false }
        if let name, options.omittedAccessTypes.contains(name) { return false }
        return isWanted
    }

    private static func size(of content: ResourceContent) async throws -> Int64? {
        switch content {
        case .blob(let blob): blob.size
        case .artifact(let artifact): try await artifact.size()
        }
    }

    /// `repository:tag` an artifact goes by: the one noted, that of its image reference, or one made of its names.
    private func referenceName(
        _ access: TypedSpecification, _ content: ResourceContent, _ name: String, _ elementVersion: String,
        _ version: StoredComponentVersion
    ) -> String? {
        if let noted = access.json["referenceName"]?.string { return noted }
        guard case .artifact = content else { return nil }
        if let text = access.json["imageReference"]?.string, let reference = try? ImageReference(text) {
            return "\(reference.repository):\(reference.tag ?? elementVersion.replacing("+", with: ".build-"))"
        }
        return "\(version.identity.name)/\(name):\(elementVersion.replacing("+", with: ".build-"))"
    }
}
