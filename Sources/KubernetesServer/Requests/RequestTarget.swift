// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

/// What a path means: a resource, one of its objects or a part of one, or something else
/// (kubernetes/apiserver, `endpoints/request/requestinfo.go`).
enum RequestTarget: Sendable, Equatable {
    /// `/api/v1/namespaces/a/pods/b/log`.
    case resource(ResourcePath)
    /// `/api`, `/apis`, `/apis/GROUP`, `/apis/GROUP/VERSION`, `/openapi/v3`, `/version`, `/readyz`…
    case other([String])

    /// - Parameter path: decoded once, so that a name with `%2F` in it has more parts than it should and is not found.
    init(_ path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
        self = ResourcePath(parts).map { .resource($0) } ?? .other(parts)
    }
}

/// The parts of the path to a resource.
struct ResourcePath: Sendable, Equatable {
    let groupVersion: GroupVersion
    var namespace: String?
    var resource: String
    var name: String?
    var subresource: String?
    /// What follows the subresource, as in paths of proxies.
    var rest: [String] = []

    init?(_ parts: [String]) {
        var parts = parts[...]
        switch parts.popFirst() {
        case "api":
            guard let version = parts.popFirst() else { return nil }
            groupVersion = GroupVersion(group: "", version: version)
        case "apis":
            guard let group = parts.popFirst(), let version = parts.popFirst() else { return nil }
            groupVersion = GroupVersion(group: group, version: version)
        default: return nil
        }
        guard let first = parts.popFirst() else { return nil }
        resource = first
        // A namespace's own parts look like resources in it.
        if first == "namespaces", parts.count >= 2, !(parts.count == 2 && Self.partsOfNamespaces.contains(parts.last!))
        {
            namespace = parts.popFirst()
            resource = parts.popFirst() ?? ""
        }
        name = parts.popFirst()
        subresource = parts.popFirst()
        rest = Array(parts)
        if resource == "namespaces", groupVersion.group.isEmpty, namespace == nil { namespace = name }
    }

    private static let partsOfNamespaces: Set<String> = ["status", "finalize"]
}
