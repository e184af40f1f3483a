// SPDX-License-Identifier: Apache-2.0

public import Web

/// How the client behaves.
public struct HTTPClientSettings: Sendable {
    /// How long a connection may take to come about.
    public var connectTimeout: Duration = .seconds(20)
    /// How long a transfer may stand still.
    public var idleTimeout: Duration = .seconds(120)
    /// How many redirects are followed.
    public var maximumRedirects = 5
    /// The most bytes of all header fields of a response.
    public var headerLimit = 64 * 1024
    /// What we call ourselves.
    public var userAgent = "sovereign-ocm/0.1"
    /// Certificates by origin.
    public var tls: @Sendable (Origin) -> TLSSettings = { _ in TLSSettings() }
    /// When and how often a request is tried again.
    public var retry = RetryPolicy()
    /// Whether any request is an error.
    public var isOffline = false
    /// Told one line per request and response, without secrets.
    public var observe: (@Sendable (String) -> Void)?

    /// The defaults above.
    public init() {}
}

/// Whom to trust, and as whom to appear.
public struct TLSSettings: Sendable {
    /// Certificates of authorities as PEM; they replace the system's.
    public var certificateAuthority: String?
    /// Our own certificate as PEM, for servers that ask for one.
    public var clientCertificatePEM: String?
    /// The key of our certificate as PEM.
    public var clientKeyPEM: String?
    /// Whether any certificate is accepted. Everything that is said can be read and changed by others then.
    public var insecureSkipVerify = false

    /// The system's authorities, no certificate of our own.
    public init() {}
}
