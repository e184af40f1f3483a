// SPDX-License-Identifier: Apache-2.0

public import Kubernetes

/// A resource as a server offers it in one version.
public struct APIResource: Hashable, Sendable {
    /// A part of its objects with an address of its own.
    public struct Subresource: Hashable, Sendable {
        /// Its name, such as `status`.
        public let name: String
        /// What it is exchanged as; nil for what is no object, such as logs.
        public let kind: GroupVersionKind?
        /// What can be done with it.
        public let verbs: Set<String>
    }
    /// The resource.
    public let resource: GroupVersionResource
    /// What kind its objects are.
    public let kind: GroupVersionKind
    /// The name of one of them.
    public let singular: String
    /// Whether its objects are in namespaces.
    public let isNamespaced: Bool
    /// What can be done: `get`, `list`, `watch`, `create`, …
    public let verbs: Set<String>
    /// Shorter names for people.
    public let shortNames: [String]
    /// Groups of resources it is part of, such as `all`.
    public let categories: [String]
    /// Parts of its objects with addresses of their own, by name.
    public internal(set) var subresources: [String: Subresource] = [:]
}

/// What `/version` says.
public struct ServerVersion: Hashable, Sendable {
    /// The major version, mostly `1`.
    public let major: String
    /// The minor version, such as `32`; distributions add signs.
    public let minor: String
    /// All of it, such as `v1.32.4`.
    public let gitVersion: String
    /// Where it runs, such as `linux/amd64`.
    public let platform: String
}
