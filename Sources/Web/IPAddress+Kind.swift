// SPDX-License-Identifier: Apache-2.0

/// What an address is for, as Go's `netip` answers; of a mapped address the IPv4 part counts.
extension IPAddress {
    /// The IPv4 address that this IPv6 address carries (`::ffff:0:0/96`); nil for every other address.
    public var mapped: IPAddress? {
        guard family == .v6, bits >> 32 == 0xFFFF else { return nil }
        return IPAddress(family: .v4, bits: bits & 0xFFFF_FFFF)
    }

    /// Whether it is `0.0.0.0` or `::`; a mapped `0.0.0.0` is neither.
    public var isUnspecified: Bool { bits == 0 }

    /// Whether it is in `127.0.0.0/8` or is `::1`.
    public var isLoopback: Bool {
        test {
            $0 >> 24 == 127
        } orV6: {
            $0 == 1
        }
    }

    /// Whether it is in `224.0.0.0/4` or `ff00::/8`.
    public var isMulticast: Bool {
        test {
            $0 >> 28 == 0xE
        } orV6: {
            $0 >> 120 == 0xFF
        }
    }

    /// Whether it is in `224.0.0.0/24`, or multicast of IPv6 with the scope of a link (`ffx2::/16`).
    public var isLinkLocalMulticast: Bool {
        test {
            $0 >> 8 == 0xE00000
        } orV6: {
            $0 >> 112 & 0xFF0F == 0xFF02
        }
    }

    /// Whether it is in `169.254.0.0/16` or `fe80::/10`.
    public var isLinkLocalUnicast: Bool {
        test {
            $0 >> 16 == 0xA9FE
        } orV6: {
            $0 >> 118 == 0x3FA
        }
    }

    /// Whether it is none of the above and not `255.255.255.255`; private ranges are global unicast.
    public var isGlobalUnicast: Bool {
        let plain = mapped ?? self
        let isBroadcast = plain.family == .v4 && plain.bits == 0xFFFF_FFFF
        return !isBroadcast && !plain.isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast
    }

    private func test(_ v4: (UInt128) -> Bool, orV6 v6: (UInt128) -> Bool) -> Bool {
        let plain = mapped ?? self
        return plain.family == .v4 ? v4(plain.bits) : v6(plain.bits)
    }
}
