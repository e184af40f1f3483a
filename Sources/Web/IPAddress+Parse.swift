// SPDX-License-Identifier: Apache-2.0

extension IPAddress {
    /// Parses an address as Go's `netip.ParseAddr`, without zones; nil for anything else.
    ///
    /// IPv4 is four decimal numbers without leading zeros; IPv6 is any form of RFC 4291.
    /// - Parameter allowsMapped: whether an IPv4 address mapped into IPv6, such as `::ffff:10.0.0.1`, is accepted.
    public init?(_ text: String, allowsMapped: Bool = true) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 45, let first = bytes.first(where: { $0 == dot || $0 == colon }) else { return nil }
        if first == dot {
            guard let bits = Self.dotted(bytes[...]) else { return nil }
            self.init(family: .v4, bits: UInt128(bits))
        } else {
            guard let bits = Self.grouped(bytes[...]) else { return nil }
            self.init(family: .v6, bits: bits)
            if !allowsMapped && mapped != nil { return nil }
        }
    }

    private static func dotted(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: dot, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != 0x30,
                part.allSatisfy({ (0x30...0x39).contains($0) })
            else { return nil }
            let number = part.reduce(0) { $0 * 10 + UInt32($1 - 0x30) }
            guard number <= 255 else { return nil }
            bits = bits << 8 | number
        }
        return bits
    }

    private static func grouped(_ text: ArraySlice<UInt8>) -> UInt128? {
        // Both sides of “::” are lists of groups; without it there is one list, which must be whole.
        let gap = text.indices.dropLast().first { text[$0] == colon && text[$0 + 1] == colon }
        guard let gap else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return number(groups)
        }
        let before = text[..<gap], after = text[(gap + 2)...]
        // An IPv4 part can only stand at the end of the whole.
        guard !before.contains(dot), let head = before.isEmpty ? [] : groups(before),
            let tail = after.isEmpty ? [] : groups(after), head.count + tail.count < 8
        else { return nil }
        return number(head + [UInt16](repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func groups(_ text: ArraySlice<UInt8>) -> [UInt16]? {
        let parts = text.split(separator: colon, omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if index == parts.count - 1, part.contains(dot) {
                guard let bits = dotted(part) else { return nil }
                groups += [UInt16(bits >> 16), UInt16(truncatingIfNeeded: bits)]
            } else {
                guard (1...4).contains(part.count) else { return nil }
                var group: UInt16 = 0
                for character in part {
                    guard let digit = hexadecimalDigit(character) else { return nil }
                    group = group << 4 | UInt16(digit)
                }
                groups.append(group)
            }
        }
        return groups
    }

    private static func number(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }
}

private let dot = UInt8(ascii: ".")
private let colon = UInt8(ascii: ":")

/// The value of a hexadecimal digit of either case.
func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x61 + 10
    default: nil
    }
}
