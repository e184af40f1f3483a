// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CommandLineKit
internal import Web

/// Where a server listens: `ADDRESS:PORT`, an IPv6 address in brackets, or `:PORT` for all addresses.
struct ListenAddress: ArgumentValue, CustomStringConvertible {
    let address: String
    let port: Int

    init(address: String, port: Int) { (self.address, self.port) = (address, port) }

    init(argument: String) throws(Fault) {
        let wrong = Fault(
            .invalid, "“\(argument)” is no address with a port", fix: "write it as 127.0.0.1:5001 or [::1]:5001")
        guard let colon = argument.lastIndex(of: ":"), let port = Int(argument[argument.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw wrong }
        var host = argument[..<colon]
        if host.isEmpty { host = "::" }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard IPAddress(String(host)) != nil else { throw wrong }
        self.init(address: String(host), port: port)
    }

    var argumentText: String { description }
    var description: String { address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
