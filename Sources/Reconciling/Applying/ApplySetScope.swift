// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Kubernetes

/// Where the members of a set are looked for: which kinds, in which namespaces. The parent's annotations keep it.
public struct ApplySetScope: Hashable, Sendable {
    /// A kind in whatever version.
    public struct GroupKind: Hashable, Comparable, Sendable, CustomStringConvertible {
        /// The group; empty for the core group.
        public let group: String
        /// The kind.
        public let kind: String
        /// `Deployment.apps`, or `Service` of the core group.
        public var description: String { group.isEmpty ? kind : "\(kind).\(group)" }

        /// Both parts.
        public init(group: String, kind: String) { (self.group, self.kind) = (group, kind) }
        init?(_ text: String) {
            let parts = text.split(separator: ".", maxSplits: 1).map(String.init)
            guard let kind = parts.first, !kind.isEmpty else { return nil }
            self.init(group: parts.count > 1 ? parts[1] : "", kind: kind)
        }
        /// The order of the texts.
        public static func < (a: GroupKind, b: GroupKind) -> Bool { a.description < b.description }
    }

    /// The kinds.
    public var kinds: Set<GroupKind>
    /// The namespaces.
    public var namespaces: Set<String>

    /// A scope.
    public init(kinds: Set<GroupKind> = [], namespaces: Set<String> = []) {
        (self.kinds, self.namespaces) = (kinds, namespaces)
    }

    /// The scope of objects.
    public init(of objects: [KubernetesObject]) {
        kinds = Set(objects.map { GroupKind(group: $0.groupVersionKind?.group ?? "", kind: $0.kind) })
        namespaces = Set(objects.compactMap(\.namespace))
    }

    /// The scope that a parent's annotations keep.
    public init(recordedIn parent: KubernetesObject) {
        func list(_ key: String) -> [String] {
            (parent[annotation: key] ?? "").split(separator: ",").map { String($0).trimmed }
        }
        kinds = Set(list(ApplySetIdentity.kindsAnnotation).compactMap { GroupKind($0) })
        namespaces = Set(list(ApplySetIdentity.namespacesAnnotation))
    }

    /// Both scopes: what is pruned must be looked for wherever members may still be.
    public func union(_ other: ApplySetScope) -> ApplySetScope {
        ApplySetScope(kinds: kinds.union(other.kinds), namespaces: namespaces.union(other.namespaces))
    }

    /// The annotations that keep it, and the one that names the tool.
    public func annotations(tooling: String) -> [String: String] {
        [
            ApplySetIdentity.toolingAnnotation: tooling,
            ApplySetIdentity.kindsAnnotation: kinds.sorted().map(\.description).joined(separator: ","),
            ApplySetIdentity.namespacesAnnotation: namespaces.sorted().joined(separator: ","),
        ]
    }
}
