// SPDX-License-Identifier: Apache-2.0

/// A network in CIDR notation such as `10.0.0.0/8`, as Go's `netip.Prefix`; bits behind the prefix are kept.
public struct IPPrefix: Hashable, Sendable, CustomStringConvertible {
    /// The address as written.
    public let address: IPAddress
    /// How many bits of it name the network: 0…32 or 0…128.
    public let prefixLength: Int

    /// A network by its parts; nil when the address has fewer bits.
    public init?(address: IPAddress, prefixLength: Int) {
        guard (0...address.bitCount).contains(prefixLength) else { return nil }
        (self.address, self.prefixLength) = (address, prefixLength)
    }

    /// Parses `address/length`, the length in decimal without sign and leading zeros; nil for anything else.
    ///
    /// - Parameter allowsMapped: whether an IPv4 address mapped into IPv6 is accepted.
    public init?(_ text: String, allowsMapped: Bool = true) {
        guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")),
            let address = IPAddress(String(text[..<slash]), allowsMapped: allowsMapped)
        else { return nil }
        let length = text.utf8[slash...].dropFirst()
        guard (1...3).contains(length.count), length.count == 1 || length.first != 0x30,
            length.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.init(address: address, prefixLength: length.reduce(0) { $0 * 10 + Int($1 - 0x30) })
    }

    /// The same network with zeros behind the prefix.
    public var masked: IPPrefix {
        let kept = IPAddress(family: address.family, bits: address.bits & mask)
        return IPPrefix(address: kept, prefixLength: prefixLength) ?? self
    }

    /// Whether an address of the same family is in this network; a mapped address is in no IPv4 network.
    public func contains(_ other: IPAddress) -> Bool {
        address.family == other.family && (address.bits ^ other.bits) & mask == 0
    }

    /// Whether every address of another network is in this one.
    public func contains(_ other: IPPrefix) -> Bool { prefixLength <= other.prefixLength && contains(other.address) }

    /// `address/length`, the address in its canonical form.
    public var description: String { "\(address)/\(prefixLength)" }

    /// Ones for the prefix; shifts by the whole width give zero.
    private var mask: UInt128 { ~0 << UInt128(address.bitCount - prefixLength) }
}
