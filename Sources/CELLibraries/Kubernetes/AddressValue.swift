// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Web

/// `net.IP`: an IP address.
final class AddressValue: OpaqueValue {
    static var type: CELType { .opaque("net.IP") }
    let address: IPAddress

    init(_ address: IPAddress) { self.address = address }

    func isEqual(to other: any OpaqueValue) -> Bool { (other as? AddressValue)?.address == address }
    var text: String { address.description }
}

/// `net.CIDR`: an IP address and how many bits of it name its network.
final class NetworkValue: OpaqueValue {
    static var type: CELType { .opaque("net.CIDR") }
    let network: IPPrefix

    init(_ network: IPPrefix) { self.network = network }

    func isEqual(to other: any OpaqueValue) -> Bool { (other as? NetworkValue)?.network == network }
    var text: String { network.description }
}
