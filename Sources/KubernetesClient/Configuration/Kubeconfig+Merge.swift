// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Documents

extension Kubeconfig {
    /// Adds what another has; what is here already counts more, entry by entry.
    public mutating func merge(_ other: Kubeconfig) {
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
        contexts.merge(other.contexts) { first, _ in first }
        currentContext = currentContext ?? other.currentContext
        for (key, value) in other.other where self.other[key] == nil { self.other[key] = value }
    }

    /// The files that hold a user's configuration: those of `$KUBECONFIG` with colons between them, else `~/.kube/config`.
    public static func paths(_ environment: Environment = .process) -> [String] {
        let named = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        return named.isEmpty ? [FileSystem.join(environment.home, ".kube/config")] : named
    }

    /// The configuration of a user: all files of `paths` that exist, those named first counting more.
    public static func load(_ environment: Environment = .process) throws(Fault) -> Kubeconfig {
        var merged = Kubeconfig()
        for path in paths(environment) where FileSystem.exists(path) { merged.merge(try Kubeconfig(path: path)) }
        return merged
    }

    /// Whether it holds nothing.
    public var isEmpty: Bool { clusters.isEmpty && users.isEmpty && contexts.isEmpty && currentContext == nil }
}
