// SPDX-License-Identifier: Apache-2.0

public import Basics

/// A group of an API and one of its versions: `apps/v1`; the core group has no name: `v1`.
public struct GroupVersion: Hashable, Sendable, CustomStringConvertible {
    /// The group's name; empty for the core group.
    public let group: String
    /// The version, such as `v1` or `v1alpha1`.
    public let version: String

    /// Both parts, unchecked.
    public init(group: String, version: String) { (self.group, self.version) = (group, version) }

    /// Reads what stands in `apiVersion`; throws `.invalid` for what is no such text.
    public init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let version = parts.last, !version.isEmpty, parts.count == 1 || !parts[0].isEmpty else {
            throw Fault(
                .invalid, "“\(text.prefix(100))” is no API version",
                fix: "write it as group/version, or v1 for the core")
        }
        self.init(group: parts.count == 2 ? String(parts[0]) : "", version: String(version))
    }

    /// As in `apiVersion`.
    public var description: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// Where its resources are served: `/api/v1`, `/apis/apps/v1`.
    public var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

    /// A kind of this group and version.
    public func kind(_ kind: String) -> GroupVersionKind { GroupVersionKind(self, kind) }
    /// A resource of this group and version.
    public func resource(_ name: String) -> GroupVersionResource { GroupVersionResource(self, name) }
}

/// A type of objects: `apps/v1, Deployment`.
public struct GroupVersionKind: Hashable, Sendable, CustomStringConvertible {
    /// Group and version.
    public let groupVersion: GroupVersion
    /// The kind, in camel case.
    public let kind: String

    /// Both parts, unchecked.
    public init(_ groupVersion: GroupVersion, _ kind: String) { (self.groupVersion, self.kind) = (groupVersion, kind) }

    /// Group, version and kind, unchecked.
    public init(_ group: String, _ version: String, _ kind: String) {
        self.init(GroupVersion(group: group, version: version), kind)
    }

    /// The two members of an object, `apps/v1` and `Deployment`, whatever they say.
    public init(apiVersion: String, kind: String) {
        let parts = apiVersion.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        self.init(parts.count == 2 ? parts[0] : "", parts[parts.count - 1], kind)
    }

    /// Group and version as objects have them.
    public var apiVersion: String { groupVersion.description }
    /// The group's name.
    public var group: String { groupVersion.group }
    /// The version.
    public var version: String { groupVersion.version }
    /// As users write it: `apps/v1, Kind=Deployment`.
    public var description: String { "\(groupVersion), Kind=\(kind)" }
}

/// A collection of objects on the server: `apps/v1, deployments`.
public struct GroupVersionResource: Hashable, Sendable, CustomStringConvertible {
    /// Group and version.
    public let groupVersion: GroupVersion
    /// The plural name, in lower case.
    public let resource: String

    /// Both parts, unchecked.
    public init(_ groupVersion: GroupVersion, _ resource: String) {
        (self.groupVersion, self.resource) = (groupVersion, resource)
    }

    /// Group, version and plural name, unchecked.
    public init(_ group: String, _ version: String, _ resource: String) {
        self.init(GroupVersion(group: group, version: version), resource)
    }

    /// The resource without its version.
    public var groupResource: GroupResource { GroupResource(group: groupVersion.group, resource: resource) }
    /// As users write it.
    public var description: String { "\(groupVersion), Resource=\(resource)" }

    /// Where the server has them: all, those of a namespace, or one of them, or a part of one.
    public func path(namespace: String? = nil, name: String? = nil, subresource: String? = nil) -> String {
        var path = groupVersion.path
        if let namespace { path += "/namespaces/\(namespace)" }
        path += "/\(resource)"
        if let name { path += "/\(name)" }
        if let subresource { path += "/\(subresource)" }
        return path
    }
}

/// A resource in whatever version: `deployments.apps`.
public struct GroupResource: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The group's name; empty for the core group.
    public let group: String
    /// The plural name, in lower case.
    public let resource: String

    /// Both parts, unchecked.
    public init(group: String, resource: String) { (self.group, self.resource) = (group, resource) }

    /// `deployments.apps`, as in the names of definitions and in messages.
    public var description: String { group.isEmpty ? resource : "\(resource).\(group)" }

    /// By group, then by name.
    public static func < (a: GroupResource, b: GroupResource) -> Bool {
        (a.group, a.resource) < (b.group, b.resource)
    }
}
