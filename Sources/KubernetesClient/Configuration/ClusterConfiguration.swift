// SPDX-License-Identifier: Apache-2.0

internal import Basics
public import Web
public import WebClient

/// How to reach a cluster, whom to trust there, and as whom to appear. No description shows credentials.
public struct ClusterConfiguration: Sendable, CustomStringConvertible, CustomReflectable {
    /// The URL of the API server; it may have a path.
    public var server: HTTPURL
    /// The authorities that vouch for the server; nil for the system's.
    public var certificateAuthority: PEMSource?
    /// Whether any certificate is accepted. Everything that is said can be read and changed by others then.
    public var insecureSkipTLSVerify = false
    /// The name that the server's certificate is for, when it is not that of the URL.
    public var serverName: String?
    /// Through whom the server is reached.
    public var proxy = ProxyChoice.environment
    /// Who we are.
    public var user = Kubeconfig.User()
    /// The namespace that is meant when none is named.
    public var namespace = "default"

    /// The API server at a URL, trusted by the system's authorities, visited as nobody.
    public init(server: HTTPURL) { self.server = server }

    /// The server; nothing else.
    public var description: String { "the cluster at \(server.redacted)" }
    /// The same as `description`: a dump must not print credentials.
    public var customMirror: Mirror { Mirror(self, children: ["cluster": description]) }

    /// Throws `.invalid` for what contradicts itself, and for credentials that everybody on the way could read.
    func check() throws(Fault) {
        guard !insecureSkipTLSVerify || certificateAuthority == nil else {
            throw Fault(
                .invalid, "\(self) has a certificate authority and is not to be verified",
                fix: "remove insecure-skip-tls-verify")
        }
        guard user.authProvider == nil else {
            throw Fault(
                .unsupported, "the auth-provider “\(user.authProvider ?? "")” is not supported",
                fix: "use the exec plug-in of your provider")
        }
        guard (user.clientCertificate == nil) == (user.clientKey == nil) else {
            throw Fault(
                .invalid, "client certificate and client key of \(self) do not come together",
                fix: "give both client-certificate and client-key")
        }
        let ways = [user.token != nil || user.tokenFile != nil, user.username != nil, user.exec != nil]
        guard ways.count(where: { $0 }) <= 1 else {
            throw Fault(
                .invalid, "the user of \(self) has several ways to authenticate",
                fix: "keep one of token, username and exec")
        }
        guard server.scheme == "https" || server.origin.isLoopback || !ways.contains(true) else {
            throw Fault(
                .invalid, "credentials for \(self) are not sent without TLS", fix: "use https:// for the server")
        }
        try user.exec?.check()
    }
}
