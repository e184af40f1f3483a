// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import ComponentModel
internal import Documents
internal import Repositories

/// Decides what happens to a version that the target may have already.
struct ExistingVersionDecision {
    let options: TransferOptions
    let target: RepositoryLocator

    func decide(
        _ version: StoredComponentVersion, _ existing: StoredComponentVersion?
    ) throws -> PlannedVersion.Action {
        guard let existing else { return .copy }
        let identity = version.identity
        switch options.existing {
        case .skip: return .skip(reason: "it is there, and existing versions are left alone")
        case .enforce: return .copy
        case .fail:
            throw Fault(
                .conflict, "\(identity) is in \(target) already", fix: "choose another policy for existing versions")
        case .update, .replace: break
        }
        guard try hasSameContent(version.descriptor, existing.descriptor) else {
            if options.existing == .replace { return .copy }
            throw Fault(
                .conflict, "\(identity) is in \(target) with other content",
                fix: "raise the version, or replace it with --overwrite if you are sure")
        }
        guard !needsValue(existing.descriptor) else { return .copy }
        let merged = merge(version.descriptor, into: existing.descriptor)
        guard merged == existing.descriptor else {
            return .update(descriptor: merged, contents: existing.contents)
        }
        return .skip(reason: "it is there")
    }

    /// Whether everything a signature covers is equal. Contents without a digest are equal when they are stored alike.
    private func hasSameContent(_ a: ComponentDescriptor, _ b: ComponentDescriptor) throws -> Bool {
        guard try a.normalised(.v3) == b.normalised(.v3) else { return false }
        return zip(a.resources, b.resources).allSatisfy { ours, theirs in
            guard ours.digest == nil, let access = ours.access, let other = theirs.access else { return true }
            return AccessMethods.canonicalName(access.type) == "none"
                || access.json["localReference"] == other.json["localReference"]
        }
    }

    /// Whether a resource that should be carried by value is still a reference to elsewhere in the target.
    private func needsValue(_ existing: ComponentDescriptor) -> Bool {
        guard options.copyResources != .localBlobs else { return false }
        return existing.resources.contains { resource in
            guard let access = resource.access else { return false }
            guard options.copyResources == .all || resource.relation == .local else { return false }
            let name = AccessMethods.canonicalName(access.type)
            if name == "localBlob" || name == "none" || options.omittedAccessTypes.contains(access.type.name) {
                return false
            }
            return !isInTarget(access)
        }
    }

    private func isInTarget(_ access: TypedSpecification) -> Bool {
        guard case .registry(let origin, _) = target.kind, let image = access.json["imageReference"]?.string else {
            return false
        }
        return image.hasPrefix(origin.repositoryHost + "/")
    }

    /// The target's descriptor with what the source has beyond it and no signature covers: signatures and labels.
    ///
    /// A label of the source replaces the target's of that name; what only the target has stays.
    private func merge(_ source: ComponentDescriptor, into existing: ComponentDescriptor) -> ComponentDescriptor {
        var merged = existing
        for signature in source.signatures {
            if let index = merged.signatures.firstIndex(where: { $0.name == signature.name }) {
                merged.signatures[index] = signature
            } else {
                merged.signatures.append(signature)
            }
        }
        if let labels = Self.merge(source.labels, into: merged.labels) { merged.labels = labels }
        // Only labels are taken over, and hardly any resource of thousands has some.
        let labelled = source.resources.filter { !$0.labels.isEmpty }
        let labels = Dictionary(labelled.map { ($0.identity, $0.labels) }) { first, _ in first }
        for index in merged.resources.indices where !labels.isEmpty {
            guard let others = labels[merged.resources[index].identity],
                let labels = Self.merge(others, into: merged.resources[index].labels)
            else { continue }
            merged.resources[index].labels = labels
        }
        return merged
    }

    /// Nil when nothing changes, so that a descriptor without labels stays one.
    private static func merge(_ source: [Label], into existing: [Label]) -> [Label]? {
        var merged = existing
        // Those that are signed are equal: the descriptors agree on all that signatures cover.
        for label in source where !label.isSigned {
            if let index = merged.firstIndex(where: { $0.name == label.name }) {
                merged[index] = label
            } else {
                merged.append(label)
            }
        }
        return merged == existing ? nil : merged
    }
}
