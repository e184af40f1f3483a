// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Web

// Kubernetes refuses IPv4 addresses mapped into IPv6 in every spelling, unlike cel-spec's network library.
extension AddressValue {
    /// Reads an address; zones and leading zeros are refused.
    convenience init(kubernetes text: String) throws(EvaluationError) {
        guard let address = IPAddress(text) else {
            throw .invalid(
                "IP Address \(String(text.unicodeScalars.prefix(60)).quoted) parse error during conversion from string")
        }
        guard address.mapped == nil else {
            throw .invalid("IPv4-mapped IPv6 address \(text.quoted) is not allowed")
        }
        self.init(address)
    }
}

extension NetworkValue {
    /// Reads a network; bits behind the prefix are kept.
    convenience init(kubernetes text: String) throws(EvaluationError) {
        guard let network = IPPrefix(text) else {
            throw .invalid(
                "network address parse error during conversion from string: \(String(text.unicodeScalars.prefix(60)).quoted)"
            )
        }
        guard network.address.mapped == nil else {
            throw .invalid("IPv4-mapped IPv6 address \(text.quoted) is not allowed")
        }
        self.init(network)
    }
}
