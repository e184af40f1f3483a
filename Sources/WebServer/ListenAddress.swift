// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import Web

/// Where a server listens: `ADDRESS:PORT`, an IPv6 address in brackets, or `:PORT` for all addresses.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address without brackets.
    public let address: String
    /// The port; 0 for any free one.
    public let port: Int

    /// An address and a port.
    public init(address: String, port: Int) { (self.address, self.port) = (address, port) }

    /// Reads an address with a port; throws `.invalid`.
    public init(_ text: String) throws(Fault) {
        let wrong = Fault(
            .invalid, "“\(text)” is no address with a port", fix: "write it as 127.0.0.1:5001 or [::1]:5001")
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw wrong }
        var host = text[..<colon]
        if host.isEmpty { host = "::" }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard IPAddress(String(host)) != nil else { throw wrong }
        self.init(address: String(host), port: port)
    }

    /// Whether only this machine reaches it.
    public var isLoopback: Bool { IPAddress(address)?.isLoopback ?? false }

    /// The address and the port.
    public var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
