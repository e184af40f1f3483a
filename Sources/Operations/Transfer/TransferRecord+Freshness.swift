// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Cryptography
internal import Documents
internal import Orchestration
internal import Repositories

extension TransferRecord {
    /// Refuses when a version or a content is not what it was; gives the descriptors to which no other refers.
    func requireFreshness(_ environment: JSON, _ context: OperationContext) async throws -> [ComponentDescriptor] {
        var changed: [String] = [], found: [ComponentDescriptor] = []
        for source in sources {
            let repository = try await context.repository(source.repository)
            let version = try await context.stored(source.identity, in: repository)
            found.append(version.descriptor)
            if let digest = source.digest, version.storedDigest?.description != digest {
                changed.append("\(source.identity) in \(repository.locator) is stored as another manifest")
            } else if environment[source.id] != version.descriptor.json {
                changed.append("the descriptor of \(source.identity) is not the one in \(repository.locator)")
            } else {
                changed += try await changes(source, version, repository, context)
            }
        }
        guard changed.isEmpty else {
            throw Fault(
                .conflict, "the specification is stale: \(changed.joined(separator: "; "))",
                fix: "generate it again, and look at what changed")
        }
        let children = Set(found.flatMap { $0.references.compactMap { try? $0.target } })
        return found.filter { !children.contains($0.identity) }
    }

    private func changes(
        _ source: Source, _ version: StoredComponentVersion, _ repository: any ComponentVersionRepository,
        _ context: OperationContext
    ) async throws -> [String] {
        var changed: [String] = []
        for item in source.contents {
            let (json, access, _) = try version.descriptor.element(
                item["element"]?.string ?? "resource", selectedBy: item["identity"])
            let thing = "“\(json["name"]?.string ?? "")” of \(source.identity)"
            guard let access else { continue }
            let content = try await AccessMethods(context.connections).content(
                of: access, thing: thing, in: version, repository: repository)
            if content?.digest?.description != item["digest"]?.string { changed.append("\(thing) has other content") }
        }
        return changed
    }
}
