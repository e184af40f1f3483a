// SPDX-License-Identifier: Apache-2.0

public import Web

/// Who is at the other end of a connection.
public struct ServerPeer: Hashable, Sendable, CustomStringConvertible {
    /// The address; never an IPv4 address mapped into IPv6.
    public let address: IPAddress
    /// The port.
    public let port: Int

    /// A peer.
    public init(address: IPAddress, port: Int) { (self.address, self.port) = (address, port) }

    /// Nobody in particular: the peer of requests that no connection brought, `0.0.0.0` and port 0.
    public static let none = ServerPeer(address: IPAddress(bytes: [0, 0, 0, 0])!, port: 0)

    /// As in a URL: `192.0.2.1:80` or `[::1]:80`.
    public var description: String { address.family == .v6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
