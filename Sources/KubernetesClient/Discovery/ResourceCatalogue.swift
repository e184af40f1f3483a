// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// All resources of a server: which kind is which resource, in which versions, which one is preferred.
public struct ResourceCatalogue: Sendable {
    /// The versions of each group, those first that the server prefers; the groups in the server's order, the core first.
    public let versions: [(group: String, versions: [String])]
    /// Every resource in every version, in the order of groups and versions.
    public let resources: [APIResource]
    /// Versions whose resources the server could not tell now, with the reason: those of servers behind it that do not
    /// answer.
    public let missing: [GroupVersion: String]
    private let byKind: [GroupVersionKind: Int]
    private let byResource: [GroupVersionResource: Int]

    /// A catalogue of resources; for a kind of several resources in a version the first counts.
    public init(
        versions: [(group: String, versions: [String])], resources: [APIResource], missing: [GroupVersion: String] = [:]
    ) {
        (self.versions, self.resources, self.missing) = (versions, resources, missing)
        let numbered = resources.enumerated()
        byKind = Dictionary(numbered.map { ($1.kind, $0) }) { first, _ in first }
        byResource = Dictionary(numbered.map { ($1.resource, $0) }) { first, _ in first }
    }

    /// The resource whose objects are of a kind.
    public func resource(of kind: GroupVersionKind) -> APIResource? { byKind[kind].map { resources[$0] } }

    /// A resource in a version.
    public func resource(_ resource: GroupVersionResource) -> APIResource? {
        byResource[resource].map { resources[$0] }
    }

    /// A resource in the version that the server prefers.
    public func preferred(_ resource: GroupResource) -> APIResource? {
        resources.first { $0.resource.groupResource == resource }
    }

    /// The resource of a kind in the version that the server prefers.
    public func preferred(group: String, kind: String) -> APIResource? {
        resources.first { $0.kind.group == group && $0.kind.kind == kind }
    }

    /// What people may mean: a plural, a singular or a short name, or a kind, in whatever case, alone or followed by
    /// `.group` or `.version.group`; each resource in its preferred version, unless one is named.
    ///
    /// Plural and singular names come before short ones, groups in the server's order.
    public func find(_ name: String) -> [APIResource] {
        var found: [APIResource] = []
        var seen: Set<GroupResource> = []
        for candidate in Self.readings(name.lowercased()) {
            for isShort in [false, true] {
                for resource in resources where candidate.fits(resource, short: isShort) {
                    if seen.insert(resource.resource.groupResource).inserted { found.append(resource) }
                }
            }
            // `pods.v1.` is read in one way; a group that exists is not searched for in names.
            if !found.isEmpty { break }
        }
        return found
    }

    private struct Reading {
        let name: String
        let version: String?
        let group: String?

        func fits(_ resource: APIResource, short: Bool) -> Bool {
            let version = resource.resource.groupVersion
            guard group == nil || group == version.group, self.version == nil || self.version == version.version else {
                return false
            }
            guard !short else { return resource.shortNames.contains(name) }
            return resource.resource.resource == name || resource.singular == name
                || resource.kind.kind.lowercased() == name
        }
    }

    /// `a.b.c` may be a of version b of group c, or a of group b.c.
    private static func readings(_ text: String) -> [Reading] {
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1: return [Reading(name: text, version: nil, group: nil)]
        case 2: return [Reading(name: parts[0], version: nil, group: parts[1])]
        default:
            return [
                Reading(name: parts[0], version: parts[1], group: parts[2]),
                Reading(name: parts[0], version: nil, group: "\(parts[1]).\(parts[2])"),
            ]
        }
    }
}
