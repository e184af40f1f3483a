// SPDX-License-Identifier: Apache-2.0

/// Names an object among those of its resource.
public struct ObjectName: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The namespace; nil for objects of the whole cluster.
    public let namespace: String?
    /// The name.
    public let name: String

    /// Both parts, unchecked.
    public init(_ namespace: String?, _ name: String) { (self.namespace, self.name) = (namespace, name) }

    /// `namespace/name`, or the name alone.
    public var description: String { namespace.map { "\($0)/\(name)" } ?? name }

    /// By namespace, then by name, as lists are ordered.
    public static func < (a: ObjectName, b: ObjectName) -> Bool {
        (a.namespace ?? "", a.name) < (b.namespace ?? "", b.name)
    }
}

/// Names an object among all of a server.
public struct ObjectKey: Hashable, Sendable, CustomStringConvertible {
    /// Its resource in whatever version.
    public let resource: GroupResource
    /// Its name there.
    public let name: ObjectName

    /// Both parts, unchecked.
    public init(_ resource: GroupResource, _ name: ObjectName) { (self.resource, self.name) = (resource, name) }

    /// `deployments.apps default/web`.
    public var description: String { "\(resource) \(name)" }
}
