// SPDX-License-Identifier: Apache-2.0

public import Documents

/// A kubeconfig: clusters, users, and contexts that put one of each together. What it holds beside what is named here is
/// kept, so that reading and writing loses nothing. Descriptions show no credentials.
public struct Kubeconfig: Sendable, Hashable {
    /// The clusters by name.
    public var clusters: [String: Cluster] = [:]
    /// The users by name.
    public var users: [String: User] = [:]
    /// The contexts by name.
    public var contexts: [String: Context] = [:]
    /// The context that is used when none is named.
    public var currentContext: String?
    /// Members of the document that mean nothing here.
    public var other = JSONObject()

    /// An empty one.
    public init() {}

    /// A cluster, as whom to trust and where to find it.
    public struct Cluster: Sendable, Hashable {
        /// The URL of the API server.
        public var server: String
        /// The name that the server's certificate is for, when it is not that of the URL.
        public var tlsServerName: String?
        /// The authorities that vouch for the server; nil for the system's.
        public var certificateAuthority: PEMSource?
        /// Whether any certificate is accepted.
        public var insecureSkipTLSVerify = false
        /// Through which proxy the server is reached; may hold a password.
        public var proxyURL: SecretText?
        /// Members that mean nothing here.
        public var other = JSONObject()

        /// A cluster at a URL.
        public init(server: String) { self.server = server }
    }

    /// Who somebody is.
    public struct User: Sendable, Hashable {
        /// A client certificate.
        public var clientCertificate: PEMSource?
        /// Its key.
        public var clientKey: PEMSource?
        /// A bearer token.
        public var token: SecretText?
        /// A file with a bearer token; it counts more than `token`.
        public var tokenFile: String?
        /// The name of basic authentication.
        public var username: String?
        /// Its password.
        public var password: SecretText?
        /// A program that knows.
        public var exec: ExecPlugin?
        /// As whom to act.
        public var impersonation = Impersonation()
        /// The kind of a way to authenticate that newer tools have taken away.
        public var authProvider: String?
        /// Members that mean nothing here.
        public var other = JSONObject()

        /// A user who shows nothing.
        public init() {}
    }

    /// A cluster, who works there, and where.
    public struct Context: Sendable, Hashable {
        /// The cluster's name.
        public var cluster: String
        /// The user's name; nil for nobody.
        public var user: String?
        /// The namespace that is meant when none is named.
        public var namespace: String?
        /// Members that mean nothing here.
        public var other = JSONObject()

        /// A context.
        public init(cluster: String, user: String? = nil, namespace: String? = nil) {
            (self.cluster, self.user, self.namespace) = (cluster, user, namespace)
        }
    }
}

/// As whom a request acts, when it is not as oneself; only those who may do that succeed.
public struct Impersonation: Sendable, Hashable {
    /// The user's name; nil for oneself.
    public var user: String?
    /// The user's number.
    public var uid: String?
    /// The groups.
    public var groups: [String] = []
    /// What else is known of the user.
    public var extra: [String: [String]] = [:]

    /// Nobody else.
    public init(user: String? = nil, groups: [String] = []) { (self.user, self.groups) = (user, groups) }
}

/// A program that hands out credentials (client.authentication.k8s.io).
public struct ExecPlugin: Sendable, Hashable {
    /// Whether the program may ask somebody at a terminal.
    public enum InteractiveMode: String, Sendable, CaseIterable {
        /// It never does.
        case never = "Never"
        /// It does when there is one.
        case ifAvailable = "IfAvailable"
        /// It cannot do without.
        case always = "Always"
    }
    /// The version of its input and output, `client.authentication.k8s.io/v1` or `…/v1beta1`.
    public var apiVersion: String
    /// The program; without a slash it is looked up in `$PATH`.
    public var command: String
    /// Its arguments.
    public var arguments: [String] = []
    /// Variables it gets besides those of this process.
    public var environment: [String: SecretText] = [:]
    /// What to do when the program is missing.
    public var installHint: String?
    /// Whether it is told of the cluster.
    public var provideClusterInfo = false
    /// Whether it asks; required in version `v1`.
    public var interactiveMode: InteractiveMode?

    /// A program.
    public init(apiVersion: String, command: String, arguments: [String] = []) {
        (self.apiVersion, self.command, self.arguments) = (apiVersion, command, arguments)
    }
}

extension Kubeconfig.User: CustomReflectable {
    /// What it has, without its content: members that mean nothing here may be credentials as well.
    public var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "hasCertificate": clientCertificate != nil, "hasToken": token != nil || tokenFile != nil,
                "hasPassword": password != nil, "hasPlugin": exec != nil,
            ])
    }
}
