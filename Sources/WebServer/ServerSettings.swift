// SPDX-License-Identifier: Apache-2.0

/// Where a server listens and what it accepts. Every limit has a default that suits a small service.
public struct ServerSettings: Sendable {
    /// The address to listen on, IPv4 or IPv6 without brackets; `::` takes both.
    public var address = "127.0.0.1"
    /// The port; 0 takes any free one.
    public var port = 0
    /// How many threads serve connections. Handlers run elsewhere.
    public var threads = 2
    /// The certificate to speak TLS with; nil for plain HTTP.
    public var tls: ServerTLS?

    /// How many connections may be open; more wait in the kernel's queue. The process's limit of open files is raised
    /// for them as far as it may be.
    public var connections = 1024
    /// How many of them one address may have; 0 for any number.
    public var connectionsPerAddress = 0
    /// A connection on which no whole request head arrived for so many seconds is closed, however busy it looks.
    public var headSeconds = 30
    /// A connection on which nothing moved for so many seconds, while the client was to move it, is closed.
    public var idleSeconds = 60
    /// What a client must send of a body, and take of an answer that is there, on the average of `idleSeconds`; a slower
    /// one is cut off.
    public var leastBytesPerSecond = 128
    /// The most bytes of a request's head; more is answered with 431.
    public var headBytes = 16 * 1024
    /// How much memory a connection has besides: half of it is what is read of a body at once. It is given back while a
    /// connection rests.
    public var bufferBytes = 24 * 1024
    /// The most bytes of a request's body; more is answered with 413.
    public var bodyBytes: Int64 = 1 << 20
    /// How much of a body nobody reads is still taken in, so that the connection can be kept.
    public var drainBytes: Int64 = 256 * 1024
    /// How much more of a refused body is taken in and dropped behind the answer, so that clients which send all before
    /// they read still get it; then the connection is reset.
    public var lingerBytes: Int64 = 64 << 20
    /// For how many seconds that is done at the most.
    public var lingerSeconds = 30
    /// For how many of them nothing may come.
    public var lingerIdleSeconds = 5

    /// Whether answers carry the request's name as `X-Request-Id`.
    public var sendsRequestID = false
    /// Told what happens: for a log or for counting. Called on the server's threads; it must not block.
    public var observe: (@Sendable (ServerEvent) -> Void)?

    /// The defaults above.
    public init() {}

    /// What libmicrohttpd reserves for a connection: it takes its buffers out of the same memory as the head. Only more
    /// than 32 KiB are pages of their own, which can be given back.
    var connectionMemory: Int { max(headBytes + bufferBytes, 36 * 1024) }
}

/// How a server proves who it is, and whether it asks clients to. TLS 1.2 is the oldest version spoken.
public struct ServerTLS: Sendable {
    /// What is asked of clients.
    public enum Clients: Sendable {
        /// Nothing.
        case anonymous
        /// A certificate may be shown; a shown one must be vouched for by these authorities (PEM).
        case mayShow(authorities: String)
        /// A certificate that these authorities (PEM) vouch for must be shown; others get 401.
        case mustShow(authorities: String)
    }
    /// The certificate, followed by those between it and its root (PEM).
    public var certificate: String
    /// Its private key (PEM).
    public var key: String
    /// What is asked of clients.
    public var clients: Clients

    /// TLS with a certificate and its key.
    public init(certificate: String, key: String, clients: Clients = .anonymous) {
        (self.certificate, self.key, self.clients) = (certificate, key, clients)
    }

    var authorities: String? {
        switch clients {
        case .anonymous: nil
        case .mayShow(let authorities), .mustShow(let authorities): authorities
        }
    }
}
