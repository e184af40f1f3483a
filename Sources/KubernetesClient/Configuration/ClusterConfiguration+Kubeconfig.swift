// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web
internal import WebClient

extension ClusterConfiguration {
    /// What a context of a kubeconfig says; nil means the current context.
    ///
    /// Throws `.notFound` when context, cluster or user are not there, `.invalid` for URLs that are none.
    public init(_ kubeconfig: Kubeconfig, context name: String? = nil) throws(Fault) {
        guard let name = name ?? kubeconfig.currentContext else {
            throw Fault(
                .notFound, "the kubeconfig has no current context", fix: "choose one: kubectl config use-context NAME")
        }
        guard let context = kubeconfig.contexts[name] else {
            let known = kubeconfig.contexts.keys.sorted().prefix(10).joined(separator: ", ")
            throw Fault(
                .notFound, "the kubeconfig has no context “\(name)”",
                fix: known.isEmpty ? "set KUBECONFIG to a file that has it" : "use one of: \(known)")
        }
        guard let cluster = kubeconfig.clusters[context.cluster] else {
            throw Fault(
                .notFound, "the context “\(name)” names the cluster “\(context.cluster)”, which the kubeconfig lacks",
                fix: "add it, or correct the context")
        }
        var user = Kubeconfig.User()
        if let named = context.user {
            guard let found = kubeconfig.users[named] else {
                throw Fault(
                    .notFound, "the context “\(name)” names the user “\(named)”, whom the kubeconfig lacks",
                    fix: "add the user, or correct the context")
            }
            user = found
        }
        try self.init(cluster, user, namespace: context.namespace)
    }

    /// A cluster as a user sees it.
    public init(_ cluster: Kubeconfig.Cluster, _ user: Kubeconfig.User, namespace: String? = nil) throws(Fault) {
        guard !cluster.server.isEmpty else {
            throw Fault(.invalid, "the cluster has no server", fix: "add server: https://HOST:PORT")
        }
        // kubectl takes a host without a scheme as well.
        let text = cluster.server.contains("://") ? cluster.server : "https://\(cluster.server)"
        self.init(server: try HTTPURL(text))
        (certificateAuthority, insecureSkipTLSVerify) = (cluster.certificateAuthority, cluster.insecureSkipTLSVerify)
        (serverName, self.user) = (cluster.tlsServerName, user)
        if let proxy = cluster.proxyURL { self.proxy = try ProxyChoice(url: proxy.value) }
        if let namespace { self.namespace = namespace }
        try check()
    }

    /// The cluster that is meant: of a file when one is named, else of `$KUBECONFIG` or `~/.kube/config`, else the one that
    /// this program runs in.
    public static func find(
        kubeconfig path: String? = nil, context: String? = nil, environment: Environment = .process
    ) throws(Fault) -> ClusterConfiguration {
        let kubeconfig = if let path { try Kubeconfig(path: path) } else { try Kubeconfig.load(environment) }
        if path == nil, context == nil, kubeconfig.isEmpty, isInCluster(environment) {
            return try inCluster(environment)
        }
        return try ClusterConfiguration(kubeconfig, context: context)
    }
}
