// SPDX-License-Identifier: Apache-2.0

/// Scheme, host and port: what credentials are bound to (RFC 6454).
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    /// `http` or `https`.
    public let scheme: String
    /// The host in lower case; an IPv6 address without its brackets.
    public let host: String
    /// The port, the scheme's own when none was given.
    public let port: Int

    /// Names an origin.
    public init(scheme: String, host: String, port: Int) {
        (self.scheme, self.host, self.port) = (scheme.lowercased(), host.lowercased(), port)
    }

    /// `scheme://host:port`, always with the port.
    public var description: String { "\(scheme)://\(hostAndPort)" }

    /// `host:port`, as messages name a server; an IPv6 address has its brackets.
    public var hostAndPort: String { "\(bracketedHost):\(port)" }

    /// Whether it is this machine: `localhost`, names below it, 127.0.0.0/8 and `::1`.
    public var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// The port that a scheme has without saying so.
    static func defaultPort(_ scheme: String) -> Int { scheme == "https" ? 443 : 80 }
}
