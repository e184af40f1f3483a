// SPDX-License-Identifier: Apache-2.0

internal import CEL
internal import Web

extension Value {
    /// The address that this argument is.
    func expectAddress(by function: String) throws(EvaluationError) -> IPAddress {
        try expectOpaque(AddressValue.self, by: function).address
    }

    /// The network that this argument is.
    func expectNetwork(by function: String) throws(EvaluationError) -> IPPrefix {
        try expectOpaque(NetworkValue.self, by: function).network
    }
}

extension NetworkFunctions {
    /// The address that a text spells.
    ///
    /// Of the two spellings of an IPv4 address mapped into IPv6, cel-spec refuses that with dots and takes that without
    /// for the IPv4 address. Zones are refused.
    static func address(_ text: String) throws(EvaluationError) -> Value {
        guard !text.utf8.contains(UInt8(ascii: "%")) else {
            throw .invalid("IP address \(shown(text)) with zone value is not allowed")
        }
        guard let address = IPAddress(text) else {
            throw .invalid("IP Address \(shown(text)) parse error during conversion from string")
        }
        guard address.mapped == nil || !text.utf8.contains(UInt8(ascii: ".")) else { throw mapped(text) }
        return .opaque(AddressValue(address.mapped ?? address))
    }

    /// The network that a text spells.
    static func network(_ text: String) throws(EvaluationError) -> Value {
        guard !text.utf8.contains(UInt8(ascii: "%")) else {
            throw .invalid("CIDR \(shown(text)) with zone value is not allowed")
        }
        guard let network = IPPrefix(text) else {
            throw .invalid("CIDR \(shown(text)) parse error during conversion from string")
        }
        guard network.address.mapped == nil else { throw mapped(text) }
        return .opaque(NetworkValue(network))
    }

    private static func mapped(_ text: String) -> EvaluationError {
        .invalid("IPv4-mapped IPv6 address \(shown(text)) is not allowed")
    }

    /// The start of a text, in quotes; an address has no more.
    private static func shown(_ text: String) -> String { String(text.unicodeScalars.prefix(60)).quoted }
}
