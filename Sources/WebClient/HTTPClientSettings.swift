// SPDX-License-Identifier: Apache-2.0

public import Web

/// How the client behaves.
public struct HTTPClientSettings: Sendable {
    /// How long a connection may take to come about, with the look-up of the name and the TLS handshake.
    public var connectTimeout: Duration = .seconds(20)
    /// How long the other side may do next to nothing; time in which we are the slow side does not count.
    public var idleTimeout: Duration = .seconds(120)
    /// The bytes per second, on average over `idleTimeout`, below which a transfer counts as doing nothing.
    public var lowestSpeed = 16
    /// How many redirects are followed.
    public var maximumRedirects = 5
    /// The most bytes of all header fields of a response.
    public var headerLimit = 64 * 1024
    /// What we call ourselves.
    public var userAgent = "sovereign-ocm/0.1"
    /// Certificates by origin; asked for every request.
    public var tls: @Sendable (Origin) -> TLSSettings = { _ in TLSSettings() }
    /// Through whom requests go; asked for every request.
    public var proxy: @Sendable (Origin) -> ProxyChoice = { _ in .environment }
    /// When and how often a request is tried again.
    public var retry = RetryPolicy()
    /// Whether any request is an error.
    public var isOffline = false
    /// Told one line per request, response, retry and redirect, without queries and credentials.
    public var observe: (@Sendable (String) -> Void)?

    /// The defaults above.
    public init() {}
}

/// Whom to trust, and as whom to appear. TLS 1.2 is the oldest version spoken.
public struct TLSSettings: Sendable, CustomStringConvertible, CustomReflectable {
    /// Certificates of authorities as PEM; they replace the system's.
    public var certificateAuthority: String?
    /// Our own certificate as PEM, for servers that ask for one; the chain may follow it.
    public var clientCertificatePEM: String?
    /// The key of our certificate as PEM; when nil, it is looked for beside the certificate.
    public var clientKeyPEM: String?
    /// The name that the server's certificate is for, when it is not the one in the URL. The server is asked for it in
    /// the handshake; `Host` stays as the URL has it.
    public var serverName: String?
    /// Whether any certificate is accepted. Everything that is said can be read and changed by others then.
    public var insecureSkipVerify = false

    /// The system's authorities (`$SSL_CERT_FILE`, else the distribution's bundle), no certificate of our own.
    public init() {}

    /// What is set, without its content.
    public var description: String {
        let parts = [
            certificateAuthority == nil ? "system authorities" : "own authorities",
            clientCertificatePEM == nil ? "" : "client certificate", serverName.map { "the name \($0)" } ?? "",
            insecureSkipVerify ? "no verification" : "",
        ]
        return "TLS with " + parts.filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The same as `description`: a dump must not print a key.
    public var customMirror: Mirror { Mirror(self, children: ["tls": description]) }
}
